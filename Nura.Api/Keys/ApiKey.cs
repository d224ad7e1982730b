using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Nura.Api.Keys;

/// <summary>How keys look and how they are compared.</summary>
internal static class ApiKey
{
    /// <summary>What every key of ours begins with, so that secret scanners can find a lost one.</summary>
    public const string Prefix = "nura_";

    public const int PrefixLength = 12;

    private const int RandomBytes = 32;
    private const int Longest = 16_384;

    public static string New() => Prefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(RandomBytes));

    public static byte[] Hash(string key) => SHA256.HashData(Encoding.UTF8.GetBytes(key));

    /// <summary>The key of a request, or the access token, from <c>Authorization: Bearer</c> or <c>x-api-key</c>.</summary>
    public static string? Of(HttpRequest request)
    {
        var authorization = request.Headers.Authorization.ToString();
        var key = authorization.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase) ? authorization[7..].Trim() : request.Headers["x-api-key"].ToString();
        return key.Length is > 0 and <= Longest ? key : null;
    }
}
