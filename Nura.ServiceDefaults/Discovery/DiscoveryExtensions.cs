using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

namespace Nura.ServiceDefaults.Discovery;

internal static class DiscoveryExtensions
{
    public static void AddServiceDiscovery(this IHostApplicationBuilder builder) =>
        builder.Services.TryAddSingleton<ServiceEndpoints>();
}
