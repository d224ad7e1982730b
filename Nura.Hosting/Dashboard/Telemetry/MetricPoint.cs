namespace Nura.Hosting.Dashboard.Telemetry;

/// <summary>
/// One measurement. <see cref="Value"/> is the gauge's value, the counter's total or the histogram's sum; count and
/// buckets are totals since the sender's start and are set for histograms only.
/// </summary>
internal sealed record MetricPoint(DateTimeOffset Time, double Value, double Count = 0, IReadOnlyList<double>? Buckets = null)
{
    /// <summary>This change added to an earlier total: senders may report changes instead of totals.</summary>
    public MetricPoint AddedTo(MetricPoint total) => this with
    {
        Value = Value + total.Value,
        Count = Count + total.Count,
        Buckets = Buckets is null || total.Buckets?.Count != Buckets.Count
            ? Buckets
            : [.. Buckets.Zip(total.Buckets, (change, sum) => change + sum)],
    };
}
