using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Nura.Models;
using Nura.Tests.Databases;
using Nura.Tests.Fakes;

namespace Nura.Tests.Gateway;

public sealed class CacheTests(DatabaseFixture databases) : IClassFixture<DatabaseFixture>
{
    private const int Hang = 120_000;

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
        Assert.Equal(text, await second.Content.ReadAsStringAsync());
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

    [Fact(Timeout = Hang)]
    public async Task Answer_KeptByAnotherProcess_IsFoundInTheSharedCache()
    {
        await using var services = new ServiceCollection().AddDistributedMemoryCache().BuildServiceProvider();
        var options = Options.Create(new ModelsOptions { Cache = { Seconds = 60 } });
        using var one = new AnswerCache(options, services);
        using var other = new AnswerCache(options, services);

        Assert.Null(await one.FindAsync("k", share: true, default));
        await one.PutAsync("k", new CachedAnswer("m", "text/event-stream; charset=utf-8", "data: x\n\n"u8.ToArray()), default);
        var found = await other.FindAsync("k", share: true, default);

        Assert.Equal(("m", "text/event-stream; charset=utf-8"), (found!.Model, found.ContentType));
        Assert.Equal("data: x\n\n"u8.ToArray(), found.Body.ToArray());
        await services.GetRequiredService<IDistributedCache>().SetAsync("nura:answer:broken", [1, 2, 3], new DistributedCacheEntryOptions());
        Assert.Null(await other.FindAsync("broken", share: false, default));
    }

    [Fact]
    public void KeyOf_AnotherCallerModelOrBody_IsAnotherKey()
    {
        var model = new ModelInfo { Id = "m", Provider = "openai" };
        string[] keys =
        [
            AnswerCache.KeyOf(new Caller("a"), model, Operations.Chat, "x"u8),
            AnswerCache.KeyOf(new Caller("b"), model, Operations.Chat, "x"u8),
            AnswerCache.KeyOf(new Caller("a"), model with { Id = "n" }, Operations.Chat, "x"u8),
            AnswerCache.KeyOf(new Caller("a"), model, Operations.Embeddings, "x"u8),
            AnswerCache.KeyOf(new Caller("a"), model, Operations.Chat, "y"u8),
        ];
        Assert.Equal(5, keys.Distinct().Count());
    }

    private Task<GatewayHost> StartAsync() => GatewayHost.StartAsync(databases, ("Nura:Models:Cache:Seconds", "60"));
}
