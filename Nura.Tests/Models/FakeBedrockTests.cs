using System.Text.Json.Nodes;
using Nura.Tests.Fakes;

namespace Nura.Tests.Models;

/// <summary>Shows with AWS' own client that our Bedrock double speaks the format, and checks the signatures, that our client is tested against.</summary>
public sealed class FakeBedrockTests
{
    [NodeFact]
    public async Task Double_AwsClient_UnderstandsEveryAnswer()
    {
        await using var bedrock = await FakeBedrock.StartAsync();
        var seen = await RunAsync(bedrock, AwsSignature.Secret);

        Assert.Equal("one two three", (string?)seen["text"]!["content"]![0]!["text"]);
        Assert.Equal(25, (int)seen["text"]!["usage"]!["inputTokens"]!);
        Assert.Equal(("one two three", "end_turn", 7), ((string?)seen["streamed"]!["text"], (string?)seen["streamed"]!["stopReason"], (int)seen["streamed"]!["usage"]!["outputTokens"]!));
        Assert.Equal("README.md", (string?)seen["call"]!["content"]![0]!["toolUse"]!["input"]!["path"]);
        Assert.Equal("four five", (string?)seen["answer"]!["content"]![0]!["text"]);
        Assert.Equal(("""{"path":"README.md"}""", "tool_use"), ((string?)seen["streamedCall"]!["input"], (string?)seen["streamedCall"]!["stopReason"]));
        Assert.Equal(("ValidationException", 400), ((string?)seen["error"]!["name"], (int)seen["error"]!["status"]!));
        Assert.Equal(1024, (int)seen["vector"]!);
        var invoked = seen["invoked"]!;
        Assert.Equal("one two three", (string?)invoked["text"]!["content"]![0]!["text"]);
        Assert.Equal(("one two three", "end_turn", 7), ((string?)invoked["streamed"]!["text"], (string?)invoked["streamed"]!["reason"], (int)invoked["streamed"]!["output"]!));
        Assert.Equal("""{"path":"README.md"}""", (string?)invoked["streamedCall"]!["input"]);
        Assert.Equal("four five", (string?)invoked["answer"]!["content"]![0]!["text"]);
        Assert.Equal(("ValidationException", 400), ((string?)invoked["error"]!["name"], (int)invoked["error"]!["status"]!));
    }

    [NodeFact]
    public async Task Double_AwsClientWithTheWrongSecret_IsRefused()
    {
        await using var bedrock = await FakeBedrock.StartAsync();
        var exception = await Assert.ThrowsAnyAsync<Xunit.Sdk.XunitException>(() => RunAsync(bedrock, "wrong"));
        Assert.Contains("The request signature we calculated does not match", exception.Message, StringComparison.Ordinal);
    }

    private static Task<JsonObject> RunAsync(FakeBedrock bedrock, string secret) => NodeClients.RunAsync(
        "bedrock.mjs",
        [bedrock.Url, "us.anthropic.claude-haiku-4-5-20251001-v1:0", "amazon.titan-embed-text-v2:0"],
        [("AWS_ACCESS_KEY_ID", AwsSignature.AccessKey), ("AWS_SECRET_ACCESS_KEY", secret)]);
}
