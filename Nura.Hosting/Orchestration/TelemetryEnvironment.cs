using Microsoft.Extensions.Hosting;

namespace Nura.Hosting;

/// <summary>The variables that send a service's telemetry to the dashboard.</summary>
internal static class TelemetryEnvironment
{
    /// <param name="resourceName">The service's name in telemetry.</param>
    /// <param name="instanceId">The resource's instance.</param>
    /// <param name="receiver">The dashboard's receiver; null when there is no dashboard.</param>
    /// <param name="apiKey">What the receiver asks for.</param>
    /// <param name="environment">The AppHost's environment: while developing, telemetry is sent every second.</param>
    public static Dictionary<string, string> For(string resourceName, string instanceId, Uri? receiver, string apiKey, IHostEnvironment environment)
    {
        if (receiver is null)
        {
            return [];
        }

        var variables = new Dictionary<string, string>
        {
            ["OTEL_EXPORTER_OTLP_ENDPOINT"] = receiver.ToString().TrimEnd('/'),
            ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
            ["OTEL_EXPORTER_OTLP_HEADERS"] = $"x-otlp-api-key={apiKey}",
            ["OTEL_SERVICE_NAME"] = resourceName,
            ["OTEL_RESOURCE_ATTRIBUTES"] = $"service.instance.id={instanceId[(resourceName.Length + 1)..]}",
        };
        if (environment.IsDevelopment())
        {
            variables["OTEL_BLRP_SCHEDULE_DELAY"] = "1000";
            variables["OTEL_BSP_SCHEDULE_DELAY"] = "1000";
            variables["OTEL_METRIC_EXPORT_INTERVAL"] = "1000";
            variables["OTEL_TRACES_SAMPLER"] = "always_on";
            variables["OTEL_METRICS_EXEMPLAR_FILTER"] = "trace_based";
        }

        return variables;
    }
}
