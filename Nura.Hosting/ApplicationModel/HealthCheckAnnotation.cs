namespace Aspire.Hosting.ApplicationModel;

/// <summary>Names a registered health check that tells the resource's health.</summary>
/// <param name="key">The check's name.</param>
public class HealthCheckAnnotation(string key) : IResourceAnnotation
{
    /// <summary>The check's name.</summary>
    public string Key { get; } = key;
}
