namespace Nura.Hosting.Dashboard.Telemetry;

/// <summary>The spans of one trace that have arrived so far, at least one, in the order of their start.</summary>
internal sealed class Trace
{
    public Trace(IEnumerable<SpanEntry> spans)
    {
        Spans = [.. spans.OrderBy(span => span.Start)];
        var known = Spans.Select(span => span.SpanId).ToHashSet(StringComparer.Ordinal);
        Root = Spans.FirstOrDefault(span => span.ParentId.Length == 0)
            ?? Spans.FirstOrDefault(span => !known.Contains(span.ParentId))
            ?? Spans[0];
        Start = Spans[0].Start;
        Duration = Spans.Max(span => span.End) - Start;
    }

    public IReadOnlyList<SpanEntry> Spans { get; }

    /// <summary>The span without a parent, or while that has not arrived the first one whose parent is unknown.</summary>
    public SpanEntry Root { get; }

    public string Id => Root.TraceId;

    public DateTimeOffset Start { get; }

    public TimeSpan Duration { get; }

    public int Failures => Spans.Count(span => span.Failed);

    public IEnumerable<string> Resources => Spans.Select(span => span.Resource).Distinct();

    /// <summary>Spans below their parents with their depth. A span whose parent is missing stands at the top.</summary>
    public IReadOnlyList<(SpanEntry Span, int Depth)> Tree()
    {
        var known = Spans.Select(span => span.SpanId).ToHashSet(StringComparer.Ordinal);
        var children = Spans.ToLookup(span => known.Contains(span.ParentId) && span.ParentId != span.SpanId ? span.ParentId : "");
        var rows = new List<(SpanEntry, int)>(Spans.Count);
        var seen = new HashSet<SpanEntry>(ReferenceEqualityComparer.Instance);
        var stack = new Stack<(SpanEntry Span, int Depth)>(children[""].Reverse().Select(span => (span, 0)));
        while (stack.TryPop(out var row))
        {
            // A span sent twice would otherwise list its children twice.
            if (seen.Add(row.Span))
            {
                rows.Add(row);
                foreach (var child in children[row.Span.SpanId].Reverse())
                {
                    stack.Push((child, row.Depth + 1));
                }
            }
        }

        return rows;
    }
}
