using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;

namespace Nura.ServiceDefaults.Health;

internal static class HealthEndpoints
{
    /// <summary>Paths of probes and scrapes; they are neither traced nor counted as requests.</summary>
    public static readonly string[] Paths = ["/alive", "/health", "/ready", "/metrics"];

    private const string Live = "live";
    private const string Ready = "ready";

    public static void AddDefaultHealthChecks(this IHostApplicationBuilder builder) =>
        builder.Services.AddHealthChecks()
            .AddCheck("self", () => HealthCheckResult.Healthy(), [Live])
            .AddCheck<DrainHealthCheck>("drain", tags: [Ready]);

    /// <summary><c>/alive</c> asks the process alone; <c>/health</c> its dependencies too; <c>/ready</c> also whether it is going down.</summary>
    public static void MapHealth(this IEndpointRouteBuilder routes)
    {
        Map("/alive", check => check.Tags.Contains(Live));
        Map("/health", check => !check.Tags.Contains(Ready));
        Map("/ready", _ => true);

        void Map(string path, Func<HealthCheckRegistration, bool> predicate) =>
            routes.MapHealthChecks(path, new HealthCheckOptions { Predicate = predicate, ResponseWriter = WriteAsync })
                .AllowAnonymous()
                .DisableHttpMetrics()
                .ShortCircuit();
    }

    /// <summary>Names each check. Descriptions are written by our checks; exceptions stay out, since they may tell hosts and users.</summary>
    private static Task WriteAsync(HttpContext context, HealthReport report) =>
        context.Response.WriteAsJsonAsync(
            new HealthView(report.Status, report.Entries.ToDictionary(entry => entry.Key, entry => new HealthView.Check(entry.Value.Status, entry.Value.Description), StringComparer.Ordinal)),
            HealthJsonContext.Default.HealthView,
            cancellationToken: context.RequestAborted);
}
