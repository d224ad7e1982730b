using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting;

/// <summary>Subscribes to the events of one resource.</summary>
public static class DistributedApplicationEventingExtensions
{
    /// <summary>Calls back when the resource runs and is healthy, once per start. Those who wait for it wait for the callback too.</summary>
    public static IResourceBuilder<T> OnResourceReady<T>(this IResourceBuilder<T> builder, Func<T, ResourceReadyEvent, CancellationToken, Task> callback)
        where T : IResource
    {
        builder.ApplicationBuilder.Eventing.Subscribe<ResourceReadyEvent>(builder.Resource, (ready, cancellationToken) => callback(builder.Resource, ready, cancellationToken));
        return builder;
    }
}
