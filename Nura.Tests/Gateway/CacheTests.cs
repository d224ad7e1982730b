using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Nura.Models;
using Nura.Tests.Databases;
using Nura.Tests.Fakes;
using Nura.Tests.Requirements;

namespace Nura.Tests.Gateway;

public sealed class CacheTests(DatabaseFixture databases) : IClassFixture<DatabaseFixture>
{
    private const int Hang = 180_000;
    private const string Stream = """{"model":"lonely","stream":true,"messages":[{"role":"user","content":"one two"}]}""";

    [Theory(Timeout = Hang)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Answer_AskedForAgain_ComesFromTheCacheByteForByteAndCostsNothing(bool stream)
    {
        await using var gateway = await StartAsync();
        var body = $$"""{"model":"mock","stream":{{(stream ? "true" : "false")}},"messages":[{"role":"user","content":"one two"}]}""";
        using var first = await gateway.PostAsync("/v1/chat/completions", body);
        var text = await first.Content.ReadAsStringAsync();
        using var second = await gateway.PostAsync("/v1/chat/completions", body);

        Assert.False(first.Headers.Contains("x-nura-cache"));
        Assert.Equal(("hit", "0", "mock"), (second.Headers.GetValues("x-nura-cache").Single(), second.Headers.GetValues("x-nura-cost").Single(), second.Headers.GetValues("x-nura-model").Single()));
        Assert.Equal(GatewayHost.WithoutCost(text), await second.Content.ReadAsStringAsync());
        Assert.Equal(first.Content.Headers.ContentType, second.Content.Headers.ContentType);
        Assert.Single(gateway.First.Requests);
    }

    [Fact(Timeout = Hang)]
    public async Task Answer_AskedForByManyAtOnce_IsFetchedOnce()
    {
        await using var gateway = await StartAsync();
        var (arrived, goOn) = (new TaskCompletionSource(), new TaskCompletionSource());
        gateway.First.Instead = async (_, _) =>
        {
            arrived.TrySetResult();
            await goOn.Task;
            return false;
        };
        const string Body = """{"model":"mock","messages":[{"role":"user","content":"one two"}]}""";
        var first = gateway.PostAsync("/v1/chat/completions", Body);
        await arrived.Task;
        var others = Enumerable.Range(0, 20).Select(_ => gateway.PostAsync("/v1/chat/completions", Body)).ToList();
        goOn.SetResult();

        foreach (var answer in await Task.WhenAll([first, .. others]))
        {
            Assert.Contains("one two", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
            answer.Dispose();
        }

        Assert.Single(gateway.First.Requests);
    }

    [Fact(Timeout = Hang)]
    public async Task Answer_NotWantedFromTheCacheOrFailed_IsFetched()
    {
        await using var gateway = await StartAsync();
        const string Body = """{"model":"lonely","messages":[{"role":"user","content":"x"}]}""";
        gateway.First.Instead = async (context, _) =>
        {
            var fails = gateway.First.Requests.Count == 1;
            if (fails)
            {
                await FakeOpenAi.ErrorAsync(context, 400, "no");
            }

            return fails;
        };
        using var failed = await gateway.PostAsync("/v1/chat/completions", Body);
        using var fetched = await gateway.PostAsync("/v1/chat/completions", Body);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/chat/completions")
        {
            Content = new StringContent(Body, System.Text.Encoding.UTF8, "application/json"),
            Headers = { { "cache-control", "no-cache" } },
        };
        using var fresh = await gateway.Service.Http.SendAsync(request);

        Assert.Equal((400, 200, 200), ((int)failed.StatusCode, (int)fetched.StatusCode, (int)fresh.StatusCode));
        Assert.Equal(3, gateway.First.Requests.Count);
    }

    [ToolFact("redis-server", Timeout = Hang)]
    public async Task Answer_KeptByAnotherInstance_IsFoundInRedisUntilRedisIsGone()
    {
        using var redis = await RedisServer.StartAsync();
        (string, string?)[] settings = [("Nura:Models:Cache:Seconds", "60"), ("ConnectionStrings:cache", redis.Address)];
        await using var one = await GatewayHost.StartAsync(databases, settings);
        await using var other = await GatewayHost.StartAsync(databases, settings);
        HttpResponseMessage found;
        for (var i = 0; ; i++)
        {
            // On a busy machine Redis may be given up for a moment; then the next question is tried.
            var body = $$"""{"model":"mock","stream":true,"messages":[{"role":"user","content":"question {{i}}"}]}""";
            using var fetched = await one.PostAsync("/v1/chat/completions", body);
            var text = await fetched.Content.ReadAsStringAsync();
            found = await other.PostAsync("/v1/chat/completions", body);
            if (found.Headers.Contains("x-nura-cache"))
            {
                Assert.Equal(GatewayHost.WithoutCost(text), await found.Content.ReadAsStringAsync());
                Assert.Equal((i + 1, i), (one.First.Requests.Count, other.First.Requests.Count));
                break;
            }

            found.Dispose();
        }

        found.Dispose();
        await redis.KillAsync();
        using var without = await other.PostAsync("/v1/chat/completions", """{"model":"mock","messages":[{"role":"user","content":"three"}]}""");
        Assert.Contains("three", await without.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact(Timeout = Hang)]
    public async Task Stream_AskedForByManyAtOnce_IsFetchedOnceAndFollowedAsItComes()
    {
        await using var gateway = await StartAsync();
        var goOn = Hold(gateway);
        using var first = await gateway.PostAsync("/v1/chat/completions", Stream);
        // Its headers come with the first event, while the server still holds back the rest.
        using var second = await gateway.PostAsync("/v1/chat/completions", Stream);
        Assert.Equal(("shared", "0"), (second.Headers.GetValues("x-nura-cache").Single(), second.Headers.GetValues("x-nura-cost").Single()));
        goOn.SetResult();
        var text = GatewayHost.WithoutCost(await first.Content.ReadAsStringAsync());

        Assert.EndsWith("data: [DONE]\n\n", text, StringComparison.Ordinal);
        Assert.Equal(text, await second.Content.ReadAsStringAsync());
        Assert.Single(gateway.First.Requests);
    }

    [Fact(Timeout = Hang)]
    public async Task Stream_FirstCallerHangsUp_OthersGetItWhole()
    {
        await using var gateway = await StartAsync();
        var goOn = Hold(gateway);
        var first = await gateway.PostAsync("/v1/chat/completions", Stream);
        using var second = await gateway.PostAsync("/v1/chat/completions", Stream);
        first.Dispose();
        goOn.SetResult();

        Assert.EndsWith("data: [DONE]\n\n", await second.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Single(gateway.First.Requests);
    }

    [Fact(Timeout = Hang)]
    public async Task Stream_EverybodyHangsUp_ServerIsToldAndNothingIsKept()
    {
        await using var gateway = await StartAsync();
        var cut = new TaskCompletionSource();
        gateway.First.Instead = async (context, _) =>
        {
            context.RequestAborted.Register(() => cut.TrySetResult());
            await context.Response.WriteAsync(FakeOpenAi.Event(FakeOpenAi.Chunk(new JsonObject { ["content"] = "one" }, null)));
            await context.Response.Body.FlushAsync();
            await cut.Task;
            return true;
        };
        var first = await gateway.PostAsync("/v1/chat/completions", Stream);
        var second = await gateway.PostAsync("/v1/chat/completions", Stream);
        first.Dispose();
        second.Dispose();
        await cut.Task;
        gateway.First.Instead = null;
        string text;
        do
        {
            using var third = await gateway.PostAsync("/v1/chat/completions", Stream);
            text = GatewayHost.WithoutCost(await third.Content.ReadAsStringAsync());
        }
        while (!text.EndsWith("data: [DONE]\n\n", StringComparison.Ordinal));
    }

    [Fact(Timeout = Hang)]
    public async Task Stream_ServerFailsBeforeItBegins_FollowersFetchTheirOwn()
    {
        await using var gateway = await StartAsync();
        var (arrived, goOn) = (new TaskCompletionSource(), new TaskCompletionSource());
        gateway.First.Instead = async (context, _) =>
        {
            if (gateway.First.Requests.Count > 1)
            {
                return false;
            }

            arrived.SetResult();
            await goOn.Task;
            await FakeOpenAi.ErrorAsync(context, 400, "no");
            return true;
        };
        var first = gateway.PostAsync("/v1/chat/completions", Stream);
        await arrived.Task;
        var second = gateway.PostAsync("/v1/chat/completions", Stream);
        goOn.SetResult();
        using var failed = await first;
        using var answered = await second;

        Assert.Equal((400, 200), ((int)failed.StatusCode, (int)answered.StatusCode));
        Assert.EndsWith("data: [DONE]\n\n", GatewayHost.WithoutCost(await answered.Content.ReadAsStringAsync()), StringComparison.Ordinal);
    }

    /// <summary>As vLLM does when it fails in the middle of an answer.</summary>
    [Fact(Timeout = Hang)]
    public async Task Stream_TellsAnErrorAndEndsAsOthersDo_IsAFailureAndNotKept()
    {
        await using var gateway = await StartAsync();
        var before = await gateway.UsageAsync("able", 502, 0);
        var begin = FakeOpenAi.Event(FakeOpenAi.Chunk(new JsonObject { ["content"] = "one" }, null));
        gateway.First.Instead = async (context, _) =>
        {
            if (gateway.First.Requests.Count == 1)
            {
                await context.Response.WriteAsync(begin + "data: {\"error\": {\"message\": \"out of memory\", \"code\": 500}}\n\ndata: [DONE]\n\n");
            }

            return gateway.First.Requests.Count == 1;
        };
        const string Body = """{"model":"able","stream":true,"messages":[{"role":"user","content":"one two"}]}""";
        using var failed = await gateway.PostAsync("/v1/chat/completions", Body);
        Assert.Equal(begin + "data: {\"error\": {\"message\": \"out of memory\", \"code\": 500}}\n\ndata: [DONE]\n\n", GatewayHost.WithoutCost(await failed.Content.ReadAsStringAsync()));
        using var fetched = await gateway.PostAsync("/v1/chat/completions", Body);

        Assert.Contains("two", await fetched.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal((false, 2), (fetched.Headers.Contains("x-nura-cache"), gateway.First.Requests.Count));
        Assert.Equal(before.Count + 1, (await gateway.UsageAsync("able", 502, (int)before.Count + 1)).Count);
    }

    [Fact]
    public void AnswerKey_OfAnotherCallerModelOrBody_IsAnother()
    {
        var model = new ModelInfo { Id = "m", Provider = "openai" };
        AnswerKey[] keys =
        [
            AnswerKey.Of(new Caller("a"), model, Operations.Chat, "x"u8),
            AnswerKey.Of(new Caller("b"), model, Operations.Chat, "x"u8),
            AnswerKey.Of(new Caller("a"), model with { Id = "n" }, Operations.Chat, "x"u8),
            AnswerKey.Of(new Caller("a"), model, Operations.Embeddings, "x"u8),
            AnswerKey.Of(new Caller("a"), model, Operations.Chat, "y"u8),
        ];
        Assert.Equal(5, keys.Distinct().Count());
    }

    /// <summary>The server sends the first event, and the rest when told to.</summary>
    private static TaskCompletionSource Hold(GatewayHost gateway)
    {
        var goOn = new TaskCompletionSource();
        gateway.First.Instead = async (context, _) =>
        {
            var text = FakeOpenAi.StreamOf("one", " two");
            var cut = text.IndexOf("\n\n", StringComparison.Ordinal) + 2;
            context.Response.ContentType = "text/event-stream";
            await context.Response.WriteAsync(text[..cut]);
            await context.Response.Body.FlushAsync();
            await goOn.Task;
            await context.Response.WriteAsync(text[cut..]);
            return true;
        };
        return goOn;
    }

    private Task<GatewayHost> StartAsync() => GatewayHost.StartAsync(databases, ("Nura:Models:Cache:Seconds", "60"));
}
