namespace Nura.Hosting.Dashboard.Telemetry;

/// <summary>One finished span as a service sent it.</summary>
internal sealed record SpanEntry
{
    public required string TraceId { get; init; }

    public required string SpanId { get; init; }

    /// <summary>Empty for a root span.</summary>
    public required string ParentId { get; init; }

    public required string Resource { get; init; }

    public required string Source { get; init; }

    public required string Name { get; init; }

    /// <summary>"server", "client", "internal", "producer", "consumer", or empty when the sender did not say.</summary>
    public required string Kind { get; init; }

    public required DateTimeOffset Start { get; init; }

    public required TimeSpan Duration { get; init; }

    public required bool Failed { get; init; }

    public required string StatusMessage { get; init; }

    public required IReadOnlyList<KeyValuePair<string, string>> Attributes { get; init; }

    public required IReadOnlyList<SpanNote> Notes { get; init; }

    public DateTimeOffset End => Start + Duration;
}
