using Microsoft.Extensions.Options;
using Nura.Api.Keys;

namespace Nura.Api.People;

/// <summary>Access tokens of the identity provider (RFC 9068), such as MCP clients get for whoever works with them: the same as a person's own key.</summary>
internal sealed class AccessTokens(IdentityProvider provider, KeyStore keys, IOptions<SignInOptions> options)
{
    /// <summary>What every token of this kind begins with: <c>{"</c> in Base64.</summary>
    private const string Beginning = "eyJ";

    private readonly bool _taken = options.Value is { Authority: not null, Audience: not null };

    /// <summary>Whether a bearer token is one of them.</summary>
    public bool Takes(string bearer) => _taken && LooksLikeOne(bearer);

    /// <summary>Whether a bearer token would be one of them if they were taken.</summary>
    public static bool LooksLikeOne(string bearer) => bearer.StartsWith(Beginning, StringComparison.Ordinal);

    /// <summary>Whose token it is, without an administrator's rights, or <see langword="null"/> if it is not valid or its person may not sign in any more.</summary>
    public async Task<KeyView?> FindAsync(string token, CancellationToken cancellationToken) =>
        await provider.HolderAsync(token) is var (issuer, subject) && await keys.FindPersonAsync(issuer, subject, cancellationToken) is { } person
            ? person with { Admin = false, Issuer = null }
            : null;
}
