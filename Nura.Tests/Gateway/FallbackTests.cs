using System.Text;
using System.Text.Json.Nodes;
using Nura.Tests.Databases;
using Nura.Tests.Fakes;
using Nura.Tests.Models;

namespace Nura.Tests.Gateway;

/// <summary>Who answers in the place of a model that is down, whatever dialect it speaks: what the rule names next, and the model's own fallbacks.</summary>
public sealed class FallbackTests(DatabaseFixture databases) : IClassFixture<DatabaseFixture>
{
    private const string Catalog = """
        { "rules": [{ "name": "mine", "use": ["server", "claude-haiku-4-5"] }],
          "models": [
            { "id": "server", "provider": "openai", "server": "first" },
            { "id": "server-first", "provider": "openai", "server": "first", "fallbacks": ["claude-haiku-4-5", "other"] },
            { "id": "cloud-first", "provider": "bedrock", "upstream": "anthropic.down-v1:0", "capabilities": ["streaming", "system"], "fallbacks": ["other"] } ] }
        """;

    public static TheoryData<string, string, string> Requests()
    {
        var data = new TheoryData<string, string, string>();
        foreach (var (asked, answering) in (ReadOnlySpan<(string, string)>)[("auto", "claude-haiku-4-5"), ("server-first", "claude-haiku-4-5"), ("cloud-first", "other")])
        {
            data.Add("/v1/chat/completions", $$"""{"model":"{{asked}}","messages":[{"role":"user","content":"?"}]}""", answering);
            data.Add("/v1/chat/completions", $$"""{"model":"{{asked}}","stream":true,"messages":[{"role":"user","content":"?"}]}""", answering);
            data.Add("/v1/responses", $$"""{"model":"{{asked}}","store":false,"input":"?"}""", answering);
            data.Add("/v1/messages", $$"""{"model":"{{asked}}","max_tokens":9,"stream":true,"messages":[{"role":"user","content":"?"}]}""", answering);
            data.Add($"/model/{asked}/converse", """{"messages":[{"role":"user","content":[{"text":"?"}]}]}""", answering);
            data.Add($"/model/{asked}/converse-stream", """{"messages":[{"role":"user","content":[{"text":"?"}]}]}""", answering);
        }

        return data;
    }

    [Theory(Timeout = 120_000), MemberData(nameof(Requests))]
    public async Task Answer_FirstModelIsDown_IsTheNextOnesWhateverItSpeaks(string path, string body, string answering)
    {
        using var catalog = new TemporaryFile(Catalog);
        await using var gateway = await GatewayHost.StartAsync(databases, ("Nura:Models:Catalog", catalog.Path));
        gateway.First.Instead = async (context, _) => await DownAsync(FakeOpenAi.ErrorAsync(context, 503, "Down."));
        gateway.Bedrock.Instead = async (context, _, _) =>
            ((string)context.Request.RouteValues["id"]!).Contains("down", StringComparison.Ordinal) && await DownAsync(FakeBedrock.ErrorAsync(context, 503, "ServiceUnavailableException", "Down."));
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(body, Encoding.UTF8, "application/json") };

        using var response = await gateway.Service.Http.SendAsync(request);

        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());
        Assert.Equal(answering, response.Headers.GetValues("x-nura-model").Single());
        Assert.Equal(answering, (string?)JsonNode.Parse(response.Headers.GetValues("x-nura-route").Single())!["chosen"]);

        static async Task<bool> DownAsync(Task answered)
        {
            await answered;
            return true;
        }
    }

    [Fact(Timeout = 120_000)]
    public async Task Answer_AllAreDown_IsTheErrorOfTheLast()
    {
        using var catalog = new TemporaryFile(Catalog);
        await using var gateway = await GatewayHost.StartAsync(databases, ("Nura:Models:Catalog", catalog.Path));
        gateway.First.Instead = async (context, _) =>
        {
            await FakeOpenAi.ErrorAsync(context, 503, "Down.");
            return true;
        };
        gateway.Bedrock.Instead = async (context, _, _) =>
        {
            await FakeBedrock.ErrorAsync(context, 429, "ThrottlingException", "Too many.");
            return true;
        };

        using var response = await gateway.PostAsync("/v1/chat/completions", """{"model":"auto","messages":[{"role":"user","content":"?"}]}""");

        Assert.Equal(429, (int)response.StatusCode);
        Assert.Contains("Too many.", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }
}
