using System.Text.Json;

namespace Nura.Api.People;

/// <summary>Somebody as the identity provider describes them.</summary>
/// <param name="Issuer">The provider.</param>
/// <param name="Subject">Who it is there, for ever.</param>
/// <param name="Name">What they are called in budgets, usage and lists: the verified address, else the provider's user name.</param>
/// <param name="Email">An address that the provider has verified.</param>
/// <param name="Groups">The groups they are in.</param>
internal sealed record Person(string Issuer, string Subject, string Name, string? Email, IReadOnlyList<string> Groups)
{
    private const int LongestName = 200;

    /// <summary>Reads claims; what the identity token does not say, the provider's user info may (OpenID Connect Core 1.0, 5.1 and 5.4).</summary>
    /// <param name="issuer">The provider.</param>
    /// <param name="subject">Who it is there.</param>
    /// <param name="claims">The token's claims, then those of the user info.</param>
    /// <param name="groupsClaim">The claim with the groups.</param>
    public static Person From(string issuer, string subject, IReadOnlyList<JsonElement> claims, string groupsClaim)
    {
        var email = Text(claims, "email");
        // Some providers let people write any address, which then could be a colleague's: only what is said to be verified counts.
        var verified = Find(claims, "email_verified") is { } said && (said.ValueKind == JsonValueKind.True || (said.ValueKind == JsonValueKind.String && said.ValueEquals("true")));
        var name = (verified ? email : null) ?? Text(claims, "preferred_username") ?? Text(claims, "cognito:username") ?? subject;
        return new Person(issuer, subject, name.Length <= LongestName ? name : name[..LongestName], verified ? email : null, List(claims, groupsClaim));
    }

    /// <summary>Whether one of the entries means this person: a group, an e-mail address, or with <c>@</c> before it a domain of addresses.</summary>
    public bool IsAmong(IEnumerable<string> entries) => entries.Any(entry =>
        Groups.Contains(entry, StringComparer.Ordinal)
        || (Email is not null && (entry.StartsWith('@') ? Email.EndsWith(entry, StringComparison.OrdinalIgnoreCase) : Email.Equals(entry, StringComparison.OrdinalIgnoreCase))));

    /// <summary>A member that is text and not empty, or <see langword="null"/>.</summary>
    public static string? Text(JsonElement answer, string name) => Text([answer], name);

    private static JsonElement? Find(IReadOnlyList<JsonElement> claims, string name)
    {
        foreach (var source in claims)
        {
            if (source.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null)
            {
                return value;
            }
        }

        return null;
    }

    private static string? Text(IReadOnlyList<JsonElement> claims, string name) =>
        Find(claims, name) is { ValueKind: JsonValueKind.String } value && value.GetString() is { Length: > 0 } text ? text : null;

    private static IReadOnlyList<string> List(IReadOnlyList<JsonElement> claims, string name) => Find(claims, name) switch
    {
        { ValueKind: JsonValueKind.Array } list => [.. list.EnumerateArray().Where(group => group.ValueKind == JsonValueKind.String).Select(group => group.GetString()!)],
        { ValueKind: JsonValueKind.String } one => [one.GetString()!],
        _ => [],
    };
}
