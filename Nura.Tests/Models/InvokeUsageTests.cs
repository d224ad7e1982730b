using System.Text.Json;
using Nura.Models;

namespace Nura.Tests.Models;

public sealed class InvokeUsageTests
{
    [Theory]
    [InlineData("""{"usage":{"input_tokens":5,"output_tokens":3,"cache_read_input_tokens":2}}""", 5, 3, 2)]
    [InlineData("""{"usage":{"inputTokens":5,"outputTokens":3,"cacheReadInputTokens":2}}""", 5, 3, 2)]
    [InlineData("""{"usage":{"prompt_tokens":7,"completion_tokens":3,"prompt_tokens_details":{"cached_tokens":2}}}""", 5, 3, 2)]
    [InlineData("""{"usage":{"prompt_tokens":5,"completion_tokens":3,"total_tokens":8}}""", 5, 3, 0)]
    [InlineData("""{"prompt_token_count":5,"generation_token_count":3}""", 5, 3, 0)]
    [InlineData("""{"usage":{"characters":99}}""", 11, 12, 0)]
    [InlineData("""{"usage":null}""", 11, 12, 0)]
    [InlineData("{}", 11, 12, 0)]
    public void Of_Answer_CountsInTheWordsOfItsFamilyOrOfBedrock(string json, long input, long output, long read)
    {
        using var answer = JsonDocument.Parse(json);
        using var response = new HttpResponseMessage { Headers = { { "X-Amzn-Bedrock-Input-Token-Count", "11" }, { "X-Amzn-Bedrock-Output-Token-Count", "12" } } };
        Assert.Equal(new TokenUsage { Input = input, Output = output, CacheRead = read }, InvokeUsage.Of(answer.RootElement, response));
    }

    [Theory]
    [InlineData("""
        {"type":"message_start","message":{"usage":{"input_tokens":5,"output_tokens":1}}}
        {"usage":{"output_tokens":3}}
        {"amazon-bedrock-invocationMetrics":{"inputTokenCount":11}}
        """, 5, 3)]
    [InlineData("""
        {"choices":[],"usage":null}
        {"choices":[],"usage":{"prompt_tokens":5,"completion_tokens":3},"amazon-bedrock-invocationMetrics":{"inputTokenCount":11}}
        """, 5, 3)]
    [InlineData("""
        {"message":{"usage":{}},"usage":{"characters":99}}
        {"usage":{},"amazon-bedrock-invocationMetrics":{"inputTokenCount":11,"outputTokenCount":12}}
        """, 11, 12)]
    public void Add_Chunks_CountInTheWordsOfTheirFamilyOrOfBedrock(string chunks, long input, long output)
    {
        TokenUsage? usage = null;
        foreach (var chunk in chunks.Split('\n'))
        {
            using var json = JsonDocument.Parse(chunk);
            usage = InvokeUsage.Add(usage, json.RootElement);
        }

        Assert.Equal(new TokenUsage { Input = input, Output = output }, usage);
    }
}
