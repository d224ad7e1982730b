using System.ClientModel;
using Nura.Tests.Databases;
using Nura.Tests.Gateway;
using OpenAI.Chat;

namespace Nura.Tests.Api;

/// <summary>OpenAI's official client against the real edge.</summary>
public sealed class OpenAiClientTests(DatabaseFixture database) : IClassFixture<DatabaseFixture>
{
    private const int Hang = 180_000;

    private static readonly ChatTool s_read = ChatTool.CreateFunctionTool("read", "Reads a file.", BinaryData.FromString("""{"type":"object","properties":{"path":{"type":"string"}}}"""));

    [Fact(Timeout = Hang)]
    public async Task Agent_Streamed_AnswersWithCitationsAndUsage()
    {
        await using var host = await ApiHost.StartAsync(database);
        host.Agents.Rag.Add("src/Cart.cs", "class Cart", "{", "    decimal Discount() => 0.1m;", "}");
        var text = "";
        var usage = 0;
        ChatFinishReason? finish = null;

        await foreach (var update in host.Client("nura").CompleteChatStreamingAsync([new DeveloperChatMessage("Be brief."), new UserChatMessage("What discount does the cart give?")]))
        {
            text += string.Concat(update.ContentUpdate.Select(part => part.Text));
            finish ??= update.FinishReason;
            usage = update.Usage?.TotalTokenCount ?? usage;
        }

        Assert.Contains("[shop@0123456789ab:src/Cart.cs#L", text, StringComparison.Ordinal);
        Assert.Equal(ChatFinishReason.Stop, finish);
        Assert.True(usage > 0);
    }

    [Fact(Timeout = Hang)]
    public async Task Agent_NotStreamed_AnswersWhole()
    {
        await using var host = await ApiHost.StartAsync(database);
        host.Agents.Rag.Add("a.md", "The cart gives ten percent.");

        ChatCompletion answer = await host.Client("nura").CompleteChatAsync([new UserChatMessage(ChatMessageContentPart.CreateTextPart("What does "), ChatMessageContentPart.CreateTextPart("the cart give?"))]);

        Assert.Contains("ten percent", answer.Content[0].Text, StringComparison.Ordinal);
        Assert.Equal(ChatFinishReason.Stop, answer.FinishReason);
        Assert.True(answer.Usage.TotalTokenCount > 0);
        Assert.Equal("What does the cart give?", Assert.Single(host.Agents.Rag.Searches).Query);
    }

    [Theory(Timeout = Hang)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task RawModel_ToolLoop_RunsThrough(bool streamed)
    {
        await using var host = await ApiHost.StartAsync(database);
        List<ChatMessage> conversation = [new UserChatMessage("Read it")];
        var options = new ChatCompletionOptions { Tools = { s_read } };
        var (_, calls, finish) = await AskAsync(host.Client("mock"), conversation, options, streamed);
        var call = Assert.Single(calls);
        Assert.Equal(("read", ChatFinishReason.ToolCalls), (call.FunctionName, finish));
        Assert.Equal("README.md", call.FunctionArguments.ToObjectFromJson<Dictionary<string, string>>()!["path"]);

        conversation.AddRange([new AssistantChatMessage(calls), new ToolChatMessage(call.Id, "the file's text")]);
        var (text, _, last) = await AskAsync(host.Client("mock"), conversation, options, streamed);

        Assert.Equal(("the file's text", ChatFinishReason.Stop), (text, last));
    }

    [Fact(Timeout = Hang)]
    public async Task Models_Listed_HoldAgentsAndModels()
    {
        await using var host = await ApiHost.StartAsync(database);
        var models = host.Sdk().GetOpenAIModelClient();

        var ids = (await models.GetModelsAsync()).Value.Select(model => model.Id).ToList();

        Assert.Equal(["nura", "mock", "offline"], ids.Where(id => id is "nura" or "mock" or "offline").OrderBy(id => id == "nura" ? 0 : id == "mock" ? 1 : 2));
        Assert.Equal("nura", (await models.GetModelAsync("nura")).Value.OwnedBy);
        Assert.Equal(404, (await Assert.ThrowsAsync<ClientResultException>(() => models.GetModelAsync("none/such"))).Status);
    }

    [Fact(Timeout = Hang)]
    public async Task Models_AgentsAreAway_AreListedWithoutThem()
    {
        await using var host = await GatewayHost.StartAsync(database);
        var models = host.Sdk().GetOpenAIModelClient();

        var ids = (await models.GetModelsAsync()).Value.Select(model => model.Id).ToList();

        Assert.Contains("mock", ids);
        Assert.DoesNotContain("nura", ids);
        Assert.Equal(503, (await Assert.ThrowsAsync<ClientResultException>(() => models.GetModelAsync("nura"))).Status);
    }

    [Theory(Timeout = Hang)]
    [InlineData("nobody", ApiHost.Key, 404, "model_not_found")]
    [InlineData("nura", "nura_wrong-key-wrong-key", 401, "invalid_api_key")]
    public async Task Refusal_OfAnyKind_IsTheSdksException(string model, string key, int status, string code)
    {
        await using var host = await ApiHost.StartAsync(database);

        var refused = await Assert.ThrowsAsync<ClientResultException>(() => host.Client(model, key).CompleteChatAsync("Hello"));

        Assert.Equal(status, refused.Status);
        Assert.Contains(code, refused.Message, StringComparison.Ordinal);
    }

    private static async Task<(string Text, List<ChatToolCall> Calls, ChatFinishReason? Finish)> AskAsync(ChatClient client, List<ChatMessage> conversation, ChatCompletionOptions options, bool streamed)
    {
        if (!streamed)
        {
            ChatCompletion whole = await client.CompleteChatAsync(conversation, options);
            return (string.Concat(whole.Content.Select(part => part.Text)), [.. whole.ToolCalls], whole.FinishReason);
        }

        var (text, finish) = ("", (ChatFinishReason?)null);
        var pieces = new SortedDictionary<int, (string Id, string Name, string Arguments)>();
        await foreach (var update in client.CompleteChatStreamingAsync(conversation, options))
        {
            text += string.Concat(update.ContentUpdate.Select(part => part.Text));
            finish ??= update.FinishReason;
            foreach (var piece in update.ToolCallUpdates)
            {
                var known = pieces.GetValueOrDefault(piece.Index);
                pieces[piece.Index] = (piece.ToolCallId ?? known.Id, piece.FunctionName ?? known.Name, known.Arguments + piece.FunctionArgumentsUpdate);
            }
        }

        return (text, [.. pieces.Values.Select(call => ChatToolCall.CreateFunctionToolCall(call.Id, call.Name, BinaryData.FromString(call.Arguments)))], finish);
    }
}
