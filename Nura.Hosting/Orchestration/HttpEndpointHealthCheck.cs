using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Nura.Hosting;

/// <summary>Healthy when an endpoint answers a request with the expected status code.</summary>
internal sealed class HttpEndpointHealthCheck(IHttpClientFactory clients, EndpointReference endpoint, string path, int expectedStatus) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            using var client = clients.CreateClient(nameof(HttpEndpointHealthCheck));
            var url = new Uri(new Uri((await endpoint.GetValueAsync(cancellationToken))!), path);
            using var response = await client.GetAsync(url, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            return (int)response.StatusCode == expectedStatus
                ? HealthCheckResult.Healthy()
                : HealthCheckResult.Unhealthy($"{url} answered {(int)response.StatusCode}; {expectedStatus} is expected.");
        }
        catch (HttpRequestException exception)
        {
            return HealthCheckResult.Unhealthy($"No answer yet: {exception.Message}");
        }
    }
}
