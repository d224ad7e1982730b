using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Nura.Api.Keys;
using Nura.ServiceDefaults.Text;

namespace Nura.Api.People;

/// <summary>Somebody as the identity provider describes them.</summary>
/// <param name="Issuer">The provider.</param>
/// <param name="Subject">Who it is there, for ever.</param>
/// <param name="Name">What they are called in budgets, usage and lists.</param>
/// <param name="Email">An address that is known to be theirs.</param>
/// <param name="Groups">The groups they are in.</param>
internal sealed record Person(string Issuer, string Subject, string Name, string? Email, IReadOnlyList<string> Groups)
{
    private const int LongestSubject = 255;

    /// <summary>Reads claims; what the identity token does not say, the provider's user info may (OpenID Connect Core 1.0, 5.1 and 5.4).</summary>
    /// <param name="issuer">The provider.</param>
    /// <param name="subject">Who it is there.</param>
    /// <param name="claims">The token's claims, then those of the user info.</param>
    /// <param name="options">What is known of the provider.</param>
    /// <exception cref="SignInException">The subject cannot be one (OpenID Connect Core 1.0, 2: 255 ASCII characters at most).</exception>
    public static Person From(string issuer, string subject, IReadOnlyList<JsonElement> claims, SignInOptions options)
    {
        if (subject.Length > LongestSubject || subject.Any(c => c is < ' ' or > '~'))
        {
            throw new SignInException(SignInProblem.Provider, "The identity token's subject is none: it has at most 255 ASCII characters.");
        }

        // Both from one place: an address of the one is not verified by the other.
        var email = claims.Where(source => Text(source, "email") is not null).Select(source => (Address: Text(source, "email"), Verified: IsVerified(source))).FirstOrDefault();
        var known = email.Verified ?? options.NamesAreGiven ? email.Address : null;
        var called = claims.Select(source => Text(source, "preferred_username") ?? Text(source, "cognito:username")).FirstOrDefault(name => name is not null) ?? subject;
        return new Person(issuer, subject, Clean(known ?? (options.NamesAreGiven ? called : Marked(called, subject))), known, List(claims, options.GroupsClaim));
    }

    /// <summary>Whether one of the entries means this person: a group, an e-mail address, or with <c>@</c> before it a domain of addresses.</summary>
    public bool IsAmong(IEnumerable<string> entries) => entries.Any(entry =>
        Groups.Contains(entry, StringComparer.Ordinal)
        || (Email is not null && (entry.StartsWith('@') ? Email.EndsWith(entry, StringComparison.OrdinalIgnoreCase) : Email.Equals(entry, StringComparison.OrdinalIgnoreCase))));

    /// <summary>A member that is text and not empty, or <see langword="null"/>.</summary>
    public static string? Text(JsonElement answer, string name) =>
        answer.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 } text ? text : null;

    // Absent is not false: some say nothing of it, and let nobody choose.
    private static bool? IsVerified(JsonElement source) => !source.TryGetProperty("email_verified", out var said) ? null
        : said.ValueKind == JsonValueKind.True || (said.ValueKind == JsonValueKind.String && said.ValueEquals("true"));

    // At some providers people choose their user names, and could choose a colleague's address, on whose budget they would be.
    private static string Marked(string name, string subject) => $"{name} ({Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(subject)))[..8]})";

    private static string Clean(string name) => string.Concat(name.Where(c => !char.IsControl(c))).AtMost(KeyEndpoints.LongestName);

    private static IReadOnlyList<string> List(IReadOnlyList<JsonElement> claims, string name)
    {
        foreach (var source in claims)
        {
            if (source.TryGetProperty(name, out var value))
            {
                return value.ValueKind == JsonValueKind.Array
                    ? [.. value.EnumerateArray().Where(group => group.ValueKind == JsonValueKind.String).Select(group => group.GetString()!)]
                    : Text(source, name) is { } one ? [one] : [];
            }
        }

        return [];
    }
}
