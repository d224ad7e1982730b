using Microsoft.Extensions.Logging;
using Nura.Hosting.Dashboard.Pages;
using Nura.Hosting.Dashboard.Telemetry;

namespace Nura.Tests.Hosting.Dashboard;

public sealed class BufferTests
{
    private static readonly DateTimeOffset s_start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Logs_BeyondTheCapacity_LoseTheOldest()
    {
        var logs = new LogBuffer(capacity: 3);

        logs.Add(Enumerable.Range(1, 5).Select(Log));

        Assert.Equal(["5", "4", "3"], logs.Find(new LogFilter("", LogLevel.Trace, "", ""), 10).Select(entry => entry.Message));
    }

    [Theory]
    [InlineData(2, 100)]
    [InlineData(100, 4)]
    public void Traces_BeyondTheCapacity_LoseTheOldestWhole(int traces, int spans)
    {
        var buffer = new TraceBuffer(traces, spans);

        buffer.Add(from trace in new[] { "a", "b", "c" } from span in new[] { "1", "2" } select Span(trace, span, ""));

        Assert.Equal(["b", "c"], buffer.Find("", "", false, 10).Select(trace => trace.Id).Order());
        Assert.All(buffer.Find("", "", false, 10), trace => Assert.Equal(2, trace.Spans.Count));
    }

    [Fact]
    public void Metrics_BeyondTheCapacity_LoseTheOldestPointsAndEmptySeries()
    {
        var metrics = new MetricBuffer(capacity: 3);
        var (first, second) = (new Instrument("api", "m", "first", "", "", MetricKind.Gauge), new Instrument("api", "m", "second", "", "", MetricKind.Gauge));

        metrics.Add(first, "", [], new MetricPoint(s_start, 1), isChange: false);
        foreach (var value in new[] { 2, 3, 4 })
        {
            metrics.Add(second, "", [], new MetricPoint(s_start.AddSeconds(value), value), isChange: false);
        }

        Assert.Equal([second], metrics.Instruments());
        Assert.Equal([2, 3, 4], metrics.Find(second).Single().Points.Select(point => point.Value));
    }

    [Fact]
    public void Metrics_Changes_AreSummedUp()
    {
        var metrics = new MetricBuffer();
        var counter = new Instrument("api", "m", "requests", "", "", MetricKind.Counter);

        metrics.Add(counter, "", [], new MetricPoint(s_start, 5), isChange: true);
        metrics.Add(counter, "", [], new MetricPoint(s_start.AddSeconds(2), 4), isChange: true);

        Assert.Equal(9, metrics.Find(counter).Single().Points[^1].Value);
        Assert.Equal(2, MetricLine.From(MetricKind.Counter, metrics.Find(counter), s_start).Single().Points.Single().Value);
    }

    [Fact]
    public void Counter_FallingAfterARestart_CountsFromZero()
    {
        var counter = new Instrument("api", "m", "requests", "", "", MetricKind.Counter);
        var series = new MetricSeries(counter, "", [], [new(s_start, 100), new(s_start.AddSeconds(10), 20)]);

        Assert.Equal(2, MetricLine.From(MetricKind.Counter, [series], s_start).Single().Points.Single().Value);
    }

    [Theory]
    [InlineData(0.25, 1)]
    [InlineData(0.5, 1.5)]
    [InlineData(0.75, 2)]
    [InlineData(1, 4)]
    public void Percentile_WithinBuckets_IsInterpolated(double share, double expected) =>
        Assert.Equal(expected, MetricLine.Percentile(share, [1, 2, 1, 0], [1, 2, 4]), 3);

    [Fact]
    public void Percentile_InTheOpenBucket_IsTheHighestBound() => Assert.Equal(4, MetricLine.Percentile(0.99, [0, 0, 5], [2, 4]));

    [Fact]
    public void Percentile_AboveTheHighestObservation_IsThatObservation() => Assert.Equal(0.5, MetricLine.Percentile(0.9, [10, 0], [5], highest: 0.5));

    [Fact]
    public void Trace_SpansOutOfOrder_StandBelowTheirParents()
    {
        var trace = new Trace([Span("t", "c", "b", 2), Span("t", "b", "a", 1), Span("t", "a", "", 0), Span("t", "x", "missing", 3), Span("t", "loop", "loop", 4)]);

        Assert.Equal([("a", 0), ("b", 1), ("c", 2), ("x", 0), ("loop", 0)], trace.Tree().Select(row => (row.Span.SpanId, row.Depth)));
        Assert.Equal("a", trace.Root.SpanId);
    }

    [Fact]
    public void Html_Holes_AreEncodedOnce()
    {
        var inner = Html.Of($"<b>{"<script>\"&'"}</b>");

        Assert.Equal("<p><b>&lt;script&gt;&quot;&amp;&#x27;</b></p>", Html.Of($"<p>{inner}</p>").ToString());
    }

    private static LogEntry Log(int number) => new()
    {
        Time = s_start.AddSeconds(number),
        Resource = "rag",
        Level = LogLevel.Information,
        Category = "c",
        Message = $"{number}",
        TraceId = "",
        SpanId = "",
        Attributes = [],
    };

    private static SpanEntry Span(string trace, string span, string parent, int second = 0) => new()
    {
        TraceId = trace,
        SpanId = span,
        ParentId = parent,
        Resource = "rag",
        Source = "s",
        Name = span,
        Kind = "",
        Start = s_start.AddSeconds(second),
        Duration = TimeSpan.FromSeconds(1),
        Failed = false,
        StatusMessage = "",
        Attributes = [],
        Notes = [],
    };
}
