using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Nura.ServiceDefaults.Discovery;

namespace Nura.ServiceDefaults.Resilience;

internal static class ResilienceExtensions
{
    /// <summary>Every client made by the factory gets both handlers; they act only on requests that name one of our services.</summary>
    public static void AddResilience(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<ResilienceOptions>().BindConfiguration(ResilienceOptions.Section)
            .Validate(o => o.AttemptTimeout <= o.TotalTimeout, $"{ResilienceOptions.Section}:AttemptTimeout must not be above TotalTimeout.")
            .ValidateOnStart();
        builder.Services.AddSingleton<IValidateOptions<ResilienceOptions>, ResilienceOptionsValidator>();
        builder.Services.AddSingleton<ServicePipelines>();
        builder.Services.ConfigureHttpClientDefaults(client =>
        {
            // Connections are renewed, so that an address that moved is found; handlers need not be. The timers that would renew them keep a stopped host in memory.
            client.UseSocketsHttpHandler((handler, _) => handler.PooledConnectionLifetime = TimeSpan.FromMinutes(2));
            client.SetHandlerLifetime(Timeout.InfiniteTimeSpan);
            client.AddHttpMessageHandler(services => new ResilienceHandler(services.GetRequiredService<ServiceEndpoints>(), services.GetRequiredService<ServicePipelines>()));
            client.AddHttpMessageHandler(services => new ServiceDiscoveryHandler(services.GetRequiredService<ServiceEndpoints>()));
        });
    }
}
