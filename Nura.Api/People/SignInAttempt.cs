using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Nura.Api.People;

/// <summary>A sign-in between going to the provider and coming back, kept by the browser that began it and by nobody else.</summary>
/// <param name="State">Names it (RFC 6749, 4.1.1).</param>
/// <param name="Nonce">What its identity token must say.</param>
/// <param name="Verifier">What its code can be redeemed with (RFC 7636).</param>
/// <param name="Path">Where in the web client it leads.</param>
internal sealed record SignInAttempt(string State, string Nonce, string Verifier, string Path)
{
    private const int RandomBytes = 32;

    private static readonly TimeSpan s_length = TimeSpan.FromMinutes(10);

    /// <summary>What may be told of the verifier before the code is there.</summary>
    public string Challenge => Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(Verifier)));

    public static SignInAttempt Begin(string? path) => new(Random(), Random(), Random(), IsOurs(path) ? path! : "/");

    /// <summary>Takes the sign-in with this state out of the browser; each can be come back to once.</summary>
    /// <param name="http">The request that comes back.</param>
    /// <param name="state">What it says it belongs to.</param>
    /// <param name="options">They tell whether the browser has a safe way here.</param>
    /// <returns><see langword="null"/> if this browser has begun none of this state, or too long ago.</returns>
    public static SignInAttempt? Take(HttpContext http, string? state, SignInOptions options)
    {
        if (state is not { Length: > 0 } || options.Cookie(http.Request, NameOf(state)) is not { } cookie)
        {
            return null;
        }

        http.Response.Cookies.Delete(options.CookieName(http.Request, NameOf(state)), Cookie(http, options, null));
        return cookie.Split('.') is [var kept, var nonce, var verifier, var path] && kept == state && Base64Url.IsValid(path) && Encoding.UTF8.GetString(Base64Url.DecodeFromChars(path)) is var place && IsOurs(place)
            ? new SignInAttempt(state, nonce, verifier, place)
            : null;
    }

    /// <summary>Gives it to the browser.</summary>
    /// <param name="http">The request that begins it.</param>
    /// <param name="options">They tell whether the browser has a safe way here.</param>
    public void Keep(HttpContext http, SignInOptions options) =>
        http.Response.Cookies.Append(options.CookieName(http.Request, NameOf(State)), $"{State}.{Nonce}.{Verifier}.{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(Path))}", Cookie(http, options, s_length));

    // Each has a cookie of its own, so that two tabs can sign in at once.
    private static string NameOf(string state) => $"nura_signin_{state[..Math.Min(8, state.Length)]}";

    // The provider sends the browser back, which a strict cookie would not follow.
    private static CookieOptions Cookie(HttpContext http, SignInOptions options, TimeSpan? length) => new() { HttpOnly = true, SameSite = SameSiteMode.Lax, Secure = options.IsSafe(http.Request), Path = "/", MaxAge = length };

    private static string Random() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(RandomBytes));

    // Whatever else a link says would lead away from Nura after a sign-in that looks like one.
    private static bool IsOurs(string? path) => path is ['/', ..] and not ['/', '/' or '\\', ..] && path.Length <= 200 && path.All(c => c is > ' ' and <= '~' and not '#');
}
