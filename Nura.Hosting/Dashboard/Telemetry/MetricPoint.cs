namespace Nura.Hosting.Dashboard.Telemetry;

/// <summary>
/// One measurement. <see cref="Value"/> is the gauge's value, the counter's total or the histogram's sum; count,
/// buckets and the highest observation are those since the sender's start and are set for histograms only.
/// </summary>
internal sealed record MetricPoint(DateTimeOffset Time, double Value, double Count = 0, IReadOnlyList<double>? Buckets = null, double? Highest = null)
{
    /// <summary>This change added to an earlier total: senders may report changes instead of totals.</summary>
    public MetricPoint AddedTo(MetricPoint total) => this with
    {
        Value = Value + total.Value,
        Count = Count + total.Count,
        Highest = Highest is { } own && total.Highest is { } earlier ? Math.Max(own, earlier) : null,
        Buckets = Buckets is null || total.Buckets?.Count != Buckets.Count
            ? Buckets
            : [.. Buckets.Zip(total.Buckets, (change, sum) => change + sum)],
    };
}
