using System.ClientModel;
using System.ClientModel.Primitives;
using Nura.Tests.Fakes;
using OpenAI;
using OpenAI.Chat;

namespace Nura.Tests.Models;

/// <summary>Shows with OpenAI's own client that our test server speaks the format that our client is tested against.</summary>
public sealed class FakeOpenAiTests
{
    [Fact(Timeout = 180_000)]
    public async Task Complete_OfficialClient_ReadsTextAndUsage()
    {
        await using var server = await FakeOpenAi.StartAsync();
        ChatCompletion answer = await Client(server).CompleteChatAsync("one two three");

        Assert.Equal("one two three", answer.Content[0].Text);
        Assert.Equal(ChatFinishReason.Stop, answer.FinishReason);
        Assert.Equal((11, 3, 4), (answer.Usage.InputTokenCount, answer.Usage.OutputTokenCount, answer.Usage.InputTokenDetails.CachedTokenCount));
    }

    [Fact(Timeout = 180_000)]
    public async Task Stream_OfficialClient_ReadsPiecesAndUsage()
    {
        await using var server = await FakeOpenAi.StartAsync();
        var text = "";
        ChatTokenUsage? usage = null;
        await foreach (var update in Client(server).CompleteChatStreamingAsync("one two three"))
        {
            text += string.Concat(update.ContentUpdate.Select(part => part.Text));
            usage = update.Usage ?? usage;
        }

        Assert.Equal("one two three", text);
        Assert.Equal(3, usage!.OutputTokenCount);
    }

    [Theory(Timeout = 180_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Tools_OfficialClient_ReadsTheCall(bool stream)
    {
        await using var server = await FakeOpenAi.StartAsync();
        var options = new ChatCompletionOptions { Tools = { ChatTool.CreateFunctionTool("read_file") } };
        var (name, arguments) = ("", "");
        if (stream)
        {
            await foreach (var piece in Client(server).CompleteChatStreamingAsync([new UserChatMessage("read it")], options))
            {
                foreach (var call in piece.ToolCallUpdates)
                {
                    name += call.FunctionName;
                    arguments += call.FunctionArgumentsUpdate;
                }
            }
        }
        else
        {
            ChatCompletion answer = await Client(server).CompleteChatAsync([new UserChatMessage("read it")], options);
            (name, arguments) = (answer.ToolCalls[0].FunctionName, answer.ToolCalls[0].FunctionArguments.ToString());
        }

        Assert.Equal(("read_file", """{"path":"README.md"}"""), (name, arguments));
    }

    [Fact(Timeout = 180_000)]
    public async Task Error_OfficialClient_ReadsStatusAndMessage()
    {
        await using var server = await FakeOpenAi.StartAsync();
        server.Instead = async (context, _) =>
        {
            await FakeOpenAi.ErrorAsync(context, 400, "No such parameter", "bad", "invalid_request_error");
            return true;
        };

        var exception = await Assert.ThrowsAsync<ClientResultException>(() => Client(server).CompleteChatAsync("x"));
        Assert.Equal(400, exception.Status);
        Assert.Contains("No such parameter", exception.Message, StringComparison.Ordinal);
    }

    private static ChatClient Client(FakeOpenAi server) => new(
        "mock", new ApiKeyCredential("key"), new OpenAIClientOptions { Endpoint = new Uri(server.BaseUrl), RetryPolicy = new ClientRetryPolicy(0) });
}
