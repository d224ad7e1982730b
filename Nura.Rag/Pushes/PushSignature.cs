using System.Security.Cryptography;
using System.Text;

namespace Nura.Rag.Pushes;

/// <summary>Tells whether a push notice comes from who knows the repository's secret.</summary>
/// <remarks>
/// GitHub signs the body (docs.github.com, "Validating webhook deliveries"), GitLab sends the secret itself (docs.gitlab.com, "Webhooks"),
/// and anything else may send it as a bearer token.
/// </remarks>
internal static class PushSignature
{
    private const string GitHub = "X-Hub-Signature-256";
    private const string GitLab = "X-Gitlab-Token";
    private const string HexPrefix = "sha256=";
    private const string BearerPrefix = "Bearer ";

    /// <summary>Whether the notice is genuine.</summary>
    public static bool IsGenuine(IHeaderDictionary headers, ReadOnlySpan<byte> body, string secret)
    {
        var key = Encoding.UTF8.GetBytes(secret);
        var signature = headers[GitHub].ToString();
        if (signature.Length > 0)
        {
            Span<byte> given = stackalloc byte[SHA256.HashSizeInBytes];
            return signature.StartsWith(HexPrefix, StringComparison.OrdinalIgnoreCase)
                && signature.Length == HexPrefix.Length + (2 * SHA256.HashSizeInBytes)
                && Convert.FromHexString(signature.AsSpan(HexPrefix.Length), given, out _, out _) == System.Buffers.OperationStatus.Done
                && CryptographicOperations.FixedTimeEquals(given, HMACSHA256.HashData(key, body));
        }

        var token = headers[GitLab].ToString();
        var bearer = headers.Authorization.ToString();
        token = token.Length > 0 ? token : bearer.StartsWith(BearerPrefix, StringComparison.OrdinalIgnoreCase) ? bearer[BearerPrefix.Length..].Trim() : "";
        return CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(token), key);
    }
}
