using Microsoft.Extensions.Logging;

namespace Nura.Hosting.Dashboard.Telemetry;

/// <summary>One structured log record as a service sent it.</summary>
internal sealed record LogEntry
{
    public required DateTimeOffset Time { get; init; }

    /// <summary>The sender's <c>service.name</c>: the resource's name in the AppHost.</summary>
    public required string Resource { get; init; }

    public required LogLevel Level { get; init; }

    public required string Category { get; init; }

    public required string Message { get; init; }

    /// <summary>32 lower-case hexadecimal digits, or empty outside a trace.</summary>
    public required string TraceId { get; init; }

    public required string SpanId { get; init; }

    public required IReadOnlyList<KeyValuePair<string, string>> Attributes { get; init; }
}
