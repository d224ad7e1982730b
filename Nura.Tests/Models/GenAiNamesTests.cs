using System.Diagnostics;
using System.Diagnostics.Metrics;
using Nura.Models;

namespace Nura.Tests.Models;

/// <summary>What a call emits, name by name, against the conventions: semantic-conventions v1.41 and the latest of semantic-conventions-genai.</summary>
public sealed class GenAiNamesTests
{
    private static readonly string[] s_common = ["gen_ai.operation.name", "gen_ai.provider.name", "gen_ai.request.model"];

    [Theory]
    [InlineData(null, false)]
    [InlineData("http", false)]
    [InlineData("gen_ai_latest_experimental", true)]
    [InlineData("http, gen_ai_latest_experimental", true)]
    public void For_Switch_SelectsTheNames(string? value, bool latest) => Assert.Same(latest ? GenAiNames.Latest : GenAiNames.V1_41, GenAiNames.For(value));

    [Fact]
    public void Call_NamesOfV141_AreTheseAndNoOthers()
    {
        var (metrics, span) = Emit(GenAiNames.V1_41, 200);

        Assert.Equal(
        [
            "gen_ai.client.operation.duration s", "gen_ai.client.operation.time_to_first_chunk s", "gen_ai.client.token.usage {token} +gen_ai.token.type=input",
            "gen_ai.client.token.usage {token} +gen_ai.token.type=output", "nura.models.cost {USD}",
        ], metrics);
        Assert.Equal(
            ["gen_ai.operation.name=chat", "gen_ai.provider.name=aws.bedrock", "gen_ai.request.model=m", "gen_ai.usage.cache_creation.input_tokens=5", "gen_ai.usage.cache_read.input_tokens=3", "gen_ai.usage.input_tokens=10", "gen_ai.usage.output_tokens=7"],
            span);
    }

    [Fact]
    public void Call_LatestNames_AreTheseAndNoOthers()
    {
        var (metrics, span) = Emit(GenAiNames.Latest, 200);

        Assert.Equal(
        [
            "gen_ai.client.inference.duration s", "gen_ai.client.inference.operation.input_tokens {token}", "gen_ai.client.inference.operation.output_tokens {token}",
            "gen_ai.client.inference.time_to_first_chunk s", "gen_ai.client.inference.usage.cache_read.input_tokens {token}", "gen_ai.client.inference.usage.cache_write.input_tokens {token}",
            "gen_ai.client.inference.usage.input_tokens {token}", "gen_ai.client.inference.usage.output_tokens {token}", "nura.models.cost {USD}",
        ], metrics);
        Assert.Contains("gen_ai.usage.cache_write.input_tokens=5", span);
        Assert.DoesNotContain(span, tag => tag.Contains("cache_creation", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Call_Failed_HasItsErrorTypeAndNoTokens(bool latest)
    {
        var (metrics, span) = Emit(latest ? GenAiNames.Latest : GenAiNames.V1_41, 503);

        Assert.Contains(metrics, metric => metric.EndsWith("duration s +error.type=503", StringComparison.Ordinal));
        Assert.DoesNotContain(metrics, metric => metric.Contains("{token}", StringComparison.Ordinal));
        Assert.Contains("error.type=503", span);
    }

    /// <summary>Emits a call's telemetry and collects it: metrics with unit and what they have beside the common attributes, and the span's attributes.</summary>
    private static (List<string> Metrics, List<string> Span) Emit(GenAiNames names, int status)
    {
        using var source = new ActivitySource($"test-{Guid.NewGuid():N}");
        using var meter = new Meter(source.Name);
        var metrics = new List<string>();
        var span = new List<string>();
        using var activities = new ActivityListener
        {
            ShouldListenTo = other => other.Name == source.Name,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = activity =>
            {
                Assert.Equal(("chat m", ActivityKind.Client), (activity.DisplayName, activity.Kind));
                span.AddRange(activity.TagObjects.Select(tag => $"{tag.Key}={tag.Value}"));
            },
        };
        ActivitySource.AddActivityListener(activities);
        using var listener = new MeterListener { InstrumentPublished = (instrument, self) => { if (instrument.Meter == meter) { self.EnableMeasurementEvents(instrument); } } };
        listener.SetMeasurementEventCallback<long>((instrument, _, tags, _) => Note(instrument, tags));
        listener.SetMeasurementEventCallback<double>((instrument, _, tags, _) => Note(instrument, tags));
        listener.Start();

        var instruments = new ModelInstruments(source, meter, names);
        var model = new ModelInfo { Id = "m", Provider = "bedrock" };
        var call = instruments.Start("chat", model);
        instruments.FirstPiece("chat", model, TimeSpan.FromSeconds(1));
        instruments.End(call, "chat", model, new TokenUsage { Input = 2, CacheRead = 3, CacheWrite5m = 5, Output = 7 }, status, TimeSpan.FromSeconds(2), status == 200 ? 0.5m : 0);
        metrics.Sort(StringComparer.Ordinal);
        span.Sort(StringComparer.Ordinal);
        return (metrics, span);

        void Note(Instrument instrument, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            var all = tags.ToArray();
            Assert.Empty(s_common.Except(all.Select(tag => tag.Key)));
            metrics.Add(string.Join(" +", [$"{instrument.Name} {instrument.Unit}", .. all.Where(tag => !s_common.Contains(tag.Key)).Select(tag => $"{tag.Key}={tag.Value}")]));
        }
    }
}
