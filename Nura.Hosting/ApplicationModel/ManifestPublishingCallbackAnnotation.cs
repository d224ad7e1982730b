using Aspire.Hosting.Publishing;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>Writes the resource into a manifest; null leaves it out.</summary>
/// <param name="callback">Writes the content of the resource's JSON object.</param>
public class ManifestPublishingCallbackAnnotation(Func<ManifestPublishingContext, Task>? callback) : IResourceAnnotation
{
    /// <summary>Leaves the resource out.</summary>
    public static ManifestPublishingCallbackAnnotation Ignore { get; } = new(null);

    /// <summary>Writes the content of the resource's JSON object; null leaves it out.</summary>
    public Func<ManifestPublishingContext, Task>? Callback { get; } = callback;
}
