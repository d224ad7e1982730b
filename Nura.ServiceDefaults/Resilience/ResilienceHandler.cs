using System.Net;
using Nura.ServiceDefaults.Discovery;
using Polly;

namespace Nura.ServiceDefaults.Resilience;

/// <summary>Sends requests to our own services through their pipeline; all others pass untouched.</summary>
internal sealed class ResilienceHandler(ServiceEndpoints services, ServicePipelines pipelines) : DelegatingHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (request.RequestUri is not { } address || !services.Names(address))
        {
            return await base.SendAsync(request, cancellationToken);
        }

        var context = ResilienceContextPool.Shared.Get(cancellationToken);
        context.Properties.Set(ServicePipelines.Request, request);
        try
        {
            // The pipeline ends with the headers. A body streams on without any of its timeouts.
            return await pipelines.For(address.Host).ExecuteAsync(
                static async (context, state) => await state.Send(state.Request, context.CancellationToken),
                context,
                (Send: new Func<HttpRequestMessage, CancellationToken, Task<HttpResponseMessage>>(base.SendAsync), Request: request));
        }
        catch (ExecutionRejectedException exception)
        {
            // One kind of exception for callers, whether the service refused or was not asked.
            throw new HttpRequestException(
                HttpRequestError.ConnectionError, $"Service '{address.Host}' is not available: {exception.Message}", exception, HttpStatusCode.ServiceUnavailable);
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }
}
