using System.Globalization;
using System.Net.Sockets;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Configuration;

namespace Nura.Hosting;

/// <summary>Gives endpoints their addresses: the public port is held by a proxy, the process listens on one of its own.</summary>
internal sealed class EndpointAllocator(IConfiguration configuration, bool randomizePorts) : IAsyncDisposable
{
    private readonly List<TcpProxy> _proxies = [];

    /// <exception cref="DistributedApplicationException">A port is in use, or the endpoint makes no sense.</exception>
    public void Allocate(IResource resource)
    {
        foreach (var endpoint in resource.Annotations.OfType<EndpointAnnotation>().Where(e => e.AllocatedEndpoint is null))
        {
            if (endpoint is { IsProxied: true, Port: { } same } && same == endpoint.TargetPort)
            {
                throw new DistributedApplicationException($"Endpoint '{endpoint.Name}' of '{resource.Name}' has the same port {same} before and behind its proxy. Leave one of them out, or set isProxied to false.");
            }

            // A container engine publishes the port itself.
            var proxied = endpoint.IsProxied && resource is not ContainerResource;
            var key = PortKey(resource, endpoint);
            var port = configuration.GetValue<int?>(key) ?? Wanted(endpoint) ?? 0;
            var target = endpoint.TargetPort ?? (proxied || port == 0 ? FreePort.Choose() : port);
            if (proxied)
            {
                try
                {
                    var proxy = TcpProxy.Start(port, target);
                    _proxies.Add(proxy);
                    port = proxy.Port;
                }
                catch (SocketException exception) when (exception.SocketErrorCode is SocketError.AddressAlreadyInUse or SocketError.AccessDenied)
                {
                    throw new DistributedApplicationException(PortHolder.Describe(port, $"'{resource.Name}' (endpoint '{endpoint.Name}')", key), exception);
                }
            }
            else if (port == 0)
            {
                port = resource is ContainerResource ? FreePort.Choose() : target;
            }

            endpoint.AllocatedEndpoint = new(endpoint, "localhost", port, target.ToString(CultureInfo.InvariantCulture));
        }
    }

    /// <summary>The fixed port of an endpoint, unless fixed ports are ignored.</summary>
    public int? Wanted(EndpointAnnotation endpoint) => randomizePorts && endpoint.IsProxied ? null : endpoint.Port;

    /// <summary>The configuration key that chooses another public port.</summary>
    public static string PortKey(IResource resource, EndpointAnnotation endpoint) =>
        resource.Annotations.OfType<EndpointAnnotation>().First() == endpoint ? $"Nura:Ports:{resource.Name}" : $"Nura:Ports:{resource.Name}:{endpoint.Name}";

    public async ValueTask DisposeAsync()
    {
        foreach (var proxy in _proxies)
        {
            await proxy.DisposeAsync();
        }
    }
}
