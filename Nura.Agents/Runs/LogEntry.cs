using System.Text.Json;
using Nura.Contracts;

namespace Nura.Agents.Runs;

/// <summary>An entry of a run's log as it is stored and sent.</summary>
/// <param name="Id">Place in the log, from 1.</param>
/// <param name="Name">Name of the event.</param>
/// <param name="Data">The event as JSON.</param>
internal sealed record LogEntry(long Id, string Name, string Data)
{
    private const string DoneName = "done";

    /// <summary>Whether it is the last one.</summary>
    public bool IsDone => Name == DoneName;

    public static LogEntry Of(long id, RunEvent entry) => new(id, NameOf(entry), JsonSerializer.Serialize(entry, ContractsJson.Options));

    private static string NameOf(RunEvent entry) => entry switch
    {
        RunRoute => "route",
        RunToken => "token",
        RunTool => "tool",
        RunCitation => "citation",
        RunError => "error",
        RunDone => DoneName,
        _ => throw new ArgumentException($"{entry.GetType()} has no name on the wire.", nameof(entry)),
    };
}
