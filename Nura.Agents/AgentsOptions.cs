using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Nura.Agents;

/// <summary>Settings of the agents service.</summary>
public sealed class AgentsOptions
{
    /// <summary>Where they stand in the configuration.</summary>
    public const string Section = "Nura:Agents";

    /// <summary>Folder of plugin assemblies, <c>{name}/{name}.dll</c> each. A missing folder means none.</summary>
    public string Plugins { get; set; } = "plugins";

    /// <summary>Runs that may work at the same time in one process; more are refused with 429.</summary>
    [Range(1, 10_000)]
    public int MaxRuns { get; set; } = 64;

    /// <summary>How many of those may be one key's, so that it leaves room for others; <see langword="null"/> for all.</summary>
    [Range(1, 10_000)]
    public int? MaxRunsPerKey { get; set; }

    /// <summary>Calls of a model in one run; in the last one it may not use tools.</summary>
    [Range(1, 100)]
    public int MaxSteps { get; set; } = 8;

    /// <summary>Longest run; then it fails with what it has written so far.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan MaxTime { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>Tokens of context that retrieval may fill, by estimate.</summary>
    [Range(256, 1_000_000)]
    public int ContextTokens { get; set; } = 6_000;

    /// <summary>How long a run of a process that died looks alive. Renewed three times in that span.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan Lease { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>Whether to answer a question of its own after the start, so that the first user does not wait for compilation.</summary>
    public bool WarmUp { get; set; } = true;

    /// <summary>How long the log of an ended run is kept that answers in no conversation.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "3650.00:00:00")]
    public TimeSpan Retention { get; set; } = TimeSpan.FromDays(30);

    /// <summary>Silence on an event stream after which a comment is sent, so that proxies keep it open. At most half of <see cref="Contracts.AgentsClient.LongestSilence"/>.</summary>
    [Range(typeof(TimeSpan), "00:00:00.05", "00:00:30")]
    public TimeSpan Heartbeat { get; set; } = TimeSpan.FromSeconds(15);
}

/// <summary>Checks <see cref="AgentsOptions"/> by their attributes; the code is generated.</summary>
[OptionsValidator]
internal sealed partial class AgentsOptionsValidator : IValidateOptions<AgentsOptions>;
