using System.ComponentModel.DataAnnotations;
using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Options;

namespace Nura.ServiceDefaults.Resilience;

/// <summary>How calls between our services deal with failures. Times run until the response's headers, never over a body.</summary>
[UnconditionalSuppressMessage("Trimming", "IL2026", Justification = "The generated validator reads ranges of time without reflection.")]
internal sealed class ResilienceOptions
{
    public const string Section = "Nura:Resilience";

    /// <summary>All attempts together with the waiting between them.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:10:00")]
    public TimeSpan TotalTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>One attempt. Must not be above <see cref="TotalTimeout"/>.</summary>
    [Range(typeof(TimeSpan), "00:00:00.05", "00:10:00")]
    public TimeSpan AttemptTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Attempts after the first; 0 turns retries off.</summary>
    [Range(0, 10)]
    public int Retries { get; set; } = 3;

    /// <summary>Wait before the first retry; it doubles, with jitter.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "00:00:10")]
    public TimeSpan RetryDelay { get; set; } = TimeSpan.FromMilliseconds(200);

    /// <summary>Share of failures above which a service is left alone for <see cref="BreakDuration"/>.</summary>
    [Range(0.01, 1)]
    public double FailureRatio { get; set; } = 0.5;

    /// <summary>Calls within <see cref="SamplingDuration"/> below which the ratio says nothing.</summary>
    [Range(2, 10_000)]
    public int MinimumThroughput { get; set; } = 20;

    /// <summary>Over how long the ratio is taken.</summary>
    [Range(typeof(TimeSpan), "00:00:00.5", "00:10:00")]
    public TimeSpan SamplingDuration { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a service is left alone before one call tries it again.</summary>
    [Range(typeof(TimeSpan), "00:00:00.5", "00:10:00")]
    public TimeSpan BreakDuration { get; set; } = TimeSpan.FromSeconds(2);
}

[OptionsValidator]
internal sealed partial class ResilienceOptionsValidator : IValidateOptions<ResilienceOptions>;
