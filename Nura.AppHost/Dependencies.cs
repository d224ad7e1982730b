namespace Nura.AppHost;

/// <summary>Health that depends on others.</summary>
internal static class Dependencies
{
    /// <summary>The resource counts as healthy only while the others are, without waiting for them to start.</summary>
    public static IResourceBuilder<T> WithHealthOf<T>(this IResourceBuilder<T> builder, params IResourceBuilder<IResource>[] others)
        where T : IResource
    {
        foreach (var check in others.SelectMany(other => other.Resource.Annotations.OfType<HealthCheckAnnotation>()))
        {
            builder.WithHealthCheck(check.Key);
        }

        return builder;
    }
}
