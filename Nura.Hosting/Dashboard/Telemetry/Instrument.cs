namespace Nura.Hosting.Dashboard.Telemetry;

/// <summary>What a service measures, as named by it. Unit and description are as sent, possibly empty.</summary>
internal sealed record Instrument(string Resource, string Meter, string Name, string Unit, string Description, MetricKind Kind);
