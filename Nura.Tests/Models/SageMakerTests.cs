using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Hosting;
using Nura.Models;
using Nura.Tests.Fakes;

namespace Nura.Tests.Models;

public sealed class SageMakerTests : IAsyncLifetime
{
    private FakeSageMaker _sageMaker = null!;
    private IHost _host = null!;

    public async Task InitializeAsync()
    {
        _sageMaker = await FakeSageMaker.StartAsync();
        _host = Host();
    }

    public async Task DisposeAsync()
    {
        _host.Dispose();
        await _sageMaker.DisposeAsync();
    }

    [NodeFact]
    public async Task Double_AwsClient_UnderstandsEveryAnswer()
    {
        var seen = await RunAsync(AwsSignature.Secret);
        Assert.Equal("one two three", (string?)seen["text"]);
        Assert.EndsWith("data: [DONE]\n\n", (string?)seen["streamed"], StringComparison.Ordinal);
        Assert.True((int)seen["parts"]! > 50);
        Assert.Equal("text/event-stream", (string?)seen["contentType"]);
        Assert.Equal("[[1024,1],[1024,3]]", seen["vectors"]!.ToJsonString());
        Assert.Equal(("ModelError", 424, 422), ((string?)seen["refused"]!["name"], (int)seen["refused"]!["status"]!, (int)seen["refused"]!["original"]!));
        Assert.Equal(("ValidationError", 400), ((string?)seen["missing"]!["name"], (int)seen["missing"]!["status"]!));
    }

    [NodeFact]
    public async Task Double_AwsClientWithTheWrongSecret_IsRefused()
    {
        var exception = await Assert.ThrowsAnyAsync<Xunit.Sdk.XunitException>(() => RunAsync("wrong"));
        Assert.Contains("The request signature we calculated does not match", exception.Message, StringComparison.Ordinal);
    }

    [Theory(Timeout = 180_000)]
    [InlineData(false, 7)]
    [InlineData(true, 1)]
    [InlineData(true, 7)]
    [InlineData(true, 100_000)]
    public async Task Answer_TextCutAnywhere_HasItsLettersAndTokens(bool stream, int partBytes)
    {
        _sageMaker.PartBytes = partBytes;
        var answer = await AskAsync(stream, "one zwölf 三 😀");
        Assert.Equal(("one zwölf 三 😀", ChatFinishReason.Stop), (answer.Text, answer.FinishReason));
        Assert.Equal((11, 4, 4), (answer.Usage!.InputTokenCount, answer.Usage.OutputTokenCount, answer.Usage.CachedInputTokenCount));
        var (endpoint, component, body) = _sageMaker.Requests.Single();
        Assert.Equal(("nura-llm", "component-1", "qwen"), (endpoint, component, (string?)body["model"]));
    }

    [Theory(Timeout = 180_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Answer_OfferedTools_CallsThem(bool stream)
    {
        var answer = await AskAsync(stream, "read it", new ChatOptions { Tools = [AIFunctionFactory.CreateDeclaration("read_file", "", JsonSerializer.SerializeToElement(new { type = "object" }))] });
        var call = Assert.Single(answer.Messages.SelectMany(message => message.Contents).OfType<FunctionCallContent>());
        Assert.Equal(("read_file", "README.md", ChatFinishReason.ToolCalls), (call.Name, call.Arguments!["path"]!.ToString(), answer.FinishReason));
    }

    [Theory(Timeout = 180_000)]
    [InlineData(424, "ModelError", 422, 422, false)]
    [InlineData(424, "ModelError", 400, 400, false)]
    [InlineData(424, "ModelError", 429, 429, true)]
    [InlineData(424, "ModelError", 500, 424, true)]
    [InlineData(429, "ModelNotReadyException", null, 429, true)]
    [InlineData(400, "ThrottlingException", null, 429, true)]
    [InlineData(400, "ValidationError", null, 502, true)]
    [InlineData(403, "AccessDeniedException", null, 502, false)]
    [InlineData(500, "InternalFailure", null, 500, true)]
    [InlineData(503, "ServiceUnavailable", null, 503, true)]
    [InlineData(530, "InternalDependencyException", null, 502, true)]
    public async Task Answer_Refused_BecomesWhatTheCallerCanUnderstand(int status, string type, int? original, int expected, bool retryable)
    {
        _sageMaker.Instead = async (context, _) =>
        {
            await FakeSageMaker.ErrorAsync(context, status, type, original is { } inner ? FakeSageMaker.ModelError(inner, "because I say so") : new JsonObject { ["Message"] = "because I say so" });
            return true;
        };
        foreach (var stream in (bool[])[false, true])
        {
            var exception = await Assert.ThrowsAsync<ModelException>(() => AskAsync(stream, "x"));
            Assert.Equal((expected, retryable, "because I say so"), (exception.Status, exception.IsRetryable, exception.UpstreamMessage));
            Assert.Contains("because I say so", exception.Message, StringComparison.Ordinal);
        }
    }

    [Theory(Timeout = 180_000)]
    [InlineData("exception", 424, "ModelStreamError")]
    [InlineData("internal", 500, "InternalStreamFailure")]
    [InlineData("checksum", 502, "upstream_broken_off")]
    [InlineData("cut", 502, "upstream_broken_off")]
    [InlineData("end", 502, "upstream_broken_off")]
    [InlineData("garbage", 502, "invalid_upstream_answer")]
    [InlineData("silence", 504, "upstream_timeout")]
    public async Task Stream_GoesWrongInTheMiddle_DeliversWhatCameAndThenFails(string how, int status, string code)
    {
        _sageMaker.Instead = async (context, _) =>
        {
            var half = FakeSageMaker.Part(Encoding.UTF8.GetBytes(FakeOpenAi.Event(FakeOpenAi.Chunk(new JsonObject { ["content"] = "half" }, null))));
            var next = FakeSageMaker.Part("data: {}\n\n"u8.ToArray());
            await context.Response.Body.WriteAsync(half);
            await context.Response.Body.WriteAsync(how switch
            {
                "exception" => FakeSageMaker.Failure("ModelStreamError", new JsonObject { ["Message"] = "out of memory", ["ErrorCode"] = "ModelInvocationFailed" }),
                "internal" => FakeSageMaker.Failure("InternalStreamFailure", new JsonObject { ["Message"] = "sorry" }),
                "checksum" => [.. next[..^1], (byte)(next[^1] ^ 1)],
                "cut" => next[..20],
                "garbage" => FakeSageMaker.Part("data: {\n\n"u8.ToArray()),
                _ => [],
            });
            await context.Response.Body.FlushAsync();
            if (how == "silence")
            {
                await Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
            }

            return true;
        };
        var time = new ManualTime();
        var begun = new TaskCompletionSource();
        var text = "";
        var failure = Assert.ThrowsAsync<ModelException>(async () =>
        {
            await foreach (var update in Client(_host, time).GetStreamingResponseAsync("x"))
            {
                text += update.Text;
                begun.TrySetResult();
            }
        });
        if (how == "silence")
        {
            await Task.WhenAny(begun.Task, failure);
            while (!failure.IsCompleted)
            {
                // The wait for what follows begins some time after the first part was handed over.
                time.Advance(TimeSpan.FromSeconds(70));
                await Task.WhenAny(failure, Task.Delay(20));
            }
        }

        var exception = await failure;
        Assert.Equal(("half", status, code), (text, exception.Status, exception.Code));
    }

    [Theory(Timeout = 180_000)]
    [InlineData("bge", 1 + 130 + (64 * 130 / 4))]
    [InlineData("bge-openai", 5 * 5)]
    public async Task Embeddings_ManyTexts_GetOneVectorEachInOrder(string model, int mostTokens)
    {
        var texts = Enumerable.Range(1, 130).Select(length => new string('x', length)).ToList();
        var embedded = await _host.Get<EmbeddingClients>().EmbedAsync(_host.Get<ModelCatalog>().Find(model)!, texts, null, EmbeddingUse.Document, Caller.Nobody, null, default);
        Assert.Equal(texts.Select(text => (float)text.Length), embedded.Vectors.Select(vector => vector[0]));
        Assert.All(embedded.Vectors, vector => Assert.Equal(1024, vector.Length));
        Assert.InRange(embedded.Tokens, 1, mostTokens);
        Assert.Equal(5, _sageMaker.Requests.Count);
    }

    [Fact(Timeout = 180_000)]
    public async Task Embeddings_WrongCount_AreRefused()
    {
        _sageMaker.Instead = async (context, _) =>
        {
            await context.Response.WriteAsJsonAsync(new JsonArray(new JsonArray(1, 2)));
            return true;
        };
        var exception = await Assert.ThrowsAsync<ModelException>(() =>
            _host.Get<EmbeddingClients>().EmbedAsync(_host.Get<ModelCatalog>().Find("bge")!, ["a", "b"], null, EmbeddingUse.Query, Caller.Nobody, null, default));
        Assert.Equal((502, "invalid_upstream_answer"), (exception.Status, exception.Code));
    }

    [Theory]
    [InlineData("Nura:Models:SageMaker:Region", "", "SageMaker:Region")]
    [InlineData("Nura:Models:SageMaker:Endpoints:llm:Name", "", "Endpoints:llm")]
    [InlineData("Nura:Models:SageMaker:Endpoints:bge:Embeddings", "other", "Endpoints:bge")]
    [InlineData("Nura:Models:SageMaker:Endpoint", "nowhere", "SageMaker:Endpoint")]
    [InlineData("Nura:Models:SageMaker:AccessKeyId", "", "SageMaker:AccessKeyId")]
    [InlineData("Nura:Models:SageMaker:TimeoutSeconds", "0", "SageMaker:TimeoutSeconds")]
    public void Options_BadValue_StopTheStartAndNameTheKey(string key, string value, string named)
    {
        using var host = Host((key, value));
        var exception = Assert.Throws<Microsoft.Extensions.Options.OptionsValidationException>(() => host.Get<ModelCatalog>());
        Assert.Contains(named, exception.Message, StringComparison.Ordinal);
    }

    private Task<JsonObject> RunAsync(string secret) =>
        NodeClients.RunAsync("sagemaker.mjs", [_sageMaker.Url, "nura-llm", "bge-m3"], [("AWS_ACCESS_KEY_ID", AwsSignature.AccessKey), ("AWS_SECRET_ACCESS_KEY", secret)]);

    private IHost Host(params (string Key, string Value)[] settings) => ModelsHost.Build(
    [
        ("Nura:Models:SageMaker:Region", "us-east-1"),
        ("Nura:Models:SageMaker:Endpoint", _sageMaker.Url),
        ("Nura:Models:SageMaker:AccessKeyId", AwsSignature.AccessKey),
        ("Nura:Models:SageMaker:SecretAccessKey", AwsSignature.Secret),
        ("Nura:Models:SageMaker:Endpoints:llm:Name", "nura-llm"),
        ("Nura:Models:SageMaker:Endpoints:llm:Model", "qwen"),
        ("Nura:Models:SageMaker:Endpoints:llm:InferenceComponent", "component-1"),
        ("Nura:Models:SageMaker:Endpoints:bge:Name", "bge-m3"),
        ("Nura:Models:SageMaker:Endpoints:bge:Kind", "Embedding"),
        ("Nura:Models:SageMaker:Endpoints:bge-openai:Name", "bge-m3"),
        ("Nura:Models:SageMaker:Endpoints:bge-openai:Kind", "Embedding"),
        ("Nura:Models:SageMaker:Endpoints:bge-openai:Embeddings", "openai"),
        .. settings,
    ]);

    /// <summary>Without retries: the answer itself is what these tests are about.</summary>
    private static OpenAiChatClient Client(IHost host, TimeProvider? time = null) => new(host.Get<ModelCatalog>().Find("llm")!, host.Get<SageMakerHttp>(), time ?? TimeProvider.System);

    private async Task<ChatResponse> AskAsync(bool stream, string question, ChatOptions? options = null)
    {
        using var client = Client(_host);
        return stream
            ? await client.GetStreamingResponseAsync(question, options).ToChatResponseAsync()
            : await client.GetResponseAsync(question, options);
    }
}
