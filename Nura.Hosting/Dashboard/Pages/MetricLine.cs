using Nura.Hosting.Dashboard.Telemetry;

namespace Nura.Hosting.Dashboard.Pages;

/// <summary>One line of a chart.</summary>
internal sealed record MetricLine(string Name, IReadOnlyList<(DateTimeOffset Time, double Value)> Points)
{
    /// <summary>The most lines a chart stays readable with; the table under it lists every series.</summary>
    public const int Most = 6;

    private static readonly double[] s_shares = [0.5, 0.9, 0.99];

    /// <summary>What to draw for an instrument: values, rates per second, or the 50th, 90th and 99th percentile.</summary>
    public static IReadOnlyList<MetricLine> From(MetricKind kind, IReadOnlyList<MetricSeries> series, DateTimeOffset since)
    {
        IEnumerable<MetricLine> lines = kind switch
        {
            MetricKind.Histogram => Percentiles(series),
            MetricKind.Counter => series.Select(one => new MetricLine(one.Attributes, [.. Rates(one.Points)])),
            _ => series.Select(one => new MetricLine(one.Attributes, [.. one.Points.Select(point => (point.Time, point.Value))])),
        };

        var shown = lines.Select(line => line with { Points = [.. line.Points.Where(point => point.Time >= since)] })
            .Where(line => line.Points.Count > 0);
        return kind == MetricKind.Histogram
            ? [.. shown]
            : [.. shown.OrderByDescending(line => line.Points[^1].Value).Take(Most)];
    }

    /// <summary>
    /// The value below which a share of the observations lies, by linear interpolation inside its bucket. Buckets end
    /// at the bounds, the last one is open: what lies there is reported as the highest bound. Never more than the highest
    /// observation: with few and wide buckets interpolation alone would tell of seconds where there were milliseconds.
    /// </summary>
    public static double Percentile(double share, IReadOnlyList<double> counts, IReadOnlyList<double> bounds, double? highest = null)
    {
        var limit = highest ?? double.PositiveInfinity;
        var rank = share * counts.Sum();
        var below = 0.0;
        for (var bucket = 0; bucket < bounds.Count && bucket < counts.Count; bucket++)
        {
            if (counts[bucket] > 0 && below + counts[bucket] >= rank)
            {
                var lower = bucket == 0 ? Math.Min(0, bounds[0]) : bounds[bucket - 1];
                return Math.Min(limit, lower + ((bounds[bucket] - lower) * ((rank - below) / counts[bucket])));
            }

            below += counts[bucket];
        }

        return bounds.Count > 0 ? Math.Min(limit, bounds[^1]) : 0;
    }

    private static IEnumerable<(DateTimeOffset, double)> Rates(IReadOnlyList<MetricPoint> points)
    {
        for (var i = 1; i < points.Count; i++)
        {
            var seconds = (points[i].Time - points[i - 1].Time).TotalSeconds;
            if (seconds > 0)
            {
                // A total that fell means that the service was restarted: what it counted since then is the change.
                var change = points[i].Value >= points[i - 1].Value ? points[i].Value - points[i - 1].Value : points[i].Value;
                yield return (points[i].Time, change / seconds);
            }
        }
    }

    private static IEnumerable<MetricLine> Percentiles(IReadOnlyList<MetricSeries> series)
    {
        // Series with other bounds than the newest cannot be added to it.
        var bounds = series.MaxBy(one => one.Points[^1].Time)?.Bounds ?? [];
        var slots = new SortedDictionary<DateTimeOffset, double[]>();
        foreach (var one in series.Where(one => one.Bounds.SequenceEqual(bounds)))
        {
            MetricPoint? previous = null;
            foreach (var point in one.Points)
            {
                if (!slots.TryGetValue(point.Time, out var counts))
                {
                    slots[point.Time] = counts = new double[bounds.Count + 1];
                }

                var restarted = previous is null || point.Count < previous.Count;
                for (var bucket = 0; bucket < Math.Min(counts.Length, point.Buckets?.Count ?? 0); bucket++)
                {
                    counts[bucket] += point.Buckets![bucket] - (restarted ? 0 : previous!.Buckets!.ElementAtOrDefault(bucket));
                }

                previous = point;
            }
        }

        var highest = series.All(one => one.Points[^1].Highest is not null) ? series.Max(one => one.Points[^1].Highest) : null;
        var busy = slots.Where(slot => slot.Value.Sum() > 0).ToList();
        return s_shares.Select(share => new MetricLine(
            $"p{share * 100:0}",
            [.. busy.Select(slot => (slot.Key, Percentile(share, slot.Value, bounds, highest)))]));
    }
}
