namespace Aspire.Hosting.ApplicationModel;

/// <summary>A relation to another resource, for display.</summary>
/// <param name="resource">The other resource.</param>
/// <param name="type">Such as <c>Reference</c>, <c>Parent</c>, <c>WaitFor</c>.</param>
public sealed class ResourceRelationshipAnnotation(IResource resource, string type) : IResourceAnnotation
{
    /// <summary>The other resource.</summary>
    public IResource Resource { get; } = resource;

    /// <summary>Such as <c>Reference</c>, <c>Parent</c>, <c>WaitFor</c>.</summary>
    public string Type { get; } = type;
}
