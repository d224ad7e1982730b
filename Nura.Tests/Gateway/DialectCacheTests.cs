using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Nura.Api.Gateway;
using Nura.Models;
using Nura.Tests.Api;
using Nura.Tests.Databases;
using Nura.Tests.Fakes;
using Nura.Tests.Requirements;

namespace Nura.Tests.Gateway;

/// <summary>The exact cache for all that is not forwarded to an OpenAI-compatible server in its own dialect (<see cref="CacheTests"/>).</summary>
public sealed class DialectCacheTests(DatabaseFixture databases) : IClassFixture<DatabaseFixture>
{
    private const int Hang = 180_000;
    private const string Haiku = "us.anthropic.claude-haiku-4-5-20251001-v1:0";
    private const string EventStreamType = "application/vnd.amazon.eventstream";

    /// <summary>Dialect, and where the model is that answers.</summary>
    public static TheoryData<string> Dialects => ["openai to bedrock", "anthropic to bedrock", "anthropic to openai", "converse to bedrock", "converse to openai", "invoke to bedrock", "invoke to openai"];

    [Theory(Timeout = Hang)]
    [MemberData(nameof(Dialects))]
    public async Task Answer_AskedForAgain_ComesFromTheCacheAndCostsNothing(string dialect)
    {
        await using var gateway = await StartAsync();
        foreach (var stream in (bool[])[false, true])
        {
            using var first = await AskAsync(gateway, dialect, stream);
            var text = await TextAsync(first);
            using var second = await AskAsync(gateway, dialect, stream);
            using var third = await AskAsync(gateway, dialect, stream);
            var bytes = await second.Content.ReadAsByteArrayAsync();

            Assert.Equal((null, "hit", "hit", "0"), (Kind(first), Kind(second), Kind(third), second.Headers.GetValues("x-nura-cost").Single()));
            Assert.Equal(first.Headers.GetValues("x-nura-model"), second.Headers.GetValues("x-nura-model"));
            Assert.Equal(first.Content.Headers.ContentType, second.Content.Headers.ContentType);
            Assert.Equal(text, await TextAsync(second));
            Assert.Equal(bytes, await third.Content.ReadAsByteArrayAsync());
            // What is given again tells no cost of its own.
            Assert.DoesNotContain("\"cost\":\"0.", Encoding.UTF8.GetString(bytes), StringComparison.Ordinal);
        }

        Assert.Equal(2, Asked(gateway));
    }

    [Theory(Timeout = Hang)]
    [MemberData(nameof(Dialects))]
    public async Task Answer_OfAnotherKeyOrNotWantedFromTheCache_IsFetched(string dialect)
    {
        await using var gateway = await StartAsync();
        using var made = await gateway.Service.Http.PostAsJsonAsync("/api/keys", new { name = "another" });
        var key = (string)(await made.Content.ReadFromJsonAsync<JsonObject>())!["key"]!;
        foreach (var stream in (bool[])[false, true])
        {
            using var first = await AskAsync(gateway, dialect, stream);
            var text = await TextAsync(first);
            using var another = await AskAsync(gateway, dialect, stream, ("authorization", $"Bearer {key}"));
            using var fresh = await AskAsync(gateway, dialect, stream, ("cache-control", "no-cache"));

            Assert.Equal((200, null, 200, null), ((int)another.StatusCode, Kind(another), (int)fresh.StatusCode, Kind(fresh)));
            Assert.NotEmpty(text);
        }

        Assert.Equal(6, Asked(gateway));
    }

    [Theory(Timeout = Hang)]
    [MemberData(nameof(Dialects))]
    public async Task Stream_BreaksAfterItsBeginning_IsToldToFollowersAndNotKept(string dialect)
    {
        await using var gateway = await StartAsync();
        var goesOn = Hold(gateway);
        using var first = await AskAsync(gateway, dialect, stream: true);
        using var second = await AskAsync(gateway, dialect, stream: true);
        goesOn.SetResult(false);
        var text = await TextAsync(first);
        Assert.Equal(text, await TextAsync(second));
        Assert.Equal("shared", Kind(second));

        // Some models are asked to go on before it is given up.
        var asked = Asked(gateway);
        Free(gateway);
        using var third = await AskAsync(gateway, dialect, stream: true);
        Assert.Null(Kind(third));
        Assert.NotEqual(text, await TextAsync(third));
        Assert.Equal(asked + 1, Asked(gateway));
    }

    [Theory(Timeout = Hang)]
    [MemberData(nameof(Dialects))]
    public async Task Stream_AskedForByManyAtOnceWhileTheFirstHangsUp_IsFetchedOnce(string dialect)
    {
        await using var gateway = await StartAsync();
        var goesOn = Hold(gateway);
        var first = await AskAsync(gateway, dialect, stream: true);
        // Their headers come with the first event, while the server still holds back the rest.
        using var second = await AskAsync(gateway, dialect, stream: true);
        using var third = await AskAsync(gateway, dialect, stream: true);
        first.Dispose();
        goesOn.SetResult(true);
        var bytes = await second.Content.ReadAsByteArrayAsync();

        Assert.Equal(("shared", "0", "shared"), (Kind(second), second.Headers.GetValues("x-nura-cost").Single(), Kind(third)));
        Assert.Equal(bytes, await third.Content.ReadAsByteArrayAsync());
        Assert.Equal(1, Asked(gateway));
        Free(gateway);
        using var later = await AskAsync(gateway, dialect, stream: true);
        Assert.Equal(bytes, await later.Content.ReadAsByteArrayAsync());
    }

    [Fact(Timeout = Hang)]
    [Trait("Inside", "service")]
    public async Task Turn_ItsCallerHangsUp_GoesOnAsLongAsAnybodyWaits()
    {
        await using var gateway = await StartAsync();
        var cache = gateway.Service.Get<AnswerCache>();
        using var caller = new CancellationTokenSource();
        var http = new DefaultHttpContext { RequestAborted = caller.Token };
        await using var turn = new AnswerTurn(http, cache, default, (await cache.FindAsync(default, default)).Flight!);
        var follower = await cache.FindAsync(default, default);
        var aborted = new TaskCompletionSource();
        using var registration = http.RequestAborted.Register(aborted.SetResult);
        await caller.CancelAsync();
        Assert.False(http.RequestAborted.IsCancellationRequested);

        follower.Flight!.Leave();
        await aborted.Task;
    }

    [Theory(Timeout = Hang)]
    [MemberData(nameof(Dialects))]
    public async Task Answer_AskedForByManyAtOnce_IsFetchedOnce(string dialect)
    {
        await using var gateway = await StartAsync();
        var (arrived, goOn) = (new TaskCompletionSource(), new TaskCompletionSource());
        gateway.First.Instead = async (_, _) => await WaitAsync();
        gateway.Bedrock.Instead = async (_, _, _) => await WaitAsync();
        var first = AskAsync(gateway, dialect, stream: false);
        await arrived.Task;
        var others = Enumerable.Range(0, 5).Select(_ => AskAsync(gateway, dialect, stream: false)).ToList();
        goOn.SetResult();
        using var answer = await first;
        var bytes = await answer.Content.ReadAsByteArrayAsync();

        foreach (var other in await Task.WhenAll(others))
        {
            Assert.Equal(bytes, await other.Content.ReadAsByteArrayAsync());
            other.Dispose();
        }

        Assert.Equal(1, Asked(gateway));

        async Task<bool> WaitAsync()
        {
            arrived.TrySetResult();
            await goOn.Task;
            return false;
        }
    }

    [Fact(Timeout = Hang)]
    public async Task Bedrock_HeadersThatChangeTheAnswer_ArePartOfTheRequest()
    {
        await using var gateway = await StartAsync();
        using var plain = await AskAsync(gateway, "invoke to bedrock", stream: false);
        using var guarded = await AskAsync(gateway, "invoke to bedrock", stream: false, ("x-amzn-bedrock-guardrailidentifier", "g"));
        using var again = await AskAsync(gateway, "invoke to bedrock", stream: false, ("X-Amzn-Bedrock-GuardrailIdentifier", "g"));

        Assert.Equal((null, null, "hit", 2), (Kind(plain), Kind(guarded), Kind(again), Asked(gateway)));
        Assert.Equal(guarded.Headers.GetValues("x-amzn-bedrock-output-token-count"), again.Headers.GetValues("x-amzn-bedrock-output-token-count"));
    }

    [Theory(Timeout = Hang)]
    [InlineData("titan-embed-text-v2")]
    [InlineData("mock-embed")]
    public async Task Vectors_AskedForAgain_ComeFromTheCache(string model)
    {
        await using var gateway = await StartAsync();
        var body = $$"""{"model":"{{model}}","input":["one","three"]}""";
        using var first = await gateway.PostAsync("/v1/embeddings", body);
        var bytes = await first.Content.ReadAsByteArrayAsync();
        using var second = await gateway.PostAsync("/v1/embeddings", body);
        using var other = await gateway.PostAsync("/v1/embeddings", body.Replace("three", "two", StringComparison.Ordinal));

        Assert.Equal((null, "hit", "0", null), (Kind(first), Kind(second), second.Headers.GetValues("x-nura-cost").Single(), Kind(other)));
        Assert.Equal(bytes, await second.Content.ReadAsByteArrayAsync());
        Assert.NotEqual(bytes, await other.Content.ReadAsByteArrayAsync());
    }

    [Theory(Timeout = Hang)]
    [InlineData("/v1/chat/completions", """{"model":"llm","messages":[{"role":"user","content":"one two"}]}""")]
    [InlineData("/v1/chat/completions", """{"model":"llm","stream":true,"messages":[{"role":"user","content":"one two"}]}""")]
    [InlineData("/v1/embeddings", """{"model":"bge","input":"one two"}""")]
    public async Task SageMaker_AskedAgain_IsAnsweredFromTheCache(string path, string body)
    {
        await using var sageMaker = await FakeSageMaker.StartAsync();
        await using var gateway = await GatewayHost.StartAsync(databases, [.. sageMaker.Settings, ("Nura:Models:Cache:Seconds", "60")]);
        using var first = await gateway.PostAsync(path, body);
        var text = await TextAsync(first);
        using var second = await gateway.PostAsync(path, body);

        Assert.Equal(("hit", text), (Kind(second), await TextAsync(second)));
        Assert.Single(sageMaker.Requests);
    }

    [Fact(Timeout = Hang)]
    public async Task Usage_OfAnswersGivenAgain_IsRecordedWithoutCost()
    {
        await using var gateway = await StartAsync();
        using var made = await gateway.Service.Http.PostAsJsonAsync("/api/keys", new { name = "counted" });
        var key = (await made.Content.ReadFromJsonAsync<JsonObject>())!;
        var cost = 0m;
        foreach (var dialect in Dialects)
        {
            using var first = await AskAsync(gateway, dialect, stream: false, ("authorization", $"Bearer {(string)key["key"]!}"));
            using var second = await AskAsync(gateway, dialect, stream: false, ("authorization", $"Bearer {(string)key["key"]!}"));
            cost += decimal.Parse(first.Headers.TryGetValues("x-nura-cost", out var told) ? told.Single() : "0", CultureInfo.InvariantCulture);
        }

        JsonArray sums;
        do
        {
            sums = [.. (await gateway.Service.Http.GetFromJsonAsync<JsonArray>("/api/models/usage?by=key,provider"))!.Where(sum => (string?)sum!["group"]!["key"] == (string?)key["view"]!["id"]).Select(sum => sum!.DeepClone())];
        }
        while (sums.Sum(sum => (int)sum!["calls"]!) < 2 * Dialects.Count);
        Assert.True(cost > 0);
        Assert.Equal(cost, sums.Sum(sum => (decimal)sum!["cost"]!));
        var cached = sums.Single(sum => (string?)sum!["group"]!["provider"] == "cache")!;
        Assert.Equal((Dialects.Count, 0, 0m), ((int)cached["calls"]!, (int)cached["inputTokens"]!, (decimal)cached["cost"]!));
    }

    [ToolFact("redis-server", Timeout = Hang)]
    public async Task Answer_KeptByAnotherInstance_IsFoundInRedisWithItsHeaders()
    {
        using var redis = await RedisServer.StartAsync();
        (string, string?)[] settings = [("Nura:Models:Cache:Seconds", "60"), ("ConnectionStrings:cache", redis.Address)];
        await using var one = await GatewayHost.StartAsync(databases, settings);
        await using var other = await GatewayHost.StartAsync(databases, settings);
        for (var i = 0; ; i++)
        {
            // On a busy machine Redis may be given up for a moment; then the next request is tried.
            var header = ("x-amzn-bedrock-guardrailidentifier", $"g{i}");
            using var fetched = await AskAsync(one, "invoke to bedrock", stream: true, header);
            var bytes = await fetched.Content.ReadAsByteArrayAsync();
            using var found = await AskAsync(other, "invoke to bedrock", stream: true, header);
            if (Kind(found) == "hit")
            {
                Assert.Equal(bytes, await found.Content.ReadAsByteArrayAsync());
                Assert.Equal(EventStreamType, found.Content.Headers.ContentType!.MediaType);
                Assert.Equal("7", found.Headers.GetValues("x-amzn-bedrock-output-token-count").Single());
                break;
            }
        }
    }

    [Fact(Timeout = Hang)]
    public async Task Agent_AskedAgain_AnswersAnew()
    {
        await using var host = await ApiHost.StartAsync(databases, settings: ("Nura:Models:Cache:Seconds", "60"));
        host.Agents.Rag.Add("a.md", "The cart gives ten percent.");
        foreach (var _ in (int[])[1, 2])
        {
            using var answer = await host.ChatAsync("""{"model":"nura","messages":[{"role":"user","content":"What does the cart give?"}]}""");
            Assert.Contains("ten percent", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
            Assert.Null(Kind(answer));
        }

        Assert.Equal(2, host.Agents.Rag.Searches.Count);
    }

    private static int Asked(GatewayHost gateway) => gateway.First.Requests.Count + gateway.Bedrock.Requests.Count;

    private static string? Kind(HttpResponseMessage answer) => answer.Headers.TryGetValues("x-nura-cache", out var kinds) ? kinds.Single() : null;

    private static async Task<HttpResponseMessage> AskAsync(GatewayHost gateway, string dialect, bool stream, params (string Name, string Value)[] headers)
    {
        const string Messages = """[{"role":"user","content":[{"type":"text","text":"one two three"}]}]""";
        var onBedrock = dialect.EndsWith("bedrock", StringComparison.Ordinal);
        var model = onBedrock ? Haiku : "lonely";
        var streamed = stream ? "true" : "false";
        var (path, body) = dialect.Split(' ')[0] switch
        {
            "openai" => ("/v1/chat/completions", $$"""{"model":"claude-haiku-4-5","stream":{{streamed}},"messages":{{Messages}}}"""),
            "anthropic" => ("/v1/messages", $$"""{"model":"{{(onBedrock ? "claude-haiku-4-5" : "lonely")}}","max_tokens":100,"stream":{{streamed}},"messages":{{Messages}}}"""),
            "converse" => ($"/model/{Uri.EscapeDataString(model)}/converse{(stream ? "-stream" : "")}", """{"messages":[{"role":"user","content":[{"text":"one two three"}]}]}"""),
            _ => ($"/model/{Uri.EscapeDataString(model)}/invoke{(stream ? "-with-response-stream" : "")}", $$"""{"anthropic_version":"bedrock-2023-05-31","max_tokens":100,"messages":{{Messages}}}"""),
        };
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        foreach (var (name, value) in headers)
        {
            if (name == "authorization")
            {
                request.Headers.Authorization = AuthenticationHeaderValue.Parse(value);
            }
            else
            {
                request.Headers.Add(name, value);
            }
        }

        var answer = await gateway.Service.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal(200, (int)answer.StatusCode);
        return answer;
    }

    /// <summary>What an answer says, without what it cost.</summary>
    private static async Task<string> TextAsync(HttpResponseMessage answer)
    {
        var bytes = await answer.Content.ReadAsByteArrayAsync();
        if (answer.Content.Headers.ContentType!.MediaType != EventStreamType)
        {
            return GatewayHost.WithoutCost(Encoding.UTF8.GetString(bytes));
        }

        await using var frames = new EventStreamReader(new MemoryStream(bytes));
        var text = new StringBuilder();
        while (await frames.NextAsync(default) is { } frame)
        {
            var payload = JsonNode.Parse(frame.Payload.Span)!.AsObject();
            payload.Remove("nura");
            text.Append(frame.Type).Append(' ').AppendLine(payload.ToJsonString());
        }

        return text.ToString();
    }

    /// <summary>The servers send the beginning of their answers, and the rest when told to; told not to, they break off.</summary>
    private static TaskCompletionSource<bool> Hold(GatewayHost gateway)
    {
        var goesOn = new TaskCompletionSource<bool>();
        gateway.Bedrock.Instead = (context, _, _) =>
        {
            context.Response.Body = new HeldBody(context.Response.Body, 2, goesOn.Task);
            return Task.FromResult(false);
        };
        gateway.First.Instead = async (context, _) =>
        {
            context.Response.ContentType = "text/event-stream";
            await using var body = new HeldBody(context.Response.Body, 2, goesOn.Task);
            foreach (var entry in FakeOpenAi.StreamOf("one", " two", " three").Split("\n\n", StringSplitOptions.RemoveEmptyEntries))
            {
                await body.WriteAsync(Encoding.UTF8.GetBytes(entry + "\n\n"));
            }

            return true;
        };
        return goesOn;
    }

    private static void Free(GatewayHost gateway) => (gateway.First.Instead, gateway.Bedrock.Instead) = (null, null);

    private Task<GatewayHost> StartAsync() => GatewayHost.StartAsync(databases, ("Nura:Models:Cache:Seconds", "60"));
}
