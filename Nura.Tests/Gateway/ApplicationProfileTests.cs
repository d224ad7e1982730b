using System.Net;
using System.Text.Json.Nodes;
using Nura.Models;
using Nura.Tests.Databases;

namespace Nura.Tests.Gateway;

public sealed class ApplicationProfileTests(DatabaseFixture databases) : IClassFixture<DatabaseFixture>
{
    private const int Hang = 180_000;
    private const string Account = "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/";
    private const string Team = Account + "abc123";
    private const string CachedPrefix = """{"messages":[{"role":"user","content":[{"text":"one two"},{"cachePoint":{"type":"default"}}]}]}""";

    private static readonly string[] s_regional = ["us-east-1", "us-east-2", "us-west-2"];

    [Fact(Timeout = Hang)]
    public async Task Converse_AllowedArn_IsAskedForOnceAndKeepsCachePointAndPrice()
    {
        const string Arn = Account + "priced";
        await using var gateway = await StartAsync(Account + "*");
        gateway.Bedrock.Usage = JsonNode.Parse("""{"inputTokens":25,"outputTokens":7,"totalTokens":1032,"cacheReadInputTokens":1000}""")!.AsObject();
        gateway.Bedrock.Profiles[Arn] = [.. s_regional.Select(region => Foundation(region))];

        var answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => ConverseAsync(gateway, Arn, CachedPrefix)));

        // (25 at 1 + 7 at 5 + 1000 at 0.1 dollars a million) and a tenth for the region.
        Assert.All(answers, answer => Assert.Equal((HttpStatusCode.OK, "0.000176"), (answer.StatusCode, answer.Headers.GetValues("x-nura-cost").Single())));
        Assert.All(gateway.Bedrock.Requests, request => Assert.Equal((Arn, true), (request.Model, JsonNode.DeepEquals(JsonNode.Parse(CachedPrefix), request.Body))));
        Assert.Equal(Arn, Assert.Single(gateway.Bedrock.ProfilesAsked));
        Assert.Equal((4, 4 * 0.000176m), await gateway.UsageAsync(Arn, 200, 4));
    }

    [Fact(Timeout = Hang)]
    [Trait("Inside", "service")]
    public async Task OpenAi_AllowedArn_AnswersWithTheModelsCapabilities()
    {
        await using var gateway = await StartAsync(Team);
        gateway.Bedrock.Profiles[Team] = ["arn:aws:bedrock:::foundation-model/anthropic.claude-haiku-4-5-20251001-v1:0", Foundation("us-east-1")];
        using var answer = await gateway.PostAsync("/v1/chat/completions", $$"""
            { "model": "{{Team}}", "messages": [ { "role": "user", "content": "hello" } ] }
            """);

        Assert.Equal("hello", (string?)(await JsonAsync(answer))["choices"]![0]!["message"]!["content"]);
        // 25 at 1 and 7 at 5 dollars a million: worldwide profiles have no surcharge.
        Assert.Equal("0.00006", answer.Headers.GetValues("x-nura-cost").Single());
        Assert.Equal(Team, gateway.Bedrock.Requests.Single().Model);
        Assert.True(gateway.Service.Get<ModelCatalog>().Find(Team)!.Can(Capabilities.PromptCache));
    }

    [Fact(Timeout = Hang)]
    public async Task Responses_AllowedArn_Answer()
    {
        const string Arn = Account + "responses";
        await using var gateway = await StartAsync(Arn);
        gateway.Bedrock.Profiles[Arn] = [.. s_regional.Select(region => Foundation(region))];
        using var answer = await gateway.PostAsync("/v1/responses", $$"""{ "model": "{{Arn}}", "input": "hello" }""");

        Assert.Equal("hello", (string?)(await JsonAsync(answer))["output"]![0]!["content"]![0]!["text"]);
        Assert.Equal(Arn, gateway.Bedrock.Requests.Single().Model);
        // 25 at 1 and 7 at 5 dollars a million, and a tenth for the region.
        Assert.Equal((1, 0.000066m), await gateway.UsageAsync(Arn, 200, 1));
    }

    [Theory(Timeout = Hang)]
    [InlineData("amazon.titan-embed-text-v2:0", 256)]
    [InlineData("cohere.embed-english-v3", null)]
    public async Task Embeddings_AllowedArn_SpeakAsTheModelBehind(string model, int? dimensions)
    {
        // Usage is found by model, and the cases share a database.
        var arn = Account + $"embeddings-{dimensions}";
        await using var gateway = await StartAsync(arn);
        gateway.Bedrock.Profiles[arn] = [Foundation("us-east-1", model)];
        using var answer = await gateway.PostAsync("/v1/embeddings", $$"""{ "model": "{{arn}}", "input": ["one two", "three"]{{(dimensions is null ? "" : $", \"dimensions\": {dimensions}")}} }""");

        var vectors = (await JsonAsync(answer))["data"]!.AsArray();
        Assert.Equal([7f, 5f], vectors.Select(vector => (float)vector!["embedding"]![0]!));
        Assert.All(vectors, vector => Assert.Equal(dimensions ?? 1024, vector!["embedding"]!.AsArray().Count));
        Assert.All(gateway.Bedrock.Requests, request => Assert.Equal((arn, "invoke"), (request.Model, request.Operation)));
        Assert.Equal(1, (await gateway.UsageAsync(arn, 200, 1)).Count);
    }

    [Theory(Timeout = Hang)]
    [InlineData("/v1/messages")]
    [InlineData("/v1/chat/completions")]
    public async Task Conversation_ThroughAllowedArn_HasCachePoints(string dialect)
    {
        await using var gateway = await StartAsync(Team);
        gateway.Bedrock.Profiles[Team] = [Foundation("us-east-1")];
        using var answer = await gateway.PostAsync(dialect, $$"""
            { "model": "{{Team}}", "max_tokens": 100, "messages": [ { "role": "user", "content": "{{new string('a', 40_000)}}" }, { "role": "assistant", "content": "b" }, { "role": "user", "content": "c" } ] }
            """);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("default", (string?)gateway.Bedrock.Requests.Single().Body["messages"]![2]!["content"]![1]!["cachePoint"]!["type"]);
    }

    [Fact(Timeout = Hang)]
    public async Task Arn_NotAllowed_IsRefusedWithoutAskingBedrock()
    {
        await using var gateway = await StartAsync("arn:aws:bedrock:us-east-1:999999999999:application-inference-profile/*");
        gateway.Bedrock.Profiles[Team] = [Foundation("us-east-1")];

        using var converse = await ConverseAsync(gateway, Team, CachedPrefix);
        using var chat = await gateway.PostAsync("/v1/chat/completions", $$"""{"model":"{{Team}}","messages":[{"role":"user","content":"x"}]}""");

        Assert.Equal((HttpStatusCode.Forbidden, "AccessDeniedException"), (converse.StatusCode, converse.Headers.GetValues("x-amzn-errortype").Single()));
        Assert.Equal((HttpStatusCode.Forbidden, "profile_not_allowed"), (chat.StatusCode, (string?)(await JsonAsync(chat))["error"]!["code"]));
        Assert.Contains("Nura:Models:Bedrock:AllowedProfiles", await converse.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Empty(gateway.Bedrock.ProfilesAsked);
        Assert.Empty(gateway.Bedrock.Requests);
    }

    [Theory(Timeout = Hang)]
    [InlineData("unknown", 404, "does not exist")]
    [InlineData("forbidden", 424, "bedrock:GetInferenceProfile")]
    [InlineData("foreign", 404, "somebody.model-v1")]
    public async Task Arn_CannotBeResolved_SaysWhyAndIsAskedAgain(string id, int status, string words)
    {
        await using var gateway = await StartAsync(Account + "*");
        gateway.Bedrock.Profiles[Account + "foreign"] = ["arn:aws:bedrock:us-east-1::foundation-model/somebody.model-v1"];

        using var first = await ConverseAsync(gateway, Account + id, CachedPrefix);
        using var second = await ConverseAsync(gateway, Account + id, CachedPrefix);

        Assert.Equal((status, status), ((int)first.StatusCode, (int)second.StatusCode));
        Assert.Contains(words, await first.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(2, gateway.Bedrock.ProfilesAsked.Count);
        Assert.Empty(gateway.Bedrock.Requests);
    }

    private Task<GatewayHost> StartAsync(string allowed) => GatewayHost.StartAsync(databases, ("Nura:Models:Bedrock:AllowedProfiles:0", allowed));

    private static string Foundation(string region, string model = "anthropic.claude-haiku-4-5-20251001-v1:0") => $"arn:aws:bedrock:{region}::foundation-model/{model}";

    private static Task<HttpResponseMessage> ConverseAsync(GatewayHost gateway, string model, string body) => gateway.PostAsync($"/model/{Uri.EscapeDataString(model)}/converse", body);

    private static async Task<JsonObject> JsonAsync(HttpResponseMessage answer) => JsonNode.Parse(await answer.Content.ReadAsStringAsync())!.AsObject();
}
