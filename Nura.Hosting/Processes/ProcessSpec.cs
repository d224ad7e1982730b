using System.Collections.Immutable;

namespace Nura.Hosting;

/// <summary>A process to start.</summary>
internal sealed record ProcessSpec(string FileName, IReadOnlyList<string> Arguments)
{
    public string? WorkingDirectory { get; init; }

    /// <summary>The whole environment; null to inherit.</summary>
    public IReadOnlyDictionary<string, string>? Environment { get; init; }

    /// <summary>Variables beside those, or in their place.</summary>
    public IReadOnlyDictionary<string, string> AddedEnvironment { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>Another user to run as; only root can.</summary>
    public string? UserName { get; init; }

    /// <summary>Whether a terminal's Ctrl+C goes past it, where the system has <c>setsid</c>: it is ended by us, after those that use it.</summary>
    public bool InOwnSession { get; init; }

    /// <summary>The signal that asks it to end.</summary>
    public int StopSignal { get; init; } = Signals.Terminate;
}
