using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Nura.Models;

namespace Nura.Tests.Models;

public sealed class EnvelopeTests
{
    [Theory]
    [InlineData("""{"model":"a","messages":[{"model":"inner","stream":true}]}""", "a", false, false, null)]
    [InlineData("""{ "stream" : true , "model" : "a" }""", "a", true, false, null)]
    [InlineData("""{"stream_options":{"x":{"include_usage":false},"include_usage":true},"stream":true,"max_tokens":5,"model":"a"}""", "a", true, true, 5L)]
    [InlineData("""{"stream_options":null,"stream":false,"max_completion_tokens":7,"model":"\u0061b"}""", "ab", false, false, 7L)]
    [InlineData("""{"model":7}""", "", false, false, null)]
    [InlineData("{}", "", false, false, null)]
    public void Read_Body_KnowsWhatForwardingNeeds(string json, string model, bool stream, bool usage, long? most)
    {
        var envelope = Envelope.Read(Encoding.UTF8.GetBytes(json));
        Assert.Equal((model, stream, usage, most), (envelope.Model, envelope.Stream, envelope.IncludeUsage, envelope.MaxTokens));
    }

    [Theory]
    [InlineData("""{"n":3,"model":"a"}""", 3)]
    [InlineData("""{"n":null,"messages":[{"n":7}]}""", 1)]
    [InlineData("""{"n":-2}""", 1)]
    [InlineData("{}", 1)]
    public void Read_Body_KnowsHowManyAnswersAreAskedFor(string json, long answers) => Assert.Equal(answers, Envelope.Read(Encoding.UTF8.GetBytes(json)).Answers);

    [Theory]
    [InlineData("[]")]
    [InlineData("")]
    [InlineData("{\"model\":")]
    [InlineData("{\"model\":\"a\"} x")]
    [InlineData("{\"model\":\"a\",}")]
    public void Read_NoJsonObject_IsRefused(string json) => Assert.ThrowsAny<JsonException>(() => Envelope.Read(Encoding.UTF8.GetBytes(json)));

    [Theory]
    [InlineData("""{"model":"a","stream":true,"messages":[1,2]}""")]
    [InlineData("""{ "messages":[{"model":"a"}], "stream":true, "model":"a" }""")]
    [InlineData("""{"model":"a","stream":true,"x":{"deep":["}"]}  }""")]
    public void For_StreamWithoutOptions_AsksForUsageAndKeepsTheRest(string json)
    {
        var patched = JsonNode.Parse(Envelope.Read(Encoding.UTF8.GetBytes(json)).For("the \"other\"").Span)!;
        var expected = JsonNode.Parse(json)!;
        expected["model"] = "the \"other\"";
        expected["stream_options"] = new JsonObject { ["include_usage"] = true };
        Assert.True(JsonNode.DeepEquals(expected, patched), patched.ToJsonString());
    }

    [Fact]
    public void For_NothingToChange_IsTheSameBytes()
    {
        ReadOnlyMemory<byte> body = """{"model":"a","odd":1.0e5}"""u8.ToArray();
        Assert.Equal(body, Envelope.Read(body).For("a"));
    }

    [Theory]
    [InlineData("""{"choices":[],"usage":{"prompt_tokens":11,"completion_tokens":3,"prompt_tokens_details":{"cached_tokens":4,"cache_write_tokens":2}}}""", 5, 3, 4, 2)]
    [InlineData("""{"usage":{"prompt_tokens":1,"completion_tokens":2,"prompt_tokens_details":{"cached_tokens":99}}}""", 0, 2, 1, 0)]
    [InlineData("""{ "usage" : { "prompt_tokens" : 11, "completion_tokens" : 3 }, "choices" : [] }""", 11, 3, 0, 0)]
    [InlineData("""{"usage":{"prompt_tokens":11,"completion_tokens":3}} {"usage":null}""", 11, 3, 0, 0)]
    [InlineData("""{"usage":{"prompt_tokens":-1,"completion_tokens":"many"}}""", 0, 0, 0, 0)]
    public void Of_Usage_CountsEachTokenOnce(string json, long input, long output, long read, long write)
    {
        var usage = UsageScan.Of(Encoding.UTF8.GetBytes(json))!.Value;
        Assert.Equal((input, output, read, write), (usage.Input, usage.Output, usage.CacheRead, usage.CacheWrite5m));
    }

    [Theory]
    [InlineData("""{"usage":null}""")]
    [InlineData("""{"choices":[]}""")]
    [InlineData("""{"usage":{"prompt_to""")]
    [InlineData("")]
    public void Of_NoUsage_Null(string json) => Assert.Null(UsageScan.Of(Encoding.UTF8.GetBytes(json)));
}
