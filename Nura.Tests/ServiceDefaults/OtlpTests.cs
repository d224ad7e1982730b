using System.Collections.Concurrent;
using Google.Protobuf;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Nura.Hosting.Dashboard.Otlp;

namespace Nura.Tests.ServiceDefaults;

/// <summary>A service sends what it observes to a real OTLP listener.</summary>
public sealed class OtlpTests
{
    [Fact(Timeout = 180_000)]
    public async Task Service_Stops_HasSentTracesMetricsAndLogs()
    {
        await using var collector = await Collector.StartAsync();
        await using (var rag = await StartAsync(collector, "rag", app => app.MapGet("/rows/{id}", (int id, ILogger<OtlpTests> logger) =>
        {
            logger.LogWarning("Row {Row} asked for", id);
            return id;
        })))
        {
            await using var caller = await StartAsync(
                collector,
                "api",
                app => app.MapGet("/ask/{id}", (int id, Probe rag) => rag.Http.GetStringAsync($"/rows/{id}")),
                builder => builder.AddServiceClient<Probe>("rag"),
                ("services:rag:http:0", rag.Url));

            Assert.Equal("7", await caller.Http.GetStringAsync("/ask/7?key=secret"));
        }

        // Both services live in this process, so each of them also sends the other's spans, but for sure only its own: those its stop waits for.
        var spans = collector.Spans.Where(span => span.Service == "api").Select(span => span.Span).ToList();
        var server = spans.Single(span => span.Name == "GET /ask/{id}");
        var remote = collector.Spans.Single(span => span is { Service: "rag", Span.Name: "GET /rows/{id}" }).Span;
        var client = spans.Single(span => span.SpanId == remote.ParentSpanId);
        Assert.Equal((2, 3, 2), (server.Kind, client.Kind, remote.Kind));
        Assert.Equal(server.TraceId, remote.TraceId);
        Assert.Equal(server.SpanId, client.ParentSpanId);
        Assert.Equal("GET", Tag(server, "http.request.method"));
        Assert.Equal("/ask/{id}", Tag(server, "http.route"));
        Assert.Equal("200", Tag(server, "http.response.status_code"));
        Assert.DoesNotContain(spans, span => span.ToString().Contains("key=secret", StringComparison.Ordinal));

        Assert.Contains(("api", "http.server.request.duration"), collector.Metrics);
        Assert.Contains(("api", "dotnet.gc.collections"), collector.Metrics);
        Assert.Contains(collector.Logs, log => log is { Service: "rag", Record.Body.StringValue: "Row 7 asked for" } && log.Record.TraceId == remote.TraceId);
    }

    [Fact(Timeout = 180_000)]
    public async Task Probes_Traced_AreNotSent()
    {
        const string Sampled = "0af7651916cd43dd8448eb211c80319c";
        await using var collector = await Collector.StartAsync();
        await using (var service = await StartAsync(collector, "api", app => app.MapGet("/x", () => "x")))
        {
            foreach (var path in (string[])["/alive", "/health", "/ready", "/metrics", "/x"])
            {
                using var request = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { { "traceparent", $"00-{Sampled}-00f067aa0ba902b7-01" } } };
                using var response = await service.Http.SendAsync(request);
                Assert.True(response.IsSuccessStatusCode);
            }
        }

        var names = collector.Spans.Where(span => Convert.ToHexStringLower(span.Span.TraceId.Span) == Sampled).Select(span => span.Span.Name);
        Assert.Equal(["GET /x"], names);
    }

    [Fact(Timeout = 180_000)]
    public async Task Resource_Attributes_ComeFromTheEnvironment()
    {
        await using var collector = await Collector.StartAsync();
        await using (await StartAsync(collector, "api", settings: ("OTEL_RESOURCE_ATTRIBUTES", "service.instance.id=abc,team=a%20b")))
        {
        }

        var attributes = collector.Resources.First(resource => resource.Any(a => a.Value.StringValue == "api")).ToDictionary(a => a.Key, a => a.Value.StringValue);
        Assert.Equal("abc", attributes["service.instance.id"]);
        Assert.Equal("a b", attributes["team"]);
    }

    [Fact(Timeout = 180_000)]
    public async Task Collector_Gone_ServiceGoesOn()
    {
        await using var service = await TestService.StartAsync(app => app.MapGet("/x", () => "fine"), settings: ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:1"));

        Assert.Equal("fine", await service.Http.GetStringAsync("/x"));
    }

    [Fact(Timeout = 180_000)]
    public async Task Collector_Hangs_ServiceStillEnds()
    {
        var asked = new TaskCompletionSource();
        await using var collector = await TestService.StartAsync(app => app.MapFallback(async (HttpContext context) =>
        {
            asked.TrySetResult();
            await Task.Delay(Timeout.Infinite, context.RequestAborted);
        }));
        await using (var service = await TestService.StartAsync(app => app.MapGet("/x", () => "x"), settings: ("OTEL_EXPORTER_OTLP_ENDPOINT", collector.Url)))
        {
            await service.Http.GetStringAsync("/x");
        }

        Assert.True(asked.Task.IsCompleted);
    }

    private static string? Tag(Span span, string key)
    {
        var value = span.Attributes.SingleOrDefault(attribute => attribute.Key == key)?.Value;
        return value?.ValueCase == AnyValue.ValueOneofCase.IntValue ? $"{value.IntValue}" : value?.StringValue;
    }

    private static Task<TestService> StartAsync(
        Collector collector, string name, Action<WebApplication>? map = null, Action<WebApplicationBuilder>? configure = null, params (string, string?)[] settings) =>
        TestService.StartAsync(map, configure, [("OTEL_EXPORTER_OTLP_ENDPOINT", collector.Url), ("OTEL_EXPORTER_OTLP_HEADERS", "x-otlp-api-key=the-key"), ("OTEL_EXPORTER_OTLP_TIMEOUT", "60000"), ("OTEL_SERVICE_NAME", name), .. settings]);

    private sealed class Probe(HttpClient http)
    {
        public HttpClient Http => http;
    }

    private sealed class Collector : IAsyncDisposable
    {
        private TestService? _service;

        public string Url => _service!.Url;

        public ConcurrentQueue<(string Service, Span Span)> Spans { get; } = [];

        public ConcurrentQueue<(string Service, LogRecord Record)> Logs { get; } = [];

        public ConcurrentQueue<(string Service, string Name)> Metrics { get; } = [];

        public ConcurrentQueue<IEnumerable<KeyValue>> Resources { get; } = [];

        public static async Task<Collector> StartAsync()
        {
            var collector = new Collector();
            collector._service = await TestService.StartAsync(app =>
            {
                app.MapPost("/v1/traces", async (HttpRequest request) =>
                {
                    foreach (var resource in (await ReadAsync(request, TracesRequest.Parser)).ResourceSpans)
                    {
                        resource.ScopeSpans.SelectMany(scope => scope.Spans).ToList().ForEach(span => collector.Spans.Enqueue((collector.Name(resource.Resource), span)));
                    }
                });
                app.MapPost("/v1/logs", async (HttpRequest request) =>
                {
                    foreach (var resource in (await ReadAsync(request, LogsRequest.Parser)).ResourceLogs)
                    {
                        resource.ScopeLogs.SelectMany(scope => scope.LogRecords).ToList().ForEach(record => collector.Logs.Enqueue((collector.Name(resource.Resource), record)));
                    }
                });
                app.MapPost("/v1/metrics", async (HttpRequest request) =>
                {
                    foreach (var resource in (await ReadAsync(request, MetricsRequest.Parser)).ResourceMetrics)
                    {
                        resource.ScopeMetrics.SelectMany(scope => scope.Metrics).ToList().ForEach(metric => collector.Metrics.Enqueue((collector.Name(resource.Resource), metric.Name)));
                    }
                });
            });
            return collector;
        }

        public ValueTask DisposeAsync() => _service!.DisposeAsync();

        private static async Task<T> ReadAsync<T>(HttpRequest request, MessageParser<T> parser)
            where T : IMessage<T>
        {
            Assert.Equal("application/x-protobuf", request.ContentType);
            Assert.Equal("the-key", request.Headers["x-otlp-api-key"]);
            using var body = new MemoryStream();
            await request.Body.CopyToAsync(body);
            return parser.ParseFrom(body.ToArray());
        }

        private string Name(Resource resource)
        {
            Resources.Enqueue(resource.Attributes);
            return resource.Attributes.Single(attribute => attribute.Key == "service.name").Value.StringValue;
        }
    }
}
