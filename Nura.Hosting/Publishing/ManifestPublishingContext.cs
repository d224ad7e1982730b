using System.Text.Json;

namespace Aspire.Hosting.Publishing;

/// <summary>What writers of one manifest share.</summary>
/// <param name="executionContext">The publish run.</param>
/// <param name="manifestPath">The file being written; paths inside it are relative to its folder.</param>
/// <param name="writer">Where it is written.</param>
/// <param name="cancellationToken">Stops the writing.</param>
public sealed partial class ManifestPublishingContext(DistributedApplicationExecutionContext executionContext, string manifestPath, Utf8JsonWriter writer, CancellationToken cancellationToken = default)
{
    /// <summary>The publish run.</summary>
    public DistributedApplicationExecutionContext ExecutionContext { get; } = executionContext;

    /// <summary>The file being written; paths inside it are relative to its folder.</summary>
    public string ManifestPath { get; } = manifestPath;

    /// <summary>Where it is written.</summary>
    public Utf8JsonWriter Writer { get; } = writer;

    /// <summary>Stops the writing.</summary>
    public CancellationToken CancellationToken { get; } = cancellationToken;
}
