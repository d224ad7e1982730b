namespace Nura.Models;

/// <summary>The connections to providers, shared by all clients. No proxy of the internal services' resilience stands between: retrying a model is the router's business.</summary>
internal sealed class UpstreamHttp : IDisposable
{
    public UpstreamHttp() => Invoker = new HttpMessageInvoker(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        ConnectTimeout = TimeSpan.FromSeconds(10),
        // Addresses of providers change; a connection is not kept beyond this.
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        EnableMultipleHttp2Connections = true,
    });

    public HttpMessageInvoker Invoker { get; }

    public void Dispose() => Invoker.Dispose();
}
