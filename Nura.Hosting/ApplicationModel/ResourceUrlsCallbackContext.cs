namespace Aspire.Hosting.ApplicationModel;

/// <summary>The shown URLs of a resource while they are put together.</summary>
/// <param name="executionContext">Run or publish.</param>
/// <param name="resource">Whose URLs they are.</param>
/// <param name="urls">The URLs so far.</param>
/// <param name="cancellationToken">Stops the callbacks.</param>
public class ResourceUrlsCallbackContext(DistributedApplicationExecutionContext executionContext, IResource resource, List<ResourceUrlAnnotation>? urls = null, CancellationToken cancellationToken = default)
{
    /// <summary>Run or publish.</summary>
    public DistributedApplicationExecutionContext ExecutionContext { get; } = executionContext;

    /// <summary>Whose URLs they are.</summary>
    public IResource Resource { get; } = resource;

    /// <summary>The URLs so far.</summary>
    public List<ResourceUrlAnnotation> Urls { get; } = urls ?? [];

    /// <summary>Stops the callbacks.</summary>
    public CancellationToken CancellationToken { get; } = cancellationToken;
}
