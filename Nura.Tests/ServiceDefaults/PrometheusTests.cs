using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Nura.Tests.Requirements;

namespace Nura.Tests.ServiceDefaults;

/// <summary>Scrapes a running service. Meters are process-wide, so each test has a meter of its own name.</summary>
public sealed class PrometheusTests
{
    [ToolFact("promtool", Timeout = 180_000)]
    public async Task Scrape_OfABusyService_SatisfiesPromtool()
    {
        await using var service = await TestService.StartAsync(app => app.MapGet("/x", () => "x"));
        using var meter = new Meter("Nura.Tests.Promtool");
        meter.CreateCounter<long>("nura.tests.answers", "{answer}").Add(1, new KeyValuePair<string, object?>("model.name", "a\"b\\c\nd"));
        meter.CreateHistogram<double>("nura.tests.first_token", "s", "Time to the first token.").Record(0.2);
        await service.Http.GetStringAsync("/x");

        using var promtool = Process.Start(new ProcessStartInfo("promtool", ["check", "metrics"]) { RedirectStandardInput = true, RedirectStandardError = true })!;
        await promtool.StandardInput.WriteAsync(await ScrapeAsync(service));
        promtool.StandardInput.Close();
        var complaints = await promtool.StandardError.ReadToEndAsync();
        await promtool.WaitForExitAsync();

        Assert.Empty(complaints);
        Assert.Equal(0, promtool.ExitCode);
    }

    [Fact(Timeout = 180_000)]
    public async Task Scrape_Instruments_AreNamedByTheCompatibilityRules()
    {
        await using var service = await TestService.StartAsync();
        using var meter = new Meter("Nura.Tests.Names");
        meter.CreateCounter<long>("names.read", "By", "Bytes \\ read.\nAll.").Add(3);
        meter.CreateUpDownCounter<long>("names.open_total").Add(2);
        meter.CreateObservableGauge("names.share", () => 0.25, "1");
        meter.CreateObservableGauge("names.worker.count", () => 4, "{worker}");
        meter.CreateCounter<double>("names.cost", "USD").Add(0.5);

        var text = await ScrapeAsync(service);

        Assert.Contains("# HELP names_read_bytes_total Bytes \\\\ read.\\nAll.\n# TYPE names_read_bytes_total counter\n", text, StringComparison.Ordinal);
        Assert.Contains("\nnames_open_total 2\n", text, StringComparison.Ordinal);
        Assert.Contains("# TYPE names_share_ratio gauge\nnames_share_ratio 0.25\n", text, StringComparison.Ordinal);
        Assert.Contains("# TYPE names_workers gauge\nnames_workers 4\n", text, StringComparison.Ordinal);
        Assert.Contains("# TYPE names_cost_usd_total counter\n", text, StringComparison.Ordinal);
    }

    [Fact(Timeout = 180_000)]
    public async Task Scrape_LabelValues_AreEscaped()
    {
        using var meter = new Meter("Nura.Tests.Labels");
        await using var service = await TestService.StartAsync();
        meter.CreateCounter<long>("labels.seen").Add(5, new("file.path", "C:\\a\"b\nc"), new("ok", true));

        Assert.Contains("labels_seen_total{file_path=\"C:\\\\a\\\"b\\nc\",ok=\"true\"} 5\n", await ScrapeAsync(service), StringComparison.Ordinal);
    }

    [Fact(Timeout = 180_000)]
    public async Task Scrape_Histogram_CountsUpwards()
    {
        using var meter = new Meter("Nura.Tests.Histogram");
        await using var service = await TestService.StartAsync();
        var histogram = meter.CreateHistogram<double>("hist.wait", "s", advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.1, 1] });
        foreach (var value in (double[])[0.05, 0.5, 0.5, 30])
        {
            histogram.Record(value);
        }

        Assert.Contains(
            "# TYPE hist_wait_seconds histogram\nhist_wait_seconds_bucket{le=\"0.1\"} 1\nhist_wait_seconds_bucket{le=\"1\"} 3\n"
            + "hist_wait_seconds_bucket{le=\"+Inf\"} 4\nhist_wait_seconds_sum 31.05\nhist_wait_seconds_count 4\n",
            await ScrapeAsync(service),
            StringComparison.Ordinal);
    }

    [Theory(Timeout = 180_000)]
    [InlineData("Nura.Tests.Cardinality", 1_000, 2_001)]
    [InlineData("Microsoft.AspNetCore.NuraTests", 50, 101)]
    [InlineData("Nura.Rag", 50, 101)]
    public async Task Scrape_LabelsWithoutEnd_AreBoundedAndNothingIsLost(string name, int least, int most)
    {
        using var meter = new Meter(name);
        await using var service = await TestService.StartAsync();
        var counter = meter.CreateCounter<long>("cardinality.users");
        for (var i = 0; i < 10_000; i++)
        {
            counter.Add(1, new KeyValuePair<string, object?>("user", i));
        }

        var samples = (await ScrapeAsync(service)).Split('\n').Where(line => line.StartsWith("cardinality_users_total{", StringComparison.Ordinal)).ToList();

        Assert.InRange(samples.Count, least, most);
        Assert.Equal(10_000, samples.Sum(line => double.Parse(line.Split("} ")[1], CultureInfo.InvariantCulture)));
    }

    [Fact(Timeout = 180_000)]
    public async Task Scrape_WhileCounting_NeverGoesBack()
    {
        using var meter = new Meter("Nura.Tests.Threads");
        await using var service = await TestService.StartAsync();
        var counter = meter.CreateCounter<long>("threads.work");
        var counting = Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
        {
            for (var i = 0; i < 50_000; i++)
            {
                counter.Add(1);
            }
        })));

        double last = 0;
        do
        {
            var values = await Task.WhenAll(Enumerable.Range(0, 3).Select(async _ => Value(await ScrapeAsync(service), "threads_work_total")));
            Assert.True(values.Min() >= last, $"{values.Min()} after {last}");
            last = values.Max();
        }
        while (!counting.IsCompleted);

        await counting;
        Assert.Equal(200_000, Value(await ScrapeAsync(service), "threads_work_total"));
    }

    // With the setting of the chart, under which ASP.NET Core takes the header away, and without.
    [Theory(Timeout = 180_000)]
    [InlineData("true")]
    [InlineData("false")]
    public async Task Scrape_ThroughALoadBalancer_IsNotFound(string handled)
    {
        await using var service = await TestService.StartAsync(null, null, ("ForwardedHeaders_Enabled", handled));
        using var request = new HttpRequestMessage(HttpMethod.Get, "/METRICS/");
        request.Headers.Add("X-Forwarded-For", "198.51.100.7");
        using var response = await service.Http.SendAsync(request);

        Assert.Equal(System.Net.HttpStatusCode.NotFound, response.StatusCode);
        Assert.NotEmpty(await ScrapeAsync(service));
    }

    [Fact(Timeout = 180_000)]
    public async Task Scrape_Itself_IsNotCountedAsRequest()
    {
        await using var service = await TestService.StartAsync(app => app.MapGet("/counted-route", () => "x"));
        await service.Http.GetStringAsync("/counted-route");
        string text;
        do
        {
            // A request is counted only after its client has the answer.
            text = await ScrapeAsync(service);
        }
        while (!Regex.IsMatch(text, "^http_server_request_duration_seconds_count.*/counted-route", RegexOptions.Multiline));

        var counted = text.Split('\n').Where(line => line.StartsWith("http_server_request_duration_seconds_count", StringComparison.Ordinal)).ToList();
        Assert.DoesNotContain(counted, line => line.Contains("http_route=\"/metrics\"", StringComparison.Ordinal));
    }

    private static Task<string> ScrapeAsync(TestService service) => service.Http.GetStringAsync("/metrics");

    private static double Value(string text, string name) =>
        Regex.Match(text, $"^{name} (?<value>[0-9.]+)$", RegexOptions.Multiline) is { Success: true } match
            ? double.Parse(match.Groups["value"].ValueSpan, CultureInfo.InvariantCulture)
            : 0;
}
