namespace Aspire.Hosting.ApplicationModel;

/// <summary>A URL that users see for the resource.</summary>
public sealed class ResourceUrlAnnotation : IResourceAnnotation
{
    /// <summary>The URL.</summary>
    public required string Url { get; set; }

    /// <summary>Shown in its place.</summary>
    public string? DisplayText { get; set; }

    /// <summary>The endpoint that it stems from.</summary>
    public EndpointReference? Endpoint { get; init; }
}
