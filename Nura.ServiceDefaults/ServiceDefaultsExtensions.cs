using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Nura.ServiceDefaults.Discovery;
using Nura.ServiceDefaults.Drain;
using Nura.ServiceDefaults.Health;
using Nura.ServiceDefaults.Problems;
using Nura.ServiceDefaults.Resilience;
using Nura.ServiceDefaults.Telemetry;

namespace Microsoft.Extensions.Hosting;

/// <summary>What every Nura service has in common, in two calls.</summary>
public static class ServiceDefaultsExtensions
{
    /// <summary>
    /// Adds telemetry, health checks, service discovery and resilience for HTTP clients, problem details and the graceful drain.
    /// </summary>
    /// <param name="builder">The service's builder; call this first, so that telemetry sees everything else start.</param>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">At start: a setting below <c>Nura:Drain</c> or <c>Nura:Resilience</c> is out of range; the message names it.</exception>
    public static TBuilder AddServiceDefaults<TBuilder>(this TBuilder builder)
        where TBuilder : IHostApplicationBuilder
    {
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.AddLogLevels();
        builder.AddTelemetry();
        builder.AddDrain();
        builder.AddDefaultHealthChecks();
        builder.AddProblems();
        builder.AddServiceDiscovery();
        builder.AddResilience();
        return builder;
    }

    /// <summary>
    /// Turns errors into problem details and maps <c>/alive</c>, <c>/health</c>, <c>/ready</c> and <c>/metrics</c>.
    /// </summary>
    /// <param name="app">The application; call this before any other middleware, since it handles only what comes after it.</param>
    public static WebApplication MapDefaultEndpoints(this WebApplication app)
    {
        app.UseProblems();
        app.MapHealth();
        app.MapMetrics();
        return app;
    }

    /// <summary>Registers a typed client of another service, with discovery and resilience.</summary>
    /// <typeparam name="TClient">A class that takes an <see cref="HttpClient"/> in its constructor.</typeparam>
    /// <param name="builder">The service's builder.</param>
    /// <param name="service">The name the other service has in the AppHost, such as <c>rag</c>.</param>
    public static IHttpClientBuilder AddServiceClient<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TClient>(this IHostApplicationBuilder builder, string service)
        where TClient : class =>
        builder.Services.AddHttpClient<TClient>(client => client.BaseAddress = new Uri($"https+http://{service}"));
}
