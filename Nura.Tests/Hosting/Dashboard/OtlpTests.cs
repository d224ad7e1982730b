using System.Diagnostics;
using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Logging;

namespace Nura.Tests.Hosting.Dashboard;

public sealed class OtlpTests
{
    [Fact(Timeout = 180_000)]
    public async Task Traces_FromTheRealExporter_AreListedAndDrawnAsWaterfall()
    {
        await using var dashboard = await TestDashboard.StartAsync(browserToken: null);
        using var sender = new TelemetrySender(dashboard.OtlpUrl, "rag");
        string id;
        using (var request = sender.Source.StartActivity("POST /search", ActivityKind.Server)!)
        {
            id = request.TraceId.ToHexString();
            request.SetTag("http.route", "/search");
            using var query = sender.Source.StartActivity("select chunks", ActivityKind.Client)!;
            query.SetStatus(ActivityStatusCode.Error, "relation <chunks> does not exist");
        }

        sender.Flush();

        var list = await dashboard.PageAsync("/traces?failed=1");
        Assert.Contains($"href=\"/traces/{id}\"", list, StringComparison.Ordinal);
        Assert.Contains("POST /search", list, StringComparison.Ordinal);
        Assert.Contains("1 error", list, StringComparison.Ordinal);
        var trace = await dashboard.PageAsync($"/traces/{id}");
        Assert.Contains("<b>2</b> spans", trace, StringComparison.Ordinal);
        Assert.Contains("class=\"span-name d1\"", trace, StringComparison.Ordinal);
        Assert.Contains("http.route", trace, StringComparison.Ordinal);
        Assert.Contains("relation &lt;chunks&gt; does not exist", trace, StringComparison.Ordinal);
        Assert.DoesNotContain(id, await dashboard.PageAsync("/traces?resource=agents"), StringComparison.Ordinal);
    }

    [Fact(Timeout = 180_000)]
    public async Task Logs_FromTheRealExporter_AreFilteredByResourceLevelTextAndTrace()
    {
        await using var dashboard = await TestDashboard.StartAsync(browserToken: null);
        using var sender = new TelemetrySender(dashboard.OtlpUrl, "rag");
        string id;
        using (var request = sender.Source.StartActivity("index")!)
        {
            id = request.TraceId.ToHexString();
            sender.Logger.LogWarning("Skipped {Path}", "huge<file>.bin");
        }

        sender.Logger.LogDebug("quiet detail");
        sender.Flush();

        var warnings = await dashboard.PageAsync("/logs?level=Warning");
        Assert.Contains("Skipped huge&lt;file&gt;.bin", warnings, StringComparison.Ordinal);
        Assert.Contains($"href=\"/traces/{id}\"", warnings, StringComparison.Ordinal);
        Assert.Contains("Nura.Tests.Sender", warnings, StringComparison.Ordinal);
        Assert.DoesNotContain("quiet detail", warnings, StringComparison.Ordinal);
        Assert.Contains("quiet detail", await dashboard.PageAsync("/logs?text=QUIET"), StringComparison.Ordinal);
        Assert.Contains("Skipped", await dashboard.PageAsync($"/logs?trace={id}"), StringComparison.Ordinal);
        Assert.DoesNotContain("quiet detail", await dashboard.PageAsync($"/logs?trace={id}"), StringComparison.Ordinal);
        Assert.DoesNotContain("Skipped", await dashboard.PageAsync("/logs?resource=agents"), StringComparison.Ordinal);
    }

    [Fact(Timeout = 180_000)]
    public async Task Metrics_FromTheRealExporter_AreChartedWithTheirFigures()
    {
        await using var dashboard = await TestDashboard.StartAsync(browserToken: null);
        using var sender = new TelemetrySender(dashboard.OtlpUrl, "api");
        var seconds = sender.Meter.CreateHistogram<double>("nura.request.duration", "s", "How long requests took");
        for (var i = 0; i < 10; i++)
        {
            seconds.Record(0.5);
        }

        sender.Meter.CreateObservableGauge("nura.queue", () => 42);
        sender.Flush();

        var histogram = await dashboard.PageAsync($"/metrics?resource=api&meter={sender.Meter.Name}&name=nura.request.duration");
        Assert.Contains("How long requests took", histogram, StringComparison.Ordinal);
        Assert.Contains("<td>10</td><td>500 ms</td><td>500 ms</td>", histogram, StringComparison.Ordinal);
        Assert.Contains("<polyline class=\"s2\"", histogram, StringComparison.Ordinal);
        var gauge = await dashboard.PageAsync($"/metrics?resource=api&meter={sender.Meter.Name}&name=nura.queue");
        Assert.Contains("<td>42</td>", gauge, StringComparison.Ordinal);
    }

    [Fact(Timeout = 180_000)]
    public async Task Telemetry_WithSecrets_IsKeptWithoutThem()
    {
        await using var dashboard = await TestDashboard.StartAsync(
            builder => builder.AddResource(new ParameterResource("api-key", _ => "canary-5d0e", secret: true)), browserToken: null);
        using var sender = new TelemetrySender(dashboard.OtlpUrl, "api");
        using (var request = sender.Source.StartActivity("call")!)
        {
            request.SetTag("url.query", "?key=canary-5d0e");
            sender.Logger.LogInformation("Calling with {Key}", "canary-5d0e");
        }

        sender.Flush();

        var logs = await dashboard.PageAsync("/logs");
        Assert.Contains("Calling with ••••••", logs, StringComparison.Ordinal);
        Assert.DoesNotContain("canary", logs, StringComparison.Ordinal);
        Assert.DoesNotContain("canary", await dashboard.PageAsync("/traces"), StringComparison.Ordinal);
    }

    [Fact(Timeout = 180_000)]
    public async Task Receiver_WrongKey_KeepsNothing()
    {
        await using var dashboard = await TestDashboard.StartAsync(browserToken: null);
        using var sender = new TelemetrySender(dashboard.OtlpUrl, "rag", apiKey: "guessed");
        sender.Logger.LogInformation("from a stranger");
        sender.Flush();
        using var bare = await dashboard.Client.PostAsync(new Uri(dashboard.OtlpUrl, "v1/logs"), new ByteArrayContent([]));

        Assert.Equal(HttpStatusCode.Unauthorized, bare.StatusCode);
        Assert.DoesNotContain("from a stranger", await dashboard.PageAsync("/logs"), StringComparison.Ordinal);
    }

    [Theory(Timeout = 180_000)]
    [InlineData("v1/logs", "application/json", "{}", false, HttpStatusCode.UnsupportedMediaType)]
    [InlineData("v1/logs", "application/x-protobuf", "not protobuf", false, HttpStatusCode.BadRequest)]
    [InlineData("v1/traces", "application/x-protobuf", "", false, HttpStatusCode.OK)]
    [InlineData("v1/metrics", "application/x-protobuf", "", true, HttpStatusCode.OK)]
    public async Task Receiver_Bodies_AreAnsweredByTheirKind(string path, string type, string body, bool compressed, HttpStatusCode expected)
    {
        await using var dashboard = await TestDashboard.StartAsync(browserToken: null);
        using var content = Content(System.Text.Encoding.UTF8.GetBytes(body), type, compressed);

        using var answer = await dashboard.Otlp.PostAsync(path, content);

        Assert.Equal(expected, answer.StatusCode);
    }

    [Fact(Timeout = 180_000)]
    public async Task Receiver_DecompressingToTooMuch_IsRefused()
    {
        await using var dashboard = await TestDashboard.StartAsync(browserToken: null);
        using var content = Content(new byte[17 * 1024 * 1024], "application/x-protobuf", compressed: true);

        using var answer = await dashboard.Otlp.PostAsync("v1/traces", content);

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.StatusCode);
    }

    private static ByteArrayContent Content(byte[] body, string type, bool compressed)
    {
        if (compressed)
        {
            using var target = new MemoryStream();
            using (var gzip = new GZipStream(target, CompressionLevel.Fastest))
            {
                gzip.Write(body);
            }

            body = target.ToArray();
        }

        var content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue(type) } };
        if (compressed)
        {
            content.Headers.ContentEncoding.Add("gzip");
        }

        return content;
    }
}
