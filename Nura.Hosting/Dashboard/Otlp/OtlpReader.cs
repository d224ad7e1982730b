using System.Globalization;
using Google.Protobuf;
using Google.Protobuf.Collections;
using Microsoft.Extensions.Logging;
using Nura.Hosting.Dashboard.Resources;
using Nura.Hosting.Dashboard.Telemetry;

namespace Nura.Hosting.Dashboard.Otlp;

/// <summary>Turns OTLP requests into what the dashboard keeps; secrets in their texts are not kept.</summary>
internal sealed class OtlpReader(SecretMask mask)
{
    // A single record must not take the memory that bounds are given for: what is longer is cut, what is more is left out.
    private const int MaximumAttributes = 128;
    private const int MaximumTextLength = 16 * 1024;

    public IEnumerable<LogEntry> Read(LogsRequest request) =>
        from resource in request.ResourceLogs
        let name = ServiceName(resource.Resource)
        from scope in resource.ScopeLogs
        from record in scope.LogRecords
        select new LogEntry
        {
            Time = Time(record.TimeUnixNano != 0 ? record.TimeUnixNano : record.ObservedTimeUnixNano),
            Resource = name,
            Level = Level(record.SeverityNumber),
            Category = scope.Scope?.Name ?? "",
            Message = Text(record.Body),
            TraceId = Hex(record.TraceId),
            SpanId = Hex(record.SpanId),
            Attributes = Attributes(record.Attributes),
        };

    public IEnumerable<SpanEntry> Read(TracesRequest request) =>
        from resource in request.ResourceSpans
        let name = ServiceName(resource.Resource)
        from scope in resource.ScopeSpans
        from span in scope.Spans
        where span.TraceId.Length == 16
        let start = Time(span.StartTimeUnixNano)
        let end = Time(span.EndTimeUnixNano)
        select new SpanEntry
        {
            TraceId = Hex(span.TraceId),
            SpanId = Hex(span.SpanId),
            ParentId = Hex(span.ParentSpanId),
            Resource = name,
            Source = scope.Scope?.Name ?? "",
            Name = Cut(span.Name),
            Kind = span.Kind switch { 1 => "internal", 2 => "server", 3 => "client", 4 => "producer", 5 => "consumer", _ => "" },
            Start = start,
            Duration = end > start ? end - start : TimeSpan.Zero,
            Failed = span.Status?.Code == 2,
            StatusMessage = Cut(span.Status?.Message ?? ""),
            Attributes = Attributes(span.Attributes),
            Notes = [.. span.Events.Take(MaximumAttributes).Select(note => new SpanNote(Time(note.TimeUnixNano), Cut(note.Name), Attributes(note.Attributes)))],
        };

    public void Read(MetricsRequest request, MetricBuffer into)
    {
        foreach (var resource in request.ResourceMetrics)
        {
            var name = ServiceName(resource.Resource);
            foreach (var scope in resource.ScopeMetrics)
            {
                foreach (var metric in scope.Metrics)
                {
                    Read(metric, name, scope.Scope?.Name ?? "", into);
                }
            }
        }
    }

    private void Read(Metric metric, string resource, string meter, MetricBuffer into)
    {
        const int Delta = 1;
        var instrument = new Instrument(resource, meter, metric.Name, metric.Unit, metric.Description, metric switch
        {
            { Histogram: not null } => MetricKind.Histogram,
            { Sum.IsMonotonic: true } => MetricKind.Counter,
            _ => MetricKind.Gauge,
        });

        foreach (var point in metric.Sum?.DataPoints ?? metric.Gauge?.DataPoints ?? [])
        {
            var value = point.ValueCase == NumberPoint.ValueOneofCase.AsInt ? point.AsInt : point.AsDouble;
            into.Add(instrument, Line(point.Attributes), [], new MetricPoint(Time(point.TimeUnixNano), value),
                metric.Sum?.AggregationTemporality == Delta);
        }

        foreach (var point in metric.Histogram?.DataPoints ?? [])
        {
            var value = new MetricPoint(Time(point.TimeUnixNano), point.Sum, point.Count, [.. point.BucketCounts.Select(count => (double)count)],
                point.HasMax ? point.Max : null);
            into.Add(instrument, Line(point.Attributes), [.. point.ExplicitBounds], value, metric.Histogram!.AggregationTemporality == Delta);
        }
    }

    private string ServiceName(Resource? resource) =>
        resource?.Attributes.FirstOrDefault(attribute => attribute.Key == "service.name") is { } name ? Text(name.Value) : "unknown";

    private IReadOnlyList<KeyValuePair<string, string>> Attributes(RepeatedField<KeyValue> attributes) =>
        [.. attributes.Take(MaximumAttributes).Select(attribute => KeyValuePair.Create(Cut(attribute.Key), Text(attribute.Value)))];

    private string Line(RepeatedField<KeyValue> attributes) =>
        string.Join(", ", Attributes(attributes).OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => $"{pair.Key}={pair.Value}"));

    private string Text(AnyValue? value) => Cut(value?.ValueCase switch
    {
        AnyValue.ValueOneofCase.StringValue => value.StringValue,
        AnyValue.ValueOneofCase.BoolValue => value.BoolValue ? "true" : "false",
        AnyValue.ValueOneofCase.IntValue => value.IntValue.ToString(CultureInfo.InvariantCulture),
        AnyValue.ValueOneofCase.DoubleValue => value.DoubleValue.ToString(CultureInfo.InvariantCulture),
        AnyValue.ValueOneofCase.ArrayValue => $"[{string.Join(", ", value.ArrayValue.Values.Take(MaximumAttributes).Select(Text))}]",
        AnyValue.ValueOneofCase.KvlistValue => $"{{{Line(value.KvlistValue.Values)}}}",
        AnyValue.ValueOneofCase.BytesValue => Convert.ToHexStringLower(value.BytesValue.Span[..Math.Min(value.BytesValue.Length, 64)]),
        _ => "",
    });

    private string Cut(string text) =>
        mask.Text(text.Length <= MaximumTextLength ? text : string.Concat(text.AsSpan(0, MaximumTextLength), "…"));

    private static string Hex(ByteString id) => id.Length is 8 or 16 ? Convert.ToHexStringLower(id.Span) : "";

    // A tick is 100 ns. What lies beyond the calendar (a broken clock) is shown as the epoch.
    private static DateTimeOffset Time(ulong unixNanoseconds) =>
        unixNanoseconds < long.MaxValue ? DateTimeOffset.UnixEpoch.AddTicks((long)(unixNanoseconds / 100)) : DateTimeOffset.UnixEpoch;

    private static LogLevel Level(int severity) => severity switch
    {
        < 5 => LogLevel.Trace,
        < 9 => LogLevel.Debug,
        < 13 => LogLevel.Information,
        < 17 => LogLevel.Warning,
        < 21 => LogLevel.Error,
        _ => LogLevel.Critical,
    };
}
