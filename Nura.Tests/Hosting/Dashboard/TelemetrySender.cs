using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Nura.Tests.Hosting.Dashboard;

/// <summary>A service that reports itself through the real OpenTelemetry exporter.</summary>
internal sealed class TelemetrySender : IDisposable
{
    private readonly TracerProvider _traces;
    private readonly MeterProvider _metrics;
    private readonly ILoggerFactory _logs;

    public TelemetrySender(Uri otlp, string service, string apiKey = TestDashboard.OtlpKey)
    {
        Source = new ActivitySource($"Nura.Tests.{service}.{Guid.NewGuid():N}");
        Meter = new Meter(Source.Name);
        var resource = ResourceBuilder.CreateEmpty().AddService(service, serviceInstanceId: "test");
        _traces = Sdk.CreateTracerProviderBuilder().SetResourceBuilder(resource).AddSource(Source.Name)
            .AddOtlpExporter(options => Configure(options, "traces")).Build();
        _metrics = Sdk.CreateMeterProviderBuilder().SetResourceBuilder(resource).AddMeter(Meter.Name)
            .AddOtlpExporter(options => Configure(options, "metrics")).Build();
        _logs = LoggerFactory.Create(logging => logging.SetMinimumLevel(LogLevel.Trace).AddOpenTelemetry(options =>
        {
            options.IncludeFormattedMessage = true;
            options.SetResourceBuilder(resource).AddOtlpExporter(exporter => Configure(exporter, "logs"));
        }));
        Logger = _logs.CreateLogger("Nura.Tests.Sender");

        void Configure(OtlpExporterOptions options, string signal)
        {
            options.Endpoint = new Uri(otlp, $"v1/{signal}");
            options.Protocol = OtlpExportProtocol.HttpProtobuf;
            options.Headers = $"x-otlp-api-key={apiKey}";
        }
    }

    public ActivitySource Source { get; }

    public Meter Meter { get; }

    public ILogger Logger { get; }

    /// <summary>Sends what has been recorded.</summary>
    public void Flush()
    {
        _traces.ForceFlush();
        _metrics.ForceFlush();
        _logs.Dispose();
    }

    public void Dispose()
    {
        _traces.Dispose();
        _metrics.Dispose();
        _logs.Dispose();
        Source.Dispose();
        Meter.Dispose();
    }
}
