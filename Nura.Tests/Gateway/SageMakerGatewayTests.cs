using System.Text.Json.Nodes;
using Nura.Tests.Databases;
using Nura.Tests.Fakes;
using OpenAI.Chat;
using OpenAI.Embeddings;

namespace Nura.Tests.Gateway;

public sealed class SageMakerGatewayTests(DatabaseFixture databases) : IClassFixture<DatabaseFixture>
{
    private const int Hang = 180_000;

    [Fact(Timeout = Hang)]
    public async Task SageMaker_OfficialClients_GetAnswersStreamsToolsAndVectors()
    {
        await using var sageMaker = await FakeSageMaker.StartAsync();
        await using var gateway = await StartAsync(sageMaker);
        var chat = gateway.Sdk().GetChatClient("llm");
        ChatCompletion answer = await chat.CompleteChatAsync("one two three");
        var text = "";
        await foreach (var update in chat.CompleteChatStreamingAsync("one two three"))
        {
            text += string.Concat(update.ContentUpdate.Select(part => part.Text));
        }

        Assert.Equal(("one two three", "one two three"), (answer.Content[0].Text, text));
        var options = new ChatCompletionOptions { Tools = { ChatTool.CreateFunctionTool("read_file") } };
        ChatCompletion call = await chat.CompleteChatAsync([new UserChatMessage("read it")], options);
        Assert.Equal("read_file", call.ToolCalls[0].FunctionName);
        OpenAIEmbeddingCollection vectors = await gateway.Sdk().GetEmbeddingClient("bge").GenerateEmbeddingsAsync(["a", "bcd"]);
        Assert.Equal([1f, 3f], vectors.Select(vector => vector.ToFloats().Span[0]));
        Assert.Equal(3, (await gateway.UsageAsync("llm", 200, 3)).Count);
        Assert.Equal(1, (await gateway.UsageAsync("bge", 200, 1)).Count);
    }

    [Theory(Timeout = Hang)]
    [InlineData("/v1/chat/completions", "error", "invalid_request_error")]
    [InlineData("/v1/messages", "error", "invalid_request_error")]
    public async Task SageMaker_ContainerRefusesTheBody_IsThe4xxOfTheContainerInTheCallersDialect(string path, string field, string type)
    {
        await using var sageMaker = await FakeSageMaker.StartAsync();
        sageMaker.Instead = async (context, _) =>
        {
            await FakeSageMaker.ErrorAsync(context, 424, "ModelError", FakeSageMaker.ModelError(422, "temperature: too hot"));
            return true;
        };
        await using var gateway = await StartAsync(sageMaker);
        using var response = await gateway.PostAsync(path, """{"model":"llm","max_tokens":10,"messages":[{"role":"user","content":"x"}]}""");
        var error = JsonNode.Parse(await response.Content.ReadAsStringAsync())![field]!;
        Assert.Equal((422, type), ((int)response.StatusCode, (string?)error["type"]));
        Assert.Contains("temperature: too hot", (string?)error["message"], StringComparison.Ordinal);
        Assert.Single(sageMaker.Requests);
    }

    private Task<GatewayHost> StartAsync(FakeSageMaker sageMaker) => GatewayHost.StartAsync(databases, sageMaker.Settings);
}
