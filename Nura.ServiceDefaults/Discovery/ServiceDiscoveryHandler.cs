namespace Nura.ServiceDefaults.Discovery;

/// <summary>Sends a request that names a service to one of its endpoints. Below the resilience handler, so that a retry takes the next one.</summary>
internal sealed class ServiceDiscoveryHandler(ServiceEndpoints services) : DelegatingHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (request.RequestUri is not { } named || !services.Names(named))
        {
            return await base.SendAsync(request, cancellationToken);
        }

        request.RequestUri = services.Resolve(named);
        try
        {
            return await base.SendAsync(request, cancellationToken);
        }
        finally
        {
            request.RequestUri = named;
        }
    }
}
