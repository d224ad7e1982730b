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

    /// <summary>The signal that asks it to end.</summary>
    public int StopSignal { get; init; } = Signals.Terminate;
}
