using System.Security.Cryptography;
using System.Text;

namespace Nura.Hosting.Dashboard.Access;

/// <summary>Comparing and deriving secrets.</summary>
internal static class Secret
{
    /// <summary>Compares in a time that tells nothing about where the texts differ, nor about their lengths.</summary>
    public static bool Matches(string expected, string? given) =>
        given is not null && CryptographicOperations.FixedTimeEquals(Hash(expected), Hash(given));

    /// <summary>Another secret for another purpose, from which the first cannot be found.</summary>
    public static string Derive(string secret, string purpose) =>
        Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes(purpose)));

    private static byte[] Hash(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));
}
