using Microsoft.Extensions.AI;
using Nura.Agents.Answering;
using Nura.Models;

namespace Nura.Tests.Agents;

public sealed class ContextFitTests
{
    private static readonly ModelInfo s_model = new() { Id = "small", Provider = "openai", Context = 1_000, MaxOutput = 250 };

    [Theory]
    [InlineData(700, "S u1 a1 u2 a2 u3")]
    [InlineData(1_200, "S u2 a2 u3")]
    [InlineData(2_400, "S u3")]
    [InlineData(40_000, "S u3")]
    public void Shorten_OfThreeQuestions_DropsTheOldestThatDoNotFit(int lengthOfAnswers, string left)
    {
        var conversation = Conversation("S", "u1", "a1", "u2", "a2", "u3");
        foreach (var answer in conversation.Where(message => message.Role == ChatRole.Assistant))
        {
            answer.Contents.Add(new TextContent(new string('x', lengthOfAnswers)));
        }

        // The answer may not reserve more than half: 500 tokens are left, of four characters each.
        ContextFit.Shorten(conversation, new ChatOptions { MaxOutputTokens = 600 }, s_model);

        Assert.Equal(left, Names(conversation));
    }

    [Fact]
    public void Shorten_InstructionsAndResultsAround_Stay()
    {
        var conversation = Conversation("S1", "u1", "S2", "a1", "a2", "u2", "a3", "t1");
        conversation[^1].Contents.Add(new TextContent(new string('x', 40_000)));

        ContextFit.Shorten(conversation, new ChatOptions(), s_model);

        Assert.Equal("S1 S2 u2 a3 t1", Names(conversation));
    }

    [Fact]
    public void Shorten_ToolsHaveSaidTooMuch_LeavesOutTheOldestThatHaveBeenRead()
    {
        var conversation = Conversation("S", "u1");
        foreach (var (call, length) in ((string, int)[])[("c1", 1_200), ("c2", 1_200), ("c3", 1_200)])
        {
            conversation.Add(new ChatMessage(ChatRole.Assistant, [new FunctionCallContent(call, "read_file")]));
            conversation.Add(new ChatMessage(ChatRole.Tool, [new FunctionResultContent(call, new string('x', length))]));
        }

        // 750 tokens are left, of four characters each.
        ContextFit.Shorten(conversation, new ChatOptions(), s_model);

        var results = conversation.SelectMany(message => message.Contents).OfType<FunctionResultContent>().ToList();
        Assert.Equal(["c1", "c2", "c3"], results.Select(result => result.CallId));
        Assert.Equal([false, true, true], results.Select(result => ((string)result.Result!).StartsWith('x')));
    }

    private static List<ChatMessage> Conversation(params IEnumerable<string> names) =>
        [.. names.Select(name => new ChatMessage(name[0] switch { 'S' => ChatRole.System, 'u' => ChatRole.User, 'a' => ChatRole.Assistant, _ => ChatRole.Tool }, name))];

    private static string Names(IEnumerable<ChatMessage> conversation) => string.Join(' ', conversation.Select(message => ((TextContent)message.Contents[0]).Text));
}
