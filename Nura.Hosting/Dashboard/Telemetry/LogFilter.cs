using Microsoft.Extensions.Logging;

namespace Nura.Hosting.Dashboard.Telemetry;

/// <summary>What the structured logs page shows. An empty text means "any".</summary>
internal sealed record LogFilter(string Resource, LogLevel Minimum, string Text, string TraceId)
{
    public bool Matches(LogEntry entry) =>
        entry.Level >= Minimum
        && (Resource.Length == 0 || Resource.Equals(entry.Resource, StringComparison.OrdinalIgnoreCase))
        && (TraceId.Length == 0 || TraceId.Equals(entry.TraceId, StringComparison.OrdinalIgnoreCase))
        && (Text.Length == 0
            || entry.Message.Contains(Text, StringComparison.OrdinalIgnoreCase)
            || entry.Category.Contains(Text, StringComparison.OrdinalIgnoreCase)
            || entry.Attributes.Any(attribute => attribute.Value.Contains(Text, StringComparison.OrdinalIgnoreCase)));
}
