namespace Nura.Hosting.Dashboard.Telemetry;

/// <summary>The points of one instrument under one set of attributes, oldest first.</summary>
internal sealed record MetricSeries(
    Instrument Instrument,
    string Attributes,
    IReadOnlyList<double> Bounds,
    IReadOnlyList<MetricPoint> Points);
