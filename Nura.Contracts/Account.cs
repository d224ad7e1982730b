namespace Nura.Contracts;

/// <summary>On whose account the calls of models are that a request leads to.</summary>
/// <param name="Key">The API key that asks.</param>
/// <param name="User">The name of its user.</param>
/// <param name="Team">The name of the user's team.</param>
public sealed record Account(Guid Key, string? User = null, string? Team = null)
{
    /// <summary>Header that carries it between our services: key, user and team with semicolons between, the names percent-encoded and empty where there is none.</summary>
    public const string Header = "x-nura-account";

    /// <summary>The header's value.</summary>
    public override string ToString() => $"{Key:N};{Uri.EscapeDataString(User ?? "")};{Uri.EscapeDataString(Team ?? "")}";

    /// <summary>Reads the header's value.</summary>
    /// <param name="text">The value; may be absent.</param>
    /// <returns>The account, or <see langword="null"/> if there is none that can be read.</returns>
    public static Account? Read(string? text) =>
        text?.Split(';') is [var key, var user, var team] && Guid.TryParseExact(key, "N", out var id) ? new Account(id, Name(user), Name(team)) : null;

    private static string? Name(string text) => text.Length == 0 ? null : Uri.UnescapeDataString(text);
}
