namespace Nura.Hosting.Dashboard.Telemetry;

/// <summary>An event inside a span, an exception for instance.</summary>
internal sealed record SpanNote(DateTimeOffset Time, string Name, IReadOnlyList<KeyValuePair<string, string>> Attributes);
