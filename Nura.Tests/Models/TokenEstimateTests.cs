using System.Text.Json;
using Microsoft.Extensions.AI;
using Nura.Models;
using Nura.Tests.Fakes;

namespace Nura.Tests.Models;

public sealed class TokenEstimateTests
{
    private static readonly string s_text = new('x', 4_000);

    /// <summary>What holds 4,000 characters or a picture, with its tokens estimated and at most.</summary>
    public static TheoryData<string, int, int> Pieces => new()
    {
        { "text", 1_000, 2_000 },
        { "thinking", 1_000, 2_000 },
        { "call", 1_004, 2_007 },
        { "result", 1_000, 2_000 },
        { "object", 1_002, 2_004 },
        { "picture", 1_600, 5_000 },
        { "address", 1_600, 5_000 },
    };

    [Theory]
    [MemberData(nameof(Pieces))]
    public void Of_PieceOfAConversation_IsCounted(string kind, int estimate, int most)
    {
        AIContent content = kind switch
        {
            "text" => new TextContent(s_text),
            "thinking" => new TextReasoningContent(s_text),
            "call" => new FunctionCallContent("1", "ab", new Dictionary<string, object?> { ["path"] = s_text }),
            "result" => new FunctionResultContent("1", s_text),
            "object" => new FunctionResultContent("1", new Dictionary<string, string> { ["a"] = s_text }),
            "picture" => new DataContent(new byte[100_000], "image/png"),
            _ => new UriContent("https://example.com/a.png", "image/png"),
        };
        ChatMessage[] conversation = [new(ChatRole.User, [content])];

        Assert.Equal((estimate, most + 200), (TokenEstimate.Of(conversation), TokenEstimate.Most(conversation, null)));
    }

    [Fact]
    public void Of_InstructionsAndTools_AreCounted()
    {
        var schema = JsonSerializer.SerializeToElement(new { type = "object", description = s_text });
        var options = new ChatOptions { Instructions = s_text, Tools = [AIFunctionFactory.CreateDeclaration("read", s_text, schema)] };
        var around = schema.GetRawText().Length - s_text.Length;

        Assert.Equal(3_000 + 1 + ((around + 3) / 4), TokenEstimate.Of([], options));
        Assert.Equal(6_000 + 2 + ((around + 1) / 2) + 200, TokenEstimate.Most([], options));
    }

    [Fact]
    public void Of_SchemaOfTheAnswer_IsCounted()
    {
        var schema = JsonSerializer.SerializeToElement(new { type = s_text });

        Assert.Equal((schema.GetRawText().Length + 3) / 4, TokenEstimate.Of([], new ChatOptions { ResponseFormat = ChatResponseFormat.ForJsonSchema(schema) }));
    }

    [Fact]
    public void Most_TextOfManyBytes_CountsTheBytes() =>
        Assert.Equal(200 + 6, TokenEstimate.Most([new(ChatRole.User, "日本語文")], null));

    /// <summary>A hundredth of a dollar is about 9,000 tokens of Haiku's prompts.</summary>
    [Theory(Timeout = 180_000)]
    [InlineData(1_000, true)]
    [InlineData(40_000, false)]
    public async Task Call_UnderABudget_PutsWhatToolsGaveBackAside(int characters, bool fits)
    {
        await using var bedrock = await FakeBedrock.StartAsync();
        using var host = ModelsHost.Build(
            ("Nura:Models:Bedrock:Region", "us-east-1"), ("Nura:Models:Bedrock:Endpoint", bedrock.Url),
            ("Nura:Models:Bedrock:AccessKeyId", AwsSignature.AccessKey), ("Nura:Models:Bedrock:SecretAccessKey", AwsSignature.Secret),
            ("Nura:Models:Budgets:small:Limit", "0.01"));
        ChatMessage[] conversation =
        [
            new(ChatRole.User, "read it"),
            new(ChatRole.Assistant, [new FunctionCallContent("1", "read", new Dictionary<string, object?>())]),
            new(ChatRole.Tool, [new FunctionResultContent("1", new string('x', characters))]),
        ];
        var client = host.Get<ChatClients>().For(host.Get<ModelCatalog>().Find("claude-haiku-4-5")!);
        var code = await Record.ExceptionAsync(() => client.GetResponseAsync(conversation, new ChatOptions { MaxOutputTokens = 10 })) is ModelException refused ? refused.Code : null;

        Assert.Equal(fits ? null : "budget_exceeded", code);
    }
}
