namespace Nura.Hosting.Dashboard.Telemetry;

/// <summary>Everything the services have sent in this run, bounded. Kept in memory only.</summary>
internal sealed class TelemetryStore
{
    public LogBuffer Logs { get; } = new();

    public TraceBuffer Traces { get; } = new();

    public MetricBuffer Metrics { get; } = new();

    public ChangeSignal Changed { get; } = new();
}
