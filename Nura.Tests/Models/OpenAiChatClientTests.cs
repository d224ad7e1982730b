using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Hosting;
using Nura.Models;
using Nura.Tests.Fakes;

namespace Nura.Tests.Models;

public sealed class OpenAiChatClientTests : IAsyncLifetime
{
    private FakeOpenAi _server = null!;
    private IHost _host = null!;
    private IChatClient _client = null!;

    public async Task InitializeAsync()
    {
        _server = await FakeOpenAi.StartAsync();
        _host = Host();
        _client = Client(_host);
    }

    public async Task DisposeAsync()
    {
        _client.Dispose();
        _host.Dispose();
        await _server.DisposeAsync();
    }

    [Theory(Timeout = 180_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Answer_Text_HasTextUsageAndReason(bool stream)
    {
        var answer = await AskAsync(stream, [new(ChatRole.User, "one two three")]);

        Assert.Equal("one two three", answer.Text);
        Assert.Equal(ChatFinishReason.Stop, answer.FinishReason);
        Assert.Equal((11, 3, 14, 4), (answer.Usage!.InputTokenCount, answer.Usage.OutputTokenCount, answer.Usage.TotalTokenCount, answer.Usage.CachedInputTokenCount));
        Assert.Equal("mock", answer.ModelId);
        Assert.Equal("Bearer secret-key", _server.Authorization);
    }

    [Theory(Timeout = 180_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Answer_ToolLoop_CallsAndReadsTheResult(bool stream)
    {
        var tool = AIFunctionFactory.Create((string path) => $"text of {path}", "read_file", "Reads a file.");
        var options = new ChatOptions { Tools = [tool], ToolMode = ChatToolMode.RequireSpecific("read_file"), AllowMultipleToolCalls = false };
        List<ChatMessage> messages = [new(ChatRole.User, "What is in the file?")];

        var first = await AskAsync(stream, messages, options);
        Assert.Equal(ChatFinishReason.ToolCalls, first.FinishReason);
        var call = Assert.Single(first.Messages.SelectMany(message => message.Contents).OfType<FunctionCallContent>());
        Assert.Null(call.Exception);
        var result = await tool.InvokeAsync(new AIFunctionArguments(call.Arguments));

        messages.AddRange(first.Messages);
        messages.Add(new ChatMessage(ChatRole.Tool, [new FunctionResultContent(call.CallId, result)]));
        var second = await AskAsync(stream, messages, options);

        Assert.Equal("text of README.md", second.Text);
        var sent = _server.Requests.Last()["messages"]!.AsArray();
        Assert.Equal("call_1", (string?)sent[1]!["tool_calls"]![0]!["id"]);
        Assert.Equal("""{"path":"README.md"}""", (string?)sent[1]!["tool_calls"]![0]!["function"]!["arguments"]);
        Assert.Equal(("tool", "call_1"), ((string?)sent[2]!["role"], (string?)sent[2]!["tool_call_id"]));
        var request = _server.Requests.First();
        Assert.Equal("read_file", (string?)request["tool_choice"]!["function"]!["name"]);
        Assert.Equal("string", (string?)request["tools"]![0]!["function"]!["parameters"]!["properties"]!["path"]!["type"]);
        Assert.False((bool?)request["parallel_tool_calls"]);
    }

    [Fact(Timeout = 180_000)]
    public async Task Request_EveryOption_IsSentUnderItsName()
    {
        await AskAsync(true, [new(ChatRole.User, [new TextContent("see"), new DataContent(new byte[] { 1, 2, 3 }, "image/png")]), new(ChatRole.User, "again")], new ChatOptions
        {
            Instructions = "Be brief.",
            Temperature = 0.25f,
            TopP = 0.5f,
            Seed = 7,
            MaxOutputTokens = 9999,
            FrequencyPenalty = 1,
            PresencePenalty = -1,
            StopSequences = ["END"],
            ResponseFormat = ChatResponseFormat.ForJsonSchema(JsonDocument.Parse("""{"type":"object"}""").RootElement, "thing"),
        }.WithPassages([new Passage("r@0123456:a#L1-L1", "not to be sent", 1)]));

        var expected = JsonNode.Parse("""
            {"model":"mock","messages":[{"role":"system","content":"Be brief."},
             {"role":"user","content":[{"type":"text","text":"see"},{"type":"image_url","image_url":{"url":"data:image/png;base64,AQID"}}]},
             {"role":"user","content":"again"}],
             "max_tokens":500,"temperature":0.25,"top_p":0.5,"frequency_penalty":1,"presence_penalty":-1,"seed":7,"stop":["END"],
             "response_format":{"type":"json_schema","json_schema":{"name":"thing","schema":{"type":"object"}}},
             "stream":true,"stream_options":{"include_usage":true}}
            """);
        Assert.True(JsonNode.DeepEquals(expected, Assert.Single(_server.Requests)), _server.Requests.First().ToJsonString());
    }

    [Fact(Timeout = 180_000)]
    public async Task Stream_BytesOneByOneWithCommentsAndCarriageReturns_IsReadAsOneAnswer()
    {
        var wire = ": ping\n\n" + FakeOpenAi.StreamOf("Ünïcode ", "✓ ", "𝄞");
        Answer(async response =>
        {
            foreach (var piece in Encoding.UTF8.GetBytes(wire.Replace("\n", "\r\n", StringComparison.Ordinal)))
            {
                await response.Body.WriteAsync(new[] { piece });
                await response.Body.FlushAsync();
            }
        });

        Assert.Equal("Ünïcode ✓ 𝄞", (await AskAsync(true, [new(ChatRole.User, "x")])).Text);
    }

    [Fact(Timeout = 180_000)]
    public async Task Stream_WithoutDone_IsCompleteOnceTheReasonWasGiven()
    {
        Answer(response => response.WriteAsync(FakeOpenAi.StreamOf("fine").Replace("data: [DONE]\n\n", "", StringComparison.Ordinal)));
        Assert.Equal("fine", (await AskAsync(true, [new(ChatRole.User, "x")])).Text);
    }

    [Theory(Timeout = 180_000)]
    [InlineData("upstream_broken_off", "data: {\"choices\":[{\"delta\":{\"content\":\"half\"},\"finish_reason\":null}]}\n\n")]
    [InlineData("upstream_broken_off", "")]
    [InlineData("invalid_upstream_answer", "data: {\"choices\":[{\"del\n\n")]
    [InlineData("invalid_upstream_answer", "data: [1]\n\n")]
    [InlineData("invalid_upstream_answer", "data: {\"choices\":[{\"delta\":{\"content\":\"\\ud800\"}}]}\n\n")]
    [InlineData("invalid_upstream_answer", "data: {\"choices\":[null]}\n\n")]
    [InlineData("invalid_upstream_answer", "data: {\"choices\":[{\"delta\":{\"tool_calls\":[null]}}]}\n\n")]
    [InlineData("overloaded", "data: {\"error\":{\"message\":\"too busy\",\"code\":\"overloaded\"}}\n\n")]
    [InlineData("upstream_broken_off", "<html>a page</html>")]
    public async Task Stream_Broken_FailsWithWhatHappened(string code, string wire)
    {
        Answer(response => response.WriteAsync(wire));
        var exception = await Assert.ThrowsAsync<ModelException>(() => AskAsync(true, [new(ChatRole.User, "x")]));

        Assert.Equal(code, exception.Code);
        Assert.Equal(502, exception.Status);
        Assert.True(exception.IsRetryable);
    }

    [Fact(Timeout = 180_000)]
    public async Task Stream_ConnectionCutInTheMiddle_DeliversWhatCameAndThenFails()
    {
        _server.Instead = async (context, _) =>
        {
            await context.Response.WriteAsync(FakeOpenAi.Event(FakeOpenAi.Chunk(new JsonObject { ["content"] = "half" }, null)));
            await context.Response.Body.FlushAsync();
            context.Abort();
            return true;
        };

        var text = "";
        var exception = await Assert.ThrowsAsync<ModelException>(async () =>
        {
            await foreach (var update in _client.GetStreamingResponseAsync("x"))
            {
                text += update.Text;
            }
        });

        Assert.Equal("upstream_broken_off", exception.Code);
        Assert.True(text is "half" or "");
    }

    [Theory(Timeout = 180_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Answer_NeverComes_TimesOut(bool stream)
    {
        _server.Instead = async (context, _) =>
        {
            if (stream)
            {
                await context.Response.WriteAsync(": still here\n\n");
                await context.Response.Body.FlushAsync();
            }

            await WaitForAbortAsync(context);
            return true;
        };

        using var host = Host(("Nura:Models:Servers:fake:TimeoutSeconds", "1"));
        using var client = Client(host);
        var exception = await Assert.ThrowsAsync<ModelException>(() => AskAsync(client, stream, [new(ChatRole.User, "x")]));
        Assert.Equal((504, "upstream_timeout", true), (exception.Status, exception.Code, exception.IsRetryable));
    }

    [Theory(Timeout = 180_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Answer_CallerGivesUp_StopsTheServerToo(bool stream)
    {
        var started = new TaskCompletionSource();
        var aborted = new TaskCompletionSource();
        _server.Instead = async (context, _) =>
        {
            started.SetResult();
            await WaitForAbortAsync(context);
            aborted.SetResult();
            return true;
        };

        using var stop = new CancellationTokenSource();
        var answer = AskAsync(stream, [new(ChatRole.User, "x")], null, stop.Token);
        await started.Task;
        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => answer);
        await aborted.Task;
    }

    [Theory(Timeout = 180_000)]
    [InlineData(400, "bad_request", false)]
    [InlineData(404, "model_not_found", false)]
    [InlineData(429, "rate_limit_exceeded", true)]
    [InlineData(429, "insufficient_quota", false)]
    [InlineData(500, "server_error", true)]
    [InlineData(503, "overloaded", true)]
    public async Task Answer_Refused_KeepsStatusCodeAndWords(int status, string code, bool retryable)
    {
        _server.Instead = async (context, _) =>
        {
            context.Response.Headers.RetryAfter = "7";
            await FakeOpenAi.ErrorAsync(context, status, "because I say so", code);
            return true;
        };

        foreach (var stream in (bool[])[false, true])
        {
            var exception = await Assert.ThrowsAsync<ModelException>(() => AskAsync(stream, [new(ChatRole.User, "x")]));
            Assert.Equal((status, code, retryable, "because I say so"), (exception.Status, exception.Code, exception.IsRetryable, exception.UpstreamMessage));
            Assert.Contains("because I say so", exception.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("secret-key", exception.ToString(), StringComparison.Ordinal);
            Assert.Equal(TimeSpan.FromSeconds(7), exception.RetryAfter);
        }
    }

    [Theory(Timeout = 180_000)]
    [InlineData("<html>")]
    [InlineData("null")]
    [InlineData("""{"choices":[]}""")]
    [InlineData("""{"choices":[{"message":null}]}""")]
    [InlineData("""{"choices":[{"message":{"tool_calls":[{"id":"a"}]}}]}""")]
    public async Task Answer_Garbage_FailsAsSuch(string body)
    {
        Answer(response => response.WriteAsync(body));
        var exception = await Assert.ThrowsAsync<ModelException>(() => AskAsync(false, [new(ChatRole.User, "x")]));
        Assert.Equal((502, "invalid_upstream_answer"), (exception.Status, exception.Code));
    }

    [Fact(Timeout = 180_000)]
    public async Task Answer_ServerIsGone_SaysThatItCannotBeReached()
    {
        await _server.DisposeAsync();
        var exception = await Assert.ThrowsAsync<ModelException>(() => AskAsync(false, [new(ChatRole.User, "x")]));
        Assert.Equal((503, "upstream_unreachable", true), (exception.Status, exception.Code, exception.IsRetryable));
    }

    [Fact(Timeout = 180_000)]
    public async Task Answer_BrokenToolArguments_AreKeptAsTheCallsException()
    {
        Answer(response => response.WriteAsync("""{"choices":[{"message":{"tool_calls":[{"id":"a","function":{"name":"f","arguments":"{\"x\":"}}]},"finish_reason":"tool_calls"}]}"""));
        var answer = await AskAsync(false, [new(ChatRole.User, "x")]);
        Assert.IsType<FormatException>(answer.Messages[0].Contents.OfType<FunctionCallContent>().Single().Exception);
    }

    private static Task WaitForAbortAsync(HttpContext context)
    {
        var aborted = new TaskCompletionSource();
        context.RequestAborted.Register(aborted.SetResult);
        return aborted.Task;
    }

    private void Answer(Func<HttpResponse, Task> write) => _server.Instead = async (context, _) =>
    {
        context.Response.ContentType = "text/event-stream";
        await write(context.Response);
        return true;
    };

    private IHost Host(params (string Key, string Value)[] settings) => ModelsHost.Build(
    [
        ("Nura:Models:Servers:fake:BaseUrl", _server.BaseUrl + "/"),
        ("Nura:Models:Servers:fake:ApiKey", "secret-key"),
        ("Nura:Models:Servers:fake:MaxOutput", "500"),
        ("Nura:Models:Servers:fake:Models:0", "mock"),
        .. settings,
    ]);

    private static IChatClient Client(IHost host) => host.Get<ChatClients>().For(host.Get<ModelCatalog>().Find("mock")!);

    private Task<ChatResponse> AskAsync(bool stream, IList<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        AskAsync(_client, stream, messages, options, cancellationToken);

    private static Task<ChatResponse> AskAsync(IChatClient client, bool stream, IList<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) => stream
        ? client.GetStreamingResponseAsync(messages, options, cancellationToken).ToChatResponseAsync(cancellationToken)
        : client.GetResponseAsync(messages, options, cancellationToken);
}
