using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Nura.Tests.Databases;
using Nura.Tests.Fakes;

namespace Nura.Tests.Gateway;

/// <summary>What Nura tells beside an answer: route and cost; and whose credentials a provider refused.</summary>
public sealed class NotesTests(DatabaseFixture databases) : IClassFixture<DatabaseFixture>
{
    private const int Hang = 180_000;

    /// <summary>25 tokens at 1.1 and 7 at 5.5 dollars a million: Claude Haiku 4.5 in its regional profile.</summary>
    private const string BedrockCost = "0.000066";

    [Theory(Timeout = Hang)]
    [InlineData("/v1/chat/completions", "claude-haiku-4-5", BedrockCost)]
    [InlineData("/v1/messages", "claude-haiku-4-5", BedrockCost)]
    [InlineData("/v1/chat/completions", "mock", "0.000034")]
    public async Task Answer_OfAModel_TellsRouteAndCost(string path, string model, string cost)
    {
        await using var gateway = await GatewayHost.StartAsync(databases);
        using var whole = await gateway.PostAsync(path, Body(model, stream: false));
        using var streamed = await gateway.PostAsync(path, Body(model, stream: true));

        Assert.Equal(cost, whole.Headers.GetValues("x-nura-cost").Single());
        Assert.EndsWith($"\n\n: x-nura-cost {cost}\n\n", await streamed.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        foreach (var response in (HttpResponseMessage[])[whole, streamed])
        {
            Assert.Equal(model, response.Headers.GetValues("x-nura-model").Single());
            Assert.Equal($$"""{"chosen":"{{model}}","rule":"asked for","candidates":[{"model":"{{model}}"}]}""", Route(response.Headers));
        }
    }

    [Theory(Timeout = Hang)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Answer_OfAReplacementOrFallback_SaysWhyInTheWordsOfTheExplainer(bool stream)
    {
        await using var gateway = await GatewayHost.StartAsync(databases);
        using var replaced = await gateway.PostAsync("/v1/chat/completions", Body("claude-3-haiku", stream));
        using var explained = await gateway.PostAsync("/api/models/route", """{"question":"x","model":"claude-3-haiku"}""");
        var decision = JsonNode.Parse(await explained.Content.ReadAsStringAsync())!;

        Assert.Equal("""{"chosen":"claude-haiku-4-5","rule":"asked for","candidates":[{"model":"claude-3-haiku","rejected":"has reached its end of life"},{"model":"claude-haiku-4-5"}]}""", Route(replaced.Headers));
        Assert.Equal(("claude-haiku-4-5", "asked for"), ((string?)decision["chosen"], (string?)decision["rule"]));

        gateway.First.Instead = async (context, _) =>
        {
            await FakeOpenAi.ErrorAsync(context, 503, "busy");
            return true;
        };
        using var fallen = await gateway.PostAsync("/v1/chat/completions", Body("mock", stream));
        Assert.Equal("""{"chosen":"mock-2","rule":"asked for","candidates":[{"model":"mock","rejected":"did not answer"},{"model":"mock-2"}]}""", Route(fallen.Headers));
    }

    [Fact(Timeout = Hang)]
    public async Task Cost_PriceUnknown_IsNotTold()
    {
        await using var gateway = await GatewayHost.StartAsync(databases);
        using var whole = await gateway.PostAsync("/v1/chat/completions", Body("lonely", stream: false));
        using var streamed = await gateway.PostAsync("/v1/chat/completions", Body("lonely", stream: true));

        Assert.Equal((200, false), ((int)whole.StatusCode, whole.Headers.Contains("x-nura-cost")));
        Assert.EndsWith("data: [DONE]\n\n", await streamed.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory(Timeout = Hang)]
    [InlineData("/v1/chat/completions", "lonely", 401)]
    [InlineData("/v1/chat/completions", "lonely", 403)]
    [InlineData("/v1/chat/completions", "claude-haiku-4-5", 403)]
    [InlineData("/v1/messages", "lonely", 401)]
    [InlineData("/v1/messages", "claude-haiku-4-5", 403)]
    public async Task Answer_ProviderRefusesNura_Is502AndNotTheCallersKey(string path, string model, int status)
    {
        await using var gateway = await GatewayHost.StartAsync(databases);
        gateway.First.Instead = async (context, _) =>
        {
            await FakeOpenAi.ErrorAsync(context, status, "Incorrect API key provided", "invalid_api_key");
            return true;
        };
        gateway.Bedrock.Instead = async (context, _, _) =>
        {
            await FakeBedrock.ErrorAsync(context, status, "AccessDeniedException", "No access");
            return true;
        };
        using var response = await gateway.PostAsync(path, Body(model, stream: true));
        var text = await response.Content.ReadAsStringAsync();

        Assert.Equal((502, "false"), ((int)response.StatusCode, response.Headers.GetValues("x-should-retry").Single()));
        Assert.Contains("your own key is not the reason", text, StringComparison.Ordinal);
        Assert.Contains("Nura:Models:", text, StringComparison.Ordinal);
    }

    [Fact(Timeout = Hang)]
    public async Task Embeddings_OnBedrock_TellRouteAndCost()
    {
        await using var gateway = await GatewayHost.StartAsync(databases);
        using var response = await gateway.PostAsync("/v1/embeddings", """{"model":"titan-embeddings","input":"one two three"}""");

        // Three tokens at 0.10 dollars a million.
        Assert.Equal("0.0000003", response.Headers.GetValues("x-nura-cost").Single());
        Assert.Equal("titan-embed-text-v1", response.Headers.GetValues("x-nura-model").Single());
    }

    private static string Route(HttpResponseHeaders headers) => headers.GetValues("x-nura-route").Single();

    private static string Body(string model, bool stream) =>
        $$"""{"model":"{{model}}","max_tokens":10,"stream":{{(stream ? "true" : "false")}},"messages":[{"role":"user","content":"one two"}]}""";
}
