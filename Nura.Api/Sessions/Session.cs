using System.Buffers.Text;
using System.Security.Cryptography;
using Microsoft.Extensions.Options;
using Nura.Api.Audit;
using Nura.Api.Keys;
using Nura.Api.People;

namespace Nura.Api.Sessions;

/// <summary>Signs the web client in: a key, or what an identity provider says, is traded for a cookie that no script can read and that ends with the key or the person's standing.</summary>
internal sealed class Session(SessionStore store, KeyRing keys, AuditTrail audit, IOptions<SignInOptions> signIn, TimeProvider time)
{
    /// <summary>The web client sends this with every call. A form or link on another site cannot, so a cookie alone changes nothing.</summary>
    private const string ClientHeader = "x-nura-client";

    private const string Name = "nura_session";
    private const int TokenBytes = 32;

    /// <param name="http">The request that signs in.</param>
    /// <param name="keyHash">The hash of the key, or what stands for a person.</param>
    /// <param name="length">How long the session holds.</param>
    /// <param name="cancellationToken">Stops waiting for the database.</param>
    public async Task StartAsync(HttpContext http, byte[] keyHash, TimeSpan length, CancellationToken cancellationToken)
    {
        var token = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(TokenBytes));
        var now = time.GetUtcNow();
        await store.InsertAsync(ApiKey.Hash(token), keyHash, now, now + length, cancellationToken);
        http.Response.Cookies.Append(NameOf(http), token, Cookie(http, now + length));
        if (await keys.FindHashAsync(keyHash, cancellationToken) is { } holder)
        {
            await audit.WriteAsync(holder, "session.begun", holder.Admin ? new AuditSubject(Id: null, Detail: "as administrator") : null);
        }
    }

    public async Task EndAsync(HttpContext http, CancellationToken cancellationToken)
    {
        if (signIn.Value.Cookie(http.Request, Name) is { Length: > 0 } token)
        {
            await store.DeleteAsync(ApiKey.Hash(token), cancellationToken);
        }

        http.Response.Cookies.Delete(NameOf(http), Cookie(http, expires: null));
    }

    /// <summary>Who the request's session belongs to, or <see langword="null"/> without a valid one.</summary>
    public async Task<KeyHolder?> HolderAsync(HttpContext http) =>
        signIn.Value.Cookie(http.Request, Name) is { Length: > 0 } token
        && http.Request.Headers.ContainsKey(ClientHeader)
        && await store.FindAsync(ApiKey.Hash(token), time.GetUtcNow(), http.RequestAborted) is { } keyHash
            ? await keys.FindHashAsync(keyHash, http.RequestAborted)
            : null;

    private string NameOf(HttpContext http) => signIn.Value.CookieName(http.Request, Name);

    private CookieOptions Cookie(HttpContext http, DateTimeOffset? expires) => new()
    {
        HttpOnly = true,
        SameSite = SameSiteMode.Strict,
        Secure = signIn.Value.IsSafe(http.Request),
        Path = "/",
        Expires = expires,
    };
}
