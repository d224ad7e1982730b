using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Nura.Models;

namespace Nura.Tests.Models;

public sealed class CloudWatchTests
{
    /// <summary>Amazon CloudWatch API reference, "MetricDatum", Unit.</summary>
    private static readonly string[] s_units = ["Count", "Milliseconds", "Seconds", "Bytes", "Percent", "None"];

    [Fact(Timeout = 180_000)]
    public async Task Log_NamespaceSet_WritesALineForEachCallAsTheFormatAsks()
    {
        var lines = await RunAsync("Nura/Test", Row(200, 12.5), Row(503, null));

        Assert.Equal(2, lines.Length);
        Assert.All(lines, Check);
        using var good = JsonDocument.Parse(lines[0]);
        Assert.Equal(
            ("Nura/Test", 1767225600000, 0, 250.5, 12.5, 1030, 0.000123m, "m"),
            (good.RootElement.GetProperty("_aws").GetProperty("CloudWatchMetrics")[0].GetProperty("Namespace").GetString(), good.RootElement.GetProperty("_aws").GetProperty("Timestamp").GetInt64(),
                good.RootElement.GetProperty("Errors").GetInt32(), good.RootElement.GetProperty("Latency").GetDouble(), good.RootElement.GetProperty("TimeToFirstToken").GetDouble(),
                good.RootElement.GetProperty("InputTokens").GetInt64(), good.RootElement.GetProperty("Cost").GetDecimal(), good.RootElement.GetProperty("Model").GetString()));
        using var failed = JsonDocument.Parse(lines[1]);
        Assert.Equal((1, false), (failed.RootElement.GetProperty("Errors").GetInt32(), failed.RootElement.TryGetProperty("TimeToFirstToken", out _)));
        Assert.DoesNotContain("secret", string.Concat(lines), StringComparison.Ordinal);
    }

    [Fact(Timeout = 180_000)]
    public async Task Log_NoNamespace_WritesNothing() => Assert.Empty(await RunAsync(null, Row(200, 1)));

    [Theory]
    [InlineData("AWS/Bedrock")]
    [InlineData("with blank")]
    [InlineData("")]
    public void Namespace_NotAllowed_StopsTheStartAndIsNamed(string space)
    {
        var result = new ModelsOptionsValidator().Validate(null, new ModelsOptions { CloudWatch = { Namespace = space } });
        Assert.Contains("Nura:Models:CloudWatch:Namespace", result.FailureMessage, StringComparison.Ordinal);
    }

    /// <summary>The rules of "Specification: Embedded metric format".</summary>
    private static void Check(string line)
    {
        using var document = JsonDocument.Parse(line);
        var root = document.RootElement;
        var directive = Assert.Single(root.GetProperty("_aws").GetProperty("CloudWatchMetrics").EnumerateArray());
        Assert.All(directive.GetProperty("Dimensions").EnumerateArray(), set =>
        {
            Assert.InRange(set.GetArrayLength(), 1, 30);
            Assert.All(set.EnumerateArray(), name => Assert.Equal(JsonValueKind.String, root.GetProperty(name.GetString()!).ValueKind));
        });
        var metrics = directive.GetProperty("Metrics").EnumerateArray().ToList();
        Assert.InRange(metrics.Count, 1, 100);
        Assert.Equal(metrics.Count, metrics.Select(metric => metric.GetProperty("Name").GetString()).Distinct().Count());
        Assert.All(metrics, metric =>
        {
            Assert.Equal(JsonValueKind.Number, root.GetProperty(metric.GetProperty("Name").GetString()!).ValueKind);
            Assert.Contains(metric.GetProperty("Unit").GetString(), s_units);
        });
    }

    private static async Task<string[]> RunAsync(string? space, params UsageRow[] rows)
    {
        using var output = new MemoryStream();
        using var log = new CloudWatchLog(Options.Create(new ModelsOptions { CloudWatch = { Namespace = space } }), output, NullLogger<CloudWatchLog>.Instance);
        await log.StartAsync(default);
        Array.ForEach(rows, row => log.Add(row));
        await log.StopAsync(default);
        return Encoding.UTF8.GetString(output.ToArray()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    private static UsageRow Row(int status, double? first) => new()
    {
        Id = Guid.CreateVersion7(),
        At = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero),
        Model = "m",
        Provider = "bedrock",
        Caller = new Caller("secret-key-id", "secret-user"),
        Tokens = new TokenUsage { Input = 30, CacheRead = 1000, Output = 7 },
        IsEstimated = false,
        Cost = 0.000123m,
        PriceVersion = null,
        Status = status,
        ElapsedMs = 250.5,
        FirstTokenMs = first,
    };
}
