using System.ClientModel;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Nura.Tests.Databases;
using Nura.Tests.Fakes;
using Nura.Tests.Models;
using OpenAI.Chat;
using OpenAI.Embeddings;

namespace Nura.Tests.Gateway;

public sealed class ForwardingTests(DatabaseFixture databases) : IClassFixture<DatabaseFixture>
{
    private const int Hang = 120_000;

    [Fact(Timeout = Hang)]
    public async Task Chat_OfficialClient_GetsAnswersStreamsToolsAndErrors()
    {
        await using var gateway = await GatewayHost.StartAsync(databases);
        var client = gateway.Sdk().GetChatClient("mock");

        ChatCompletion answer = await client.CompleteChatAsync("one two three");
        Assert.Equal(("one two three", 11), (answer.Content[0].Text, answer.Usage.InputTokenCount));
        Assert.Equal("Bearer upstream-secret", gateway.First.Authorization);
        Assert.Equal("mock-1", (string?)gateway.First.Requests.Last()["model"]);

        var text = "";
        await foreach (var update in client.CompleteChatStreamingAsync("one two three"))
        {
            text += string.Concat(update.ContentUpdate.Select(part => part.Text));
        }

        Assert.Equal("one two three", text);
        var options = new ChatCompletionOptions { Tools = { ChatTool.CreateFunctionTool("read_file") } };
        ChatCompletion call = await client.CompleteChatAsync([new UserChatMessage("read it")], options);
        Assert.Equal("read_file", call.ToolCalls[0].FunctionName);
        ChatCompletion result = await client.CompleteChatAsync([new UserChatMessage("read it"), new AssistantChatMessage(call), new ToolChatMessage(call.ToolCalls[0].Id, "the text")], options);
        Assert.Equal("the text", result.Content[0].Text);

        gateway.First.Instead = async (context, _) =>
        {
            await FakeOpenAi.ErrorAsync(context, 400, "No such parameter", "bad_parameter", "invalid_request_error");
            return true;
        };
        var exception = await Assert.ThrowsAsync<ClientResultException>(() => client.CompleteChatAsync("x"));
        Assert.Equal(400, exception.Status);
        Assert.Contains("No such parameter", exception.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = Hang)]
    public async Task Chat_Answered_IsPassedAsItCameAndPaidOnce()
    {
        await using var gateway = await GatewayHost.StartAsync(databases);
        using var response = await gateway.PostAsync("/v1/chat/completions", """{"model":"mock","messages":[{"role":"user","content":"one two"}],"unknown_field":{"a":[1,2]}}""");

        // 7 tokens at 2, 4 cached at 1 and 2 written at 8 dollars a million.
        Assert.Equal("0.000034", response.Headers.GetValues("x-nura-cost").Single());
        Assert.Equal("mock", response.Headers.GetValues("x-nura-model").Single());
        Assert.Equal("mock-1", (string?)gateway.First.Requests.Single()["model"]);
        Assert.Equal("""{"a":[1,2]}""", gateway.First.Requests.Single()["unknown_field"]!.ToJsonString());
        Assert.Equal((1, 0.000034m), await gateway.UsageAsync("mock", 200, 1));
    }

    [Theory(Timeout = Hang)]
    [InlineData("", false)]
    [InlineData(",\"stream_options\":{\"include_usage\":true}", true)]
    public async Task Stream_Usage_IsShownOnlyToThoseWhoAsk(string options, bool shown)
    {
        await using var gateway = await GatewayHost.StartAsync(databases);
        using var response = await gateway.PostAsync("/v1/chat/completions", $$"""{"model":"mock-2","stream":true,"messages":[{"role":"user","content":"one two"}]{{options}}}""");
        var text = await response.Content.ReadAsStringAsync();

        Assert.Equal("text/event-stream", response.Content.Headers.ContentType!.MediaType);
        Assert.Equal(shown, text.Contains("\"prompt_tokens\"", StringComparison.Ordinal));
        Assert.EndsWith("data: [DONE]\n\n", GatewayHost.WithoutCost(text), StringComparison.Ordinal);
        Assert.True((bool)gateway.Second.Requests.Single()["stream_options"]!["include_usage"]!);
        Assert.Equal((1, ((11 * 4) + (2 * 16)) / 1_000_000m), await gateway.UsageAsync("mock-2", 200, 1));
    }

    [Theory(Timeout = Hang)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Chat_FirstServerFails_IsAnsweredByItsFallbackUnseen(bool stream)
    {
        await using var gateway = await GatewayHost.StartAsync(databases);
        gateway.First.Instead = async (context, _) =>
        {
            await FakeOpenAi.ErrorAsync(context, 503, "overloaded");
            return true;
        };
        using var response = await gateway.PostAsync("/v1/chat/completions", $$"""{"model":"mock","stream":{{(stream ? "true" : "false")}},"messages":[{"role":"user","content":"one two"}]}""");

        Assert.Equal(200, (int)response.StatusCode);
        Assert.Equal("mock-2", response.Headers.GetValues("x-nura-model").Single());
        Assert.DoesNotContain("error", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(1, Math.Sign((await gateway.UsageAsync("mock", 503, 1)).Count));
    }

    [Theory(Timeout = Hang)]
    [InlineData("")]
    [InlineData(": waiting\n\n")]
    [InlineData("event: error\n")]
    public async Task Stream_ErrorBeforeAnything_IsAnsweredByTheFallback(string before)
    {
        await using var gateway = await GatewayHost.StartAsync(databases);
        gateway.First.Instead = async (context, _) =>
        {
            await context.Response.WriteAsync(before + "data: {\"error\":{\"message\":\"busy\",\"code\":\"overloaded\"}}\n\n");
            return true;
        };
        using var response = await gateway.PostAsync("/v1/chat/completions", """{"model":"mock","stream":true,"messages":[{"role":"user","content":"one two"}]}""");
        Assert.Contains(" two", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory(Timeout = Hang)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Answer_IsAnErrorOrNotWhole_IsAnsweredByTheFallback(bool isCut)
    {
        await using var gateway = await GatewayHost.StartAsync(databases);
        gateway.First.Instead = async (context, _) =>
        {
            context.Response.ContentLength = isCut ? 100 : null;
            await context.Response.WriteAsync("{ \"error\": { \"message\": \"out of memory\" } }");
            return true;
        };
        using var response = await gateway.PostAsync("/v1/chat/completions", """{"model":"mock","messages":[{"role":"user","content":"one two"}]}""");

        Assert.Equal((200, "mock-2"), ((int)response.StatusCode, response.Headers.GetValues("x-nura-model").Single()));
        Assert.Contains("one two", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(0, (await gateway.UsageAsync("mock", 502, 1)).Cost);
    }

    [Fact(Timeout = Hang)]
    public async Task Answer_IsAnErrorOfTheOnlyServer_IsToldAndNotKept()
    {
        await using var gateway = await GatewayHost.StartAsync(databases, ("Nura:Models:Cache:Seconds", "60"));
        gateway.First.Instead = async (context, _) =>
        {
            await context.Response.WriteAsync("{ \"error\": { \"message\": \"out of memory\" } }");
            return true;
        };
        const string Body = """{"model":"lonely","messages":[{"role":"user","content":"one two"}]}""";
        using var refused = await gateway.PostAsync("/v1/chat/completions", Body);
        Assert.Equal(502, (int)refused.StatusCode);
        Assert.Contains("out of memory", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);

        gateway.First.Instead = null;
        using var answer = await gateway.PostAsync("/v1/chat/completions", Body);
        Assert.Equal(200, (int)answer.StatusCode);
    }

    [Theory(Timeout = Hang)]
    [InlineData("cut")]
    [InlineData("end")]
    [InlineData("stall")]
    public async Task Stream_BreaksAfterItsBeginning_EndsWithAnErrorThatTheOfficialClientSees(string how)
    {
        var begun = new TaskCompletionSource();
        await using var gateway = await GatewayHost.StartAsync(databases, how == "stall" ? [("Nura:Models:Servers:first:TimeoutSeconds", "2")] : []);
        gateway.First.Instead = async (context, _) =>
        {
            await context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(FakeOpenAi.Event(FakeOpenAi.Chunk(new JsonObject { ["content"] = "half" }, null)) + "data: {\"half an ev"));
            await context.Response.Body.FlushAsync();
            if (how == "stall")
            {
                await Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
            }
            else if (how == "cut")
            {
                // The first event has left before the connection is torn.
                await begun.Task;
                context.Abort();
            }

            return true;
        };
        using var response = await gateway.PostAsync("/v1/chat/completions", """{"model":"lonely","stream":true,"messages":[]}""");
        begun.SetResult();
        var text = await response.Content.ReadAsStringAsync();

        Assert.Contains("half", text, StringComparison.Ordinal);
        Assert.EndsWith("\"code\":\"upstream_broken_off\"}}\n\n", GatewayHost.WithoutCost(text), StringComparison.Ordinal);
        Assert.DoesNotContain("half an ev", text, StringComparison.Ordinal);
        await gateway.UsageAsync("lonely", how == "stall" ? 504 : 502, 1);
    }

    [Fact(Timeout = Hang)]
    public async Task Stream_QuotesItsOwnEndAndBreaks_EndsWithAnError()
    {
        await using var gateway = await GatewayHost.StartAsync(databases);
        var words = new JsonObject { ["content"] = "It ends with \"finish_reason\":\"stop\" and\n\ndata: [DONE]\n\n" };
        gateway.First.Instead = async (context, _) =>
        {
            await context.Response.WriteAsync(FakeOpenAi.Event(FakeOpenAi.Chunk(words, null)));
            return true;
        };
        using var response = await gateway.PostAsync("/v1/chat/completions", """{"model":"lonely","stream":true,"messages":[]}""");

        Assert.EndsWith("\"code\":\"upstream_broken_off\"}}\n\n", GatewayHost.WithoutCost(await response.Content.ReadAsStringAsync()), StringComparison.Ordinal);
    }

    [Theory(Timeout = Hang)]
    [InlineData("\n")]
    [InlineData("\r\n")]
    public async Task Stream_WithBlanksAndWithoutDone_IsWholeAndItsUsageCountsUnseen(string newLine)
    {
        await using var gateway = await GatewayHost.StartAsync(databases);
        var answer = string.Concat(
            """data: {"choices": [{"index": 0, "delta": {"content": "one"}, "finish_reason": null}], "usage": null}""", newLine, newLine,
            """data: {"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}], "usage": null}""", newLine, newLine);
        gateway.First.Instead = async (context, _) =>
        {
            await context.Response.WriteAsync(string.Concat(answer, """data: {"choices": [], "usage": {"prompt_tokens": 1000, "completion_tokens": 100}}""", newLine, newLine));
            return true;
        };
        using var response = await gateway.PostAsync("/v1/chat/completions", """{"model":"able","stream":true,"messages":[]}""");

        // 1,000 tokens at 2 and 100 at 8 dollars a million.
        Assert.Equal(answer + ": x-nura-cost 0.0028", (await response.Content.ReadAsStringAsync()).TrimEnd());
    }

    [Fact(Timeout = Hang)]
    public async Task Stream_CallerHangsUp_StopsTheServerAndIsRecorded()
    {
        await using var gateway = await GatewayHost.StartAsync(databases);
        var stopped = new TaskCompletionSource();
        gateway.First.Instead = async (context, _) =>
        {
            context.RequestAborted.Register(stopped.SetResult);
            await context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(FakeOpenAi.Event(FakeOpenAi.Chunk(new JsonObject { ["content"] = "half" }, null))));
            await context.Response.Body.FlushAsync();
            await stopped.Task;
            return true;
        };
        using (var response = await gateway.PostAsync("/v1/chat/completions", """{"model":"lonely","stream":true,"messages":[]}"""))
        {
            await using var body = await response.Content.ReadAsStreamAsync();
            await body.ReadExactlyAsync(new byte[10]);
        }

        await stopped.Task;
        await gateway.UsageAsync("lonely", 499, 1);
    }

    [Fact(Timeout = Hang)]
    public async Task Answer_CallerHangsUpWhileTheServerWorks_PaysForThePrompt()
    {
        await using var gateway = await GatewayHost.StartAsync(databases);
        var working = new TaskCompletionSource();
        gateway.First.Instead = async (context, _) =>
        {
            working.SetResult();
            await Task.Delay(Timeout.Infinite, context.RequestAborted);
            return true;
        };
        using var hangUp = new CancellationTokenSource();
        using var body = new StringContent("""{"model":"mock","messages":[{"role":"user","content":"a question"}]}""", Encoding.UTF8, "application/json");
        var answer = gateway.Service.Http.PostAsync(new Uri("/v1/chat/completions", UriKind.Relative), body, hangUp.Token);
        await working.Task;
        await hangUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => answer);

        // 68 bytes are about 17 tokens, at 2 dollars a million.
        Assert.Equal((1, 0.000034m), await gateway.UsageAsync("mock", 499, 1));
    }

    [Fact(Timeout = Hang)]
    public async Task Stream_SilentForLong_SendsComments()
    {
        await using var gateway = await GatewayHost.StartAsync(databases, ("Nura:Api:Heartbeat", "00:00:00.1"));
        var goOn = new TaskCompletionSource();
        gateway.First.Instead = async (context, _) =>
        {
            await context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(FakeOpenAi.Event(FakeOpenAi.Chunk(new JsonObject { ["content"] = "half" }, null))));
            await context.Response.Body.FlushAsync();
            await goOn.Task;
            await context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(FakeOpenAi.StreamOf(" and half")));
            return true;
        };
        using var response = await gateway.PostAsync("/v1/chat/completions", """{"model":"lonely","stream":true,"messages":[]}""");
        using var lines = new StreamReader(await response.Content.ReadAsStreamAsync());
        while (await lines.ReadLineAsync() is { } line && !line.StartsWith(':'))
        {
        }

        goOn.SetResult();
        Assert.EndsWith("data: [DONE]\n\n", GatewayHost.WithoutCost(await lines.ReadToEndAsync()), StringComparison.Ordinal);
    }

    [Theory(Timeout = Hang)]
    [InlineData("{\"model\":\"mock\"", 400)]
    [InlineData("[]", 400)]
    [InlineData("{\"model\":\"nobody\",\"messages\":[]}", 400)]
    public async Task Chat_BrokenBody_IsRefusedInOpenAisShape(string body, int status)
    {
        await using var gateway = await GatewayHost.StartAsync(databases);
        using var response = await gateway.PostAsync("/v1/chat/completions", body);
        Assert.Equal(status, (int)response.StatusCode);
        Assert.NotNull(JsonNode.Parse(await response.Content.ReadAsStringAsync())!["error"]!["message"]);
    }

    [Theory(Timeout = Hang)]
    [InlineData("mock-embed", 2)]
    [InlineData("titan-embed-text-v2", 1024)]
    [InlineData("titan-embed-text-v1", 1536)]
    [InlineData("cohere-embed-english-v3", 1024)]
    [InlineData("cohere-embed-v4", 1536)]
    public async Task Embeddings_OfficialClient_GetsOneVectorForEachTextInOrder(string model, int dimensions)
    {
        await using var gateway = await GatewayHost.StartAsync(databases);
        var texts = Enumerable.Range(1, 130).Select(length => new string('x', length)).ToList();
        OpenAIEmbeddingCollection answer = await gateway.Sdk().GetEmbeddingClient(model).GenerateEmbeddingsAsync(texts);

        Assert.Equal(texts.Select(text => (float)text.Length), answer.Select(vector => vector.ToFloats().Span[0]));
        Assert.All(answer, vector => Assert.Equal(dimensions, vector.ToFloats().Length));
        Assert.Equal(1, (await gateway.UsageAsync(model, 200, 1)).Count);
    }

    [Fact(Timeout = Hang)]
    public async Task Embeddings_DimensionsTheModelDoesNotOffer_AreRefused()
    {
        await using var gateway = await GatewayHost.StartAsync(databases);
        using var response = await gateway.PostAsync("/v1/embeddings", """{"model":"titan-embed-text-v2","input":"x","dimensions":7}""");
        Assert.Equal(400, (int)response.StatusCode);
        Assert.Contains("1024, 512, 256", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact(Timeout = Hang)]
    public async Task Chat_BudgetUsedUp_Is429AndNotToBeTriedAgain()
    {
        await using var gateway = await GatewayHost.StartAsync(databases, ("Nura:Models:Budgets:tiny:Limit", 0.00001m.ToString(CultureInfo.InvariantCulture)));
        using var response = await gateway.PostAsync("/v1/chat/completions", """{"model":"mock","max_tokens":100,"messages":[]}""");
        Assert.Equal((429, "false"), ((int)response.StatusCode, response.Headers.GetValues("x-should-retry").Single()));
        Assert.Contains("budget_exceeded", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Empty(gateway.First.Requests);
    }

    /// <summary>A hundredth of a dollar is 10,000 tokens at a dollar a million.</summary>
    [Theory(Timeout = Hang)]
    [InlineData("""{"model":"short","max_tokens":4000,"messages":[]}""", 200)]
    [InlineData("""{"model":"short","max_tokens":4000,"n":2,"messages":[]}""", 200)]
    [InlineData("""{"model":"short","max_tokens":4000,"n":3,"messages":[]}""", 429)]
    [InlineData("""{"model":"short","max_tokens":4000,"n":9000000000000000000,"messages":[]}""", 429)]
    [InlineData("""{"model":"short","messages":[]}""", 200)]
    [InlineData("""{"model":"long","messages":[]}""", 429)]
    public async Task Chat_UnderABudget_PutsTheLongestAnswersAside(string body, int status)
    {
        using var catalog = new TemporaryFile("""
            { "models": [
              { "id": "short", "provider": "openai", "server": "first", "prices": [{ "input": 0, "output": 1 }] },
              { "id": "long", "provider": "openai", "server": "first", "maxOutput": 100000, "prices": [{ "input": 0, "output": 1 }] } ] }
            """);
        var name = $"b{Guid.NewGuid():N}";
        await using var gateway = await GatewayHost.StartAsync(databases, ("Nura:Models:Catalog", catalog.Path), ($"Nura:Models:Budgets:{name}:Limit", "0.01"));
        gateway.First.Instead = async (context, _) =>
        {
            await context.Response.WriteAsync("""{"choices":[],"usage":{"prompt_tokens":1,"completion_tokens":1}}""");
            return true;
        };
        using var response = await gateway.PostAsync("/v1/chat/completions", body);
        Assert.Equal(status, (int)response.StatusCode);
    }

    [Fact(Timeout = Hang)]
    public async Task Chat_OnBedrock_OfficialClientGetsTheSameShapes()
    {
        await using var gateway = await GatewayHost.StartAsync(databases);
        var client = gateway.Sdk().GetChatClient("claude-haiku-4-5");
        ChatCompletion answer = await client.CompleteChatAsync("one two three");
        Assert.Equal(("one two three", 25), (answer.Content[0].Text, answer.Usage.InputTokenCount));
        var options = new ChatCompletionOptions { Tools = { ChatTool.CreateFunctionTool("read_file") } };
        ChatCompletion call = await client.CompleteChatAsync([new UserChatMessage("read it")], options);
        Assert.Equal("read_file", call.ToolCalls[0].FunctionName);
        Assert.True((await gateway.UsageAsync("claude-haiku-4-5", 200, 2)).Cost > 0);
    }
}
