namespace Nura.Models;

/// <summary>On whose account a call of a model is.</summary>
/// <param name="Key">Identity of the API key.</param>
/// <param name="User">Name of the user.</param>
/// <param name="Team">Name of the team.</param>
/// <param name="Agent">Kind of agent that asks.</param>
public sealed record Caller(string? Key = null, string? User = null, string? Team = null, string? Agent = null)
{
    /// <summary>Nobody in particular.</summary>
    public static Caller Nobody { get; } = new();
}
