namespace Nura.Hosting.Dashboard.Telemetry;

/// <summary>The newest traces; whole traces are dropped, the one that began to arrive first goes first.</summary>
internal sealed class TraceBuffer(int capacity = 10_000, int spanCapacity = 100_000)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, List<SpanEntry>> _traces = new(StringComparer.Ordinal);
    private readonly Queue<string> _order = new();
    private int _spans;

    public void Add(IEnumerable<SpanEntry> spans)
    {
        lock (_lock)
        {
            foreach (var span in spans)
            {
                if (!_traces.TryGetValue(span.TraceId, out var trace))
                {
                    _traces.Add(span.TraceId, trace = []);
                    _order.Enqueue(span.TraceId);
                }

                trace.Add(span);
                _spans++;
                while ((_traces.Count > capacity || _spans > spanCapacity) && _order.TryDequeue(out var oldest))
                {
                    _traces.Remove(oldest, out var dropped);
                    _spans -= dropped!.Count;
                }
            }
        }
    }

    public Trace? Find(string traceId)
    {
        lock (_lock)
        {
            return _traces.TryGetValue(traceId, out var spans) ? new Trace(spans) : null;
        }
    }

    /// <summary>The newest <paramref name="take"/> traces that a resource took part in and that match a text, newest first.</summary>
    public IReadOnlyList<Trace> Find(string resource, string text, bool failedOnly, int take)
    {
        SpanEntry[][] traces;
        lock (_lock)
        {
            traces = [.. _traces.Values.Where(Matches).Select(spans => spans.ToArray())];
        }

        return [.. traces.Select(spans => new Trace(spans)).OrderByDescending(trace => trace.Start).Take(take)];

        bool Matches(List<SpanEntry> spans) =>
            (resource.Length == 0 || spans.Exists(span => span.Resource.Equals(resource, StringComparison.OrdinalIgnoreCase)))
            && (!failedOnly || spans.Exists(span => span.Failed))
            && (text.Length == 0 || spans.Exists(span =>
                span.Name.Contains(text, StringComparison.OrdinalIgnoreCase)
                || span.TraceId.StartsWith(text, StringComparison.OrdinalIgnoreCase)));
    }

    public IReadOnlyList<string> Resources()
    {
        lock (_lock)
        {
            return [.. _traces.Values.SelectMany(spans => spans).Select(span => span.Resource).Distinct().Order(StringComparer.Ordinal)];
        }
    }
}
