using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Logging;

namespace Nura.Hosting;

/// <summary>How a resource that is a container elsewhere runs on this machine.</summary>
internal abstract class LocalBackend : IResourceAnnotation
{
    /// <summary>Chooses what will run.</summary>
    /// <exception cref="StartFailedException">Nothing that could run is installed.</exception>
    public abstract Task PrepareAsync(BackendContext context, CancellationToken cancellationToken);

    /// <summary>Starts what was chosen; null when there is nothing to start and consumers do without.</summary>
    public abstract Task<IRunning?> StartAsync(BackendContext context, ResourceEnvironment environment, Action<string, bool> onLine, ILogger logger, CancellationToken cancellationToken);
}

/// <summary>What backends need to know.</summary>
/// <param name="Services">The AppHost's services.</param>
/// <param name="Containers">Runs containers where an engine answers.</param>
/// <param name="Endpoints">Gives addresses to endpoints.</param>
internal sealed record BackendContext(IServiceProvider Services, ContainerEngine Containers, EndpointAllocator Endpoints);
