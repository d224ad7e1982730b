using System.ComponentModel.DataAnnotations;
using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Options;

namespace Nura.ServiceDefaults.Migrations;

/// <summary>How long to wait for the database at start.</summary>
[UnconditionalSuppressMessage("Trimming", "IL2026", Justification = "The generated validator reads ranges of time without reflection.")]
internal sealed class MigrationOptions
{
    public const string Section = "Nura:Migrations";

    /// <summary>After this time without a database the service gives up and exits, so that its orchestrator can tell.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00")]
    public TimeSpan Patience { get; set; } = TimeSpan.FromMinutes(2);
}

[OptionsValidator]
internal sealed partial class MigrationOptionsValidator : IValidateOptions<MigrationOptions>;
