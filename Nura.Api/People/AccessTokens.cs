using Microsoft.Extensions.Options;
using Nura.Api.Errors;
using Nura.Api.Keys;

namespace Nura.Api.People;

/// <summary>Access tokens of the identity provider (RFC 9068), as MCP clients get them for whoever works with them. They are for clients that anybody may have written, so they hold below <c>/mcp</c> alone.</summary>
internal sealed class AccessTokens(IdentityProvider provider, KeyStore keys, IOptions<SignInOptions> options)
{
    /// <summary>What every token of this kind begins with: <c>{"</c> in Base64.</summary>
    private const string Beginning = "eyJ";

    private readonly bool _taken = options.Value is { Authority: not null, Audience: not null };

    /// <summary>Whether a request's bearer token is to be taken as one of them.</summary>
    public bool Takes(HttpRequest request, string bearer) => _taken && LooksLikeOne(bearer) && request.Path.StartsWithSegments(ProtectedResource.Mcp);

    /// <summary>Whether a bearer token is one of them, taken or not.</summary>
    public static bool LooksLikeOne(string bearer) => bearer.StartsWith(Beginning, StringComparison.Ordinal);

    /// <summary>Whose token it is, without an administrator's rights, or <see langword="null"/> if it is not valid here.</summary>
    /// <exception cref="RequestException">403: it is valid, but its person has no standing. With 401 a client would only get itself another token.</exception>
    public async Task<KeyView?> FindAsync(string token, CancellationToken cancellationToken)
    {
        if (await provider.HolderAsync(token) is not var (issuer, subject))
        {
            return null;
        }

        return await keys.FindPersonAsync(issuer, subject, cancellationToken) is { } person
            ? person with { Admin = false, Issuer = null }
            : throw new RequestException(StatusCodes.Status403Forbidden, "The access token is valid, but its person has not signed in to Nura, or not for long: open Nura in the browser once.") { Code = "not_signed_in" };
    }
}
