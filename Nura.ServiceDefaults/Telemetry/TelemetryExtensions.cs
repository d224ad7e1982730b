using System.Diagnostics.Metrics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Nura.ServiceDefaults.Telemetry;

/// <summary>Traces, metrics and logs from what the framework itself emits. The settings are OpenTelemetry's own <c>OTEL_*</c> variables.</summary>
internal static class TelemetryExtensions
{
    private const string Endpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";
    private const string Protocol = "OTEL_EXPORTER_OTLP_PROTOCOL";
    private const string ExportTimeout = "OTEL_EXPORTER_OTLP_TIMEOUT";

    private static readonly string[] s_sources = ["Microsoft.AspNetCore", "System.Net.Http", "Npgsql", "Nura.*"];

    private static readonly string[] s_meters =
        ["Microsoft.AspNetCore.*", "System.Net.Http", "System.Net.NameResolution", "System.Runtime", "Npgsql", "Nura.*"];

    /// <summary>Left out: how many connections and requests are under way just now. They are counted up and down four times for each request that a service sends.</summary>
    private static readonly string[] s_momentary = ["http.client.open_connections", "http.client.active_requests"];

    /// <summary>Ours whose tags are few outcomes, and neither routes nor models.</summary>
    private static readonly string[] s_few = ["Nura.Agents", "Nura.Rag"];

    public static void AddTelemetry(this IHostApplicationBuilder builder)
    {
        var export = !string.IsNullOrWhiteSpace(builder.Configuration[Endpoint]);
        var resource = Describe(builder);

        // Ours is not the environment but the host's configuration, which contains it: tests and files can set the same names.
        void UseConfiguration(IServiceCollection services) => services.AddSingleton<IConfiguration>(builder.Configuration);
        void Configure(OtlpExporterOptions options)
        {
            options.Protocol = builder.Configuration[Protocol] == "grpc" ? OtlpExportProtocol.Grpc : OtlpExportProtocol.HttpProtobuf;
            if (builder.Configuration[ExportTimeout] is null)
            {
                // A collector that hangs must not hold up the service's end for each of the three signals.
                options.TimeoutMilliseconds = 2_000;
            }
        }

        builder.Services.AddSingleton<PrometheusExporter>();
        builder.Services.AddSingleton(services =>
        {
            var metrics = Sdk.CreateMeterProviderBuilder().ConfigureServices(UseConfiguration).SetResourceBuilder(resource).AddMeter(s_meters)
                .AddView(Bound).AddReader(services.GetRequiredService<PrometheusExporter>().Reader);
            return (export ? metrics.AddOtlpExporter(Configure) : metrics).Build();
        });
        builder.Services.AddHostedService<TelemetryStarter>();
        if (!export)
        {
            return;
        }

        // Off by default in .NET 10: the tags that a web server's span starts with.
        AppContext.SetSwitch("Microsoft.AspNetCore.Hosting.SuppressActivityOpenTelemetryData", false);
        builder.Services.AddTransient<IStartupFilter, RequestSpans>();
        builder.Services.AddSingleton(_ => Sdk.CreateTracerProviderBuilder().ConfigureServices(UseConfiguration).SetResourceBuilder(resource)
            .AddSource(s_sources).AddOtlpExporter(Configure).Build());
        builder.Logging.AddOpenTelemetry(logs =>
        {
            logs.IncludeFormattedMessage = true;
            logs.IncludeScopes = true;
            logs.SetResourceBuilder(resource);
            logs.AddOtlpExporter(Configure);
        });
    }

    /// <summary>
    /// The room that OpenTelemetry sets aside for each instrument at once, 2,000 combinations of tags or 175 kB, is for those that have a tag for routes or models.
    /// A service has 85 instruments, most of which have a few.
    /// </summary>
    private static MetricStreamConfiguration? Bound(Instrument instrument) =>
        s_momentary.Contains(instrument.Name) ? MetricStreamConfiguration.Drop
        : instrument.Meter.Name is "Microsoft.AspNetCore.Hosting" or "Microsoft.AspNetCore.Routing" || (instrument.Meter.Name.StartsWith("Nura.", StringComparison.Ordinal) && !s_few.Contains(instrument.Meter.Name)) ? null
        : new MetricStreamConfiguration { CardinalityLimit = 100 };

    /// <summary>Maps <c>/metrics</c> in the Prometheus text format, for those who ask the service itself: figures tell models and money.</summary>
    public static void MapMetrics(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/metrics", (PrometheusExporter exporter, HttpContext context) =>
            {
                // Every load balancer adds the first; ASP.NET Core's own handling of it leaves the second.
                if (context.Request.Headers.ContainsKey("X-Forwarded-For") || context.Request.Headers.ContainsKey("X-Original-For"))
                {
                    context.Response.StatusCode = StatusCodes.Status404NotFound;
                    return Task.CompletedTask;
                }

                return exporter.WriteAsync(context.Response, context.RequestAborted);
            })
            .AllowAnonymous()
            .DisableHttpMetrics()
            .ShortCircuit()
            .ExcludeFromDescription();

    /// <summary>The application's name unless the environment says better.</summary>
    private static ResourceBuilder Describe(IHostApplicationBuilder builder)
    {
        var attributes = (builder.Configuration["OTEL_RESOURCE_ATTRIBUTES"] ?? string.Empty)
            .Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(pair => pair.Split('=', 2))
            .Where(pair => pair.Length == 2)
            .GroupBy(pair => pair[0], StringComparer.Ordinal)
            .ToDictionary(group => group.Key, group => (object)Uri.UnescapeDataString(group.Last()[1]), StringComparer.Ordinal);
        attributes.Remove("service.instance.id", out var instance);
        attributes.Remove("service.version", out var version);
        attributes.Remove("service.name", out var name);
        return ResourceBuilder.CreateEmpty()
            .AddTelemetrySdk()
            .AddService(
                builder.Configuration["OTEL_SERVICE_NAME"] ?? name as string ?? builder.Environment.ApplicationName,
                serviceVersion: version as string,
                autoGenerateServiceInstanceId: instance is null,
                serviceInstanceId: instance as string)
            .AddAttributes(attributes);
    }
}
