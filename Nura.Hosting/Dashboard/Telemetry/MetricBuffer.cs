namespace Nura.Hosting.Dashboard.Telemetry;

/// <summary>The newest measurements of all services, bounded over all series together.</summary>
internal sealed class MetricBuffer(int capacity = 50_000)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<(Instrument Instrument, string Attributes), Stored> _series = [];
    private readonly Queue<Stored> _order = new();

    public void Add(Instrument instrument, string attributes, IReadOnlyList<double> bounds, MetricPoint point, bool isChange)
    {
        lock (_lock)
        {
            var key = (instrument, attributes);
            if (!_series.TryGetValue(key, out var series) || !series.Bounds.SequenceEqual(bounds))
            {
                _series[key] = series = new Stored(key, bounds, new Queue<MetricPoint>());
            }

            var value = isChange && series.Last is { } last ? point.AddedTo(last) : point;
            series.Last = value;
            series.Points.Enqueue(value);
            _order.Enqueue(series);
            if (_order.Count > capacity)
            {
                Drop(_order.Dequeue());
            }
        }
    }

    public IReadOnlyList<Instrument> Instruments()
    {
        lock (_lock)
        {
            return [.. _series.Keys.Select(key => key.Instrument).Distinct()
                .OrderBy(instrument => instrument.Meter, StringComparer.Ordinal).ThenBy(instrument => instrument.Name, StringComparer.Ordinal)];
        }
    }

    public IReadOnlyList<MetricSeries> Find(Instrument instrument)
    {
        lock (_lock)
        {
            return [.. _series.Values.Where(series => series.Key.Instrument == instrument)
                .Select(series => new MetricSeries(instrument, series.Key.Attributes, series.Bounds, [.. series.Points]))
                .OrderBy(series => series.Attributes, StringComparer.Ordinal)];
        }
    }

    private void Drop(Stored series)
    {
        series.Points.Dequeue();
        if (series.Points.Count == 0 && _series.TryGetValue(series.Key, out var current) && ReferenceEquals(current, series))
        {
            _series.Remove(series.Key);
        }
    }

    private sealed record Stored((Instrument Instrument, string Attributes) Key, IReadOnlyList<double> Bounds, Queue<MetricPoint> Points)
    {
        public MetricPoint? Last { get; set; }
    }
}
