using Microsoft.Extensions.AI;
using Microsoft.Extensions.Hosting;
using Nura.Models;
using Nura.Tests.Fakes;

namespace Nura.Tests.Models;

public sealed class ResilienceTests : IAsyncLifetime
{
    private FakeOpenAi _first = null!;
    private FakeOpenAi _second = null!;
    private IHost _host = null!;

    public async Task InitializeAsync()
    {
        _first = await FakeOpenAi.StartAsync();
        _second = await FakeOpenAi.StartAsync();
        _host = ModelsHost.Build(
            ("Nura:Models:Servers:first:BaseUrl", _first.BaseUrl), ("Nura:Models:Servers:first:Models:0", "one"),
            ("Nura:Models:Servers:second:BaseUrl", _second.BaseUrl), ("Nura:Models:Servers:second:Models:0", "two"));
    }

    public async Task DisposeAsync()
    {
        _host.Dispose();
        await _first.DisposeAsync();
        await _second.DisposeAsync();
    }

    [Theory(Timeout = 180_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Answer_FailsInPassing_IsTriedAgain(bool stream)
    {
        var failures = 1;
        Fail(_first, _ => Interlocked.Decrement(ref failures) >= 0 ? 503 : 200);
        Assert.Equal("x", (await AskAsync(stream)).Text);
        Assert.Equal((2, 0), (_first.Requests.Count, _second.Requests.Count));
    }

    [Theory(Timeout = 180_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Answer_FirstModelIsDown_ComesFromTheNext(bool stream)
    {
        Fail(_first, _ => 503);
        var answer = await AskAsync(stream);
        Assert.Equal(("x", "two"), (answer.Text, answer.ModelId));
        Assert.Equal((2, 1), (_first.Requests.Count, _second.Requests.Count));
    }

    [Fact(Timeout = 180_000)]
    public async Task Answer_CallersMistake_IsNotTriedAgain()
    {
        Fail(_first, _ => 400);
        Assert.Equal(400, (await Assert.ThrowsAsync<ModelException>(() => AskAsync(false))).Status);
        Assert.Equal((1, 0), (_first.Requests.Count, _second.Requests.Count));
    }

    [Fact(Timeout = 180_000)]
    public async Task Answer_AskedToWaitLong_GoesToTheNextAtOnce()
    {
        _first.Instead = async (context, _) =>
        {
            context.Response.Headers.RetryAfter = "30";
            await FakeOpenAi.ErrorAsync(context, 429, "slow down", "rate_limit_exceeded");
            return true;
        };
        Assert.Equal("two", (await AskAsync(true)).ModelId);
        Assert.Single(_first.Requests);
    }

    [Fact(Timeout = 180_000)]
    public async Task Stream_BreaksAfterItsBeginning_IsNotTriedAgain()
    {
        _first.Instead = async (context, _) =>
        {
            await context.Response.Body.WriteAsync(System.Text.Encoding.UTF8.GetBytes(FakeOpenAi.Event(FakeOpenAi.Chunk(new() { ["content"] = "half" }, null))));
            return true;
        };
        var exception = await Assert.ThrowsAsync<ModelException>(() => AskAsync(true));
        Assert.Equal("upstream_broken_off", exception.Code);
        Assert.Equal((1, 0), (_first.Requests.Count, _second.Requests.Count));
    }

    [Theory(Timeout = 180_000)]
    [InlineData("one two ", "one two", "  three")]
    [InlineData("one tw", "one tw", "o  three")]
    public async Task Stream_BreaksAndItsModelCanGoOn_IsTakenUpWhereItEnded(string before, string handedBack, string after)
    {
        using var catalog = new TemporaryFile("""
            { "models": [{ "id": "able", "provider": "openai", "server": "first", "capabilities": ["prefill", "streaming"] }] }
            """);
        using var host = ModelsHost.Build(("Nura:Models:Catalog", catalog.Path), ("Nura:Models:Servers:first:BaseUrl", _first.BaseUrl), ("Nura:Models:Servers:first:Models:0", "x"));
        _first.Instead = async (context, _) =>
        {
            var text = _first.Requests.Count == 1 ? FakeOpenAi.Event(FakeOpenAi.Chunk(new() { ["content"] = before }, null)) : FakeOpenAi.StreamOf(after);
            await context.Response.Body.WriteAsync(System.Text.Encoding.UTF8.GetBytes(text));
            return true;
        };
        var answer = await host.Get<ChatClients>().For(host.Get<ModelCatalog>().Find("able")!).GetStreamingResponseAsync("x").ToChatResponseAsync();

        Assert.Equal(before.TrimEnd() == before ? "one two  three" : "one two three", answer.Text);
        Assert.Single(answer.Messages);
        var again = _first.Requests.Last();
        var last = again["messages"]!.AsArray()[^1]!;
        Assert.Equal(("assistant", handedBack, true, false), ((string?)last["role"], (string?)last["content"], (bool)again["continue_final_message"]!, (bool)again["add_generation_prompt"]!));
        Assert.False(_first.Requests.First().ContainsKey("continue_final_message"));
    }

    [Fact(Timeout = 180_000)]
    public async Task Provider_AsksForAShortPause_IsGivenAllOfIt()
    {
        var time = new ManualTime();
        var calls = 0;
        var answer = new Tries(new Breakers(time), time).FirstAsync(
            [new ModelInfo { Id = "busy", Provider = "bedrock" }],
            "x",
            (text, _, _) => ++calls == 1 ? throw new ModelException("Busy.", 429, isRetryable: true) { RetryAfter = TimeSpan.FromSeconds(2) } : ValueTask.FromResult(text),
            TimeSpan.FromMilliseconds(20),
            _ => true,
            CancellationToken.None);

        time.Advance(TimeSpan.FromMilliseconds(1_999));
        Assert.Equal((1, false), (calls, answer.IsCompleted));
        time.Advance(TimeSpan.FromMilliseconds(1));

        Assert.Equal(("x", 2), (await answer, calls));
    }

    [Fact(Timeout = 180_000)]
    public async Task Target_Stalls_NextOnesAreAskedAllTheSame()
    {
        Assert.Equal(["1", "2", "3"], await AskThoseThatStallAsync(3, TimeSpan.FromMinutes(2)));
        Assert.Equal(["1", "2", "3"], await AskThoseThatStallAsync(9, TimeSpan.FromMinutes(4)));
    }

    [Theory(Timeout = 180_000)]
    [InlineData("budget_unavailable")]
    [InlineData("usage_unavailable")]
    public async Task Nura_CannotAccountForCalls_IsNotTriedAgainNorHeldAgainstTheProvider(string code)
    {
        var time = new ManualTime();
        var tries = new Tries(new Breakers(time), time);
        var asked = 0;
        for (var i = 0; i < 20; i++)
        {
            var refused = await Assert.ThrowsAsync<ModelException>(() => tries.FirstAsync<string, string>(
                [new ModelInfo { Id = "one", Provider = "bedrock" }, new ModelInfo { Id = "two", Provider = "bedrock" }],
                "x",
                (_, _, _) =>
                {
                    asked++;
                    throw new ModelException("No database.", 503, isRetryable: true) { Code = code, IsNuras = true };
                },
                TimeSpan.Zero,
                _ => true,
                CancellationToken.None));
            Assert.Equal((code, true), (refused.Code, refused.IsRetryable));
        }

        Assert.Equal(20, asked);
    }

    [Fact(Timeout = 180_000)]
    public async Task Bedrock_AsksForALongPause_IsLeftAndTheCallerToldHowLong()
    {
        await using var bedrock = await FakeBedrock.StartAsync();
        using var host = BedrockHost(bedrock);
        bedrock.Instead = async (context, _, _) =>
        {
            context.Response.Headers.RetryAfter = "7";
            await FakeBedrock.ErrorAsync(context, 429, "ThrottlingException", "Too many requests");
            return true;
        };

        var refused = await Assert.ThrowsAsync<ModelException>(() => host.Get<ChatClients>().For(host.Get<ModelCatalog>().Find("claude-haiku-4-5")!).GetResponseAsync("x"));

        Assert.Equal((TimeSpan.FromSeconds(7), 1), (refused.RetryAfter, bedrock.Requests.Count));
    }

    [Fact(Timeout = 180_000)]
    public async Task Stream_KeepsBreaking_EndsWithTheFailure()
    {
        await using var bedrock = await FakeBedrock.StartAsync();
        using var host = BedrockHost(bedrock);
        bedrock.Instead = async (context, _, _) =>
        {
            foreach (var frame in FakeBedrock.Stream([$"{bedrock.Requests.Count} "], null, bedrock.Usage).Take(2))
            {
                await context.Response.Body.WriteAsync(frame);
            }

            return true;
        };
        var text = "";
        var failure = await Assert.ThrowsAsync<ModelException>(async () =>
        {
            await foreach (var update in host.Get<ChatClients>().For(host.Get<ModelCatalog>().Find("claude-haiku-4-5")!).GetStreamingResponseAsync("x"))
            {
                text += update.Text;
            }
        });

        Assert.Equal(("upstream_broken_off", "1 2 3 "), (failure.Code, text));
        Assert.Equal(["x", "1", "1 2"], bedrock.Requests.Select(request => (string)request.Body["messages"]!.AsArray()[^1]!["content"]![0]!["text"]!));
    }

    [Fact(Timeout = 180_000)]
    public async Task Stream_BreaksBeforeItsBeginning_ComesFromTheNext()
    {
        Fail(_first, _ => 200);
        _first.Instead = async (context, _) =>
        {
            await context.Response.Body.WriteAsync(": nothing yet\n\n"u8.ToArray());
            context.Abort();
            return true;
        };
        Assert.Equal("two", (await AskAsync(true)).ModelId);
    }

    [Fact(Timeout = 180_000)]
    public async Task Answer_ModelKeepsFailing_IsLeftAloneForAWhile()
    {
        var time = new ManualTime();
        var tries = new Tries(new Breakers(time), time);
        var (one, two) = (new ModelInfo { Id = "one", Provider = "openai" }, new ModelInfo { Id = "two", Provider = "openai" });
        var (asked, fails) = (0, true);
        Task<string> AskAsync(params ModelInfo[] models) => tries.FirstAsync(
            models,
            "x",
            (_, model, _) =>
            {
                asked += model == one ? 1 : 0;
                return model == one && fails ? throw new ModelException("No.", 500, isRetryable: true) : ValueTask.FromResult(model.Id);
            },
            TimeSpan.Zero,
            _ => true,
            CancellationToken.None);
        for (var i = 0; i < 12; i++)
        {
            Assert.Equal("two", await AskAsync(one, two));
        }

        var alone = await Assert.ThrowsAsync<ModelException>(() => AskAsync(one));
        Assert.Equal((503, "circuit_open", 8), (alone.Status, alone.Code, asked));

        fails = false;
        time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal("one", await AskAsync(one));
    }

    /// <summary>Which of some models were asked, when each but the last takes its time to fail.</summary>
    private static async Task<List<string>> AskThoseThatStallAsync(int count, TimeSpan patience)
    {
        var time = new ManualTime();
        var asked = new List<string>();
        await Record.ExceptionAsync(() => new Tries(new Breakers(time), time).FirstAsync(
            Enumerable.Range(1, count).Select(i => new ModelInfo { Id = $"{i}", Provider = "bedrock" }),
            "x",
            (text, model, _) =>
            {
                asked.Add(model.Id);
                time.Advance(patience);
                return model.Id == $"{count}" ? ValueTask.FromResult(text) : throw new ModelException("Too slow.", 504, isRetryable: true);
            },
            TimeSpan.Zero,
            _ => true,
            CancellationToken.None));
        return asked;
    }

    private static IHost BedrockHost(FakeBedrock bedrock) => ModelsHost.Build(
        ("Nura:Models:Bedrock:Region", "us-east-1"), ("Nura:Models:Bedrock:Endpoint", bedrock.Url),
        ("Nura:Models:Bedrock:AccessKeyId", AwsSignature.AccessKey), ("Nura:Models:Bedrock:SecretAccessKey", AwsSignature.Secret));

    private static void Fail(FakeOpenAi server, Func<int, int> status) => server.Instead = async (context, _) =>
    {
        var code = status(server.Requests.Count);
        if (code != 200)
        {
            await FakeOpenAi.ErrorAsync(context, code, "no", "some_code");
        }

        return code != 200;
    };

    private Task<ChatResponse> AskAsync(bool stream)
    {
        var client = _host.Get<ChatClients>().For(_host.Get<ModelCatalog>().Find("one")! with { Fallbacks = ["two"] });
        return stream ? client.GetStreamingResponseAsync("x").ToChatResponseAsync() : client.GetResponseAsync("x");
    }
}
