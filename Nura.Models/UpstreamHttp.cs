using System.Diagnostics;

namespace Nura.Models;

/// <summary>The connections to providers, shared by all clients. No proxy of the internal services' resilience stands between: retrying a model is the router's business.</summary>
internal sealed class UpstreamHttp : IDisposable
{
    // Made with the first call: until the service has started nobody can tell whether traces are exported.
    private readonly Lazy<HttpMessageInvoker> _invoker = new(() => new HttpMessageInvoker(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        ConnectTimeout = TimeSpan.FromSeconds(10),
        // Addresses of providers change; a connection is not kept beyond this.
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        EnableMultipleHttp2Connections = true,
        // A span for each request and a header that names it are of use only to who collects traces.
        ActivityHeadersPropagator = ModelTelemetry.Instruments.IsTraced ? DistributedContextPropagator.Current : null,
    }));

    public HttpMessageInvoker Invoker => _invoker.Value;

    public void Dispose()
    {
        if (_invoker.IsValueCreated)
        {
            Invoker.Dispose();
        }
    }
}
