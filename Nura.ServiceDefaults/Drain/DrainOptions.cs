using System.ComponentModel.DataAnnotations;
using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Options;

namespace Nura.ServiceDefaults.Drain;

/// <summary>How the service goes down on SIGTERM.</summary>
[UnconditionalSuppressMessage("Trimming", "IL2026", Justification = "The generated validator reads ranges of time without reflection.")]
internal sealed class DrainOptions
{
    public const string Section = "Nura:Drain";

    /// <summary>How long new connections are still accepted after <c>/ready</c> turned 503: the time load balancers need to notice.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:05:00")]
    public TimeSpan PreStop { get; set; } = TimeSpan.Zero;

    /// <summary>How long running requests may take to finish after that. Past it they are cut.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(120);
}

[OptionsValidator]
internal sealed partial class DrainOptionsValidator : IValidateOptions<DrainOptions>;
