using System.Net;
using System.Text.Json.Nodes;
using Nura.Tests.Databases;
using Nura.Tests.Models;

namespace Nura.Tests.Gateway;

/// <summary>Who names <c>auto</c> leaves the choice to the router, in every dialect of chat.</summary>
public sealed class AutoModelTests(DatabaseFixture databases) : IClassFixture<DatabaseFixture>
{
    private const int Hang = 120_000;
    private const string Easy = "Where is the list of ports?";
    private const string Hard = "Compare two designs for zero-downtime migration of a distributed, sharded store: justify the trade-offs in consistency, latency and rollback, and propose a strategy that must keep every replica compatible.";

    [Fact(Timeout = Hang)]
    public async Task Auto_InEveryDialect_IsAnsweredByTheModelOfTheRuleThatHolds()
    {
        await using var gateway = await GatewayHost.StartAsync(databases);
        foreach (var (path, body) in ((string, string)[])
        [
            ("/v1/chat/completions", """{"model":"auto","messages":[{"role":"system","content":"s"},{"role":"user","content":"?"}]}"""),
            ("/v1/chat/completions", """{"model":"auto","stream":true,"messages":[{"role":"user","content":"?"}]}"""),
            ("/v1/responses", """{"model":"auto","store":false,"input":"?"}"""),
            ("/v1/messages", """{"model":"auto","max_tokens":9,"messages":[{"role":"user","content":"?"}]}"""),
            ("/v1/messages", """{"model":"auto","max_tokens":9,"stream":true,"messages":[{"role":"user","content":[{"type":"text","text":"?"}]}]}"""),
            ("/model/auto/converse", """{"messages":[{"role":"user","content":[{"text":"?"}]}]}"""),
            ("/model/auto/converse-stream", """{"messages":[{"role":"user","content":[{"text":"?"}]}]}"""),
        ])
        {
            Assert.Equal((path, "claude-haiku-4-5", "fast answer"), await OfAsync(path, body, Easy));
            Assert.Equal((path, "claude-sonnet-4-6", "hard question"), await OfAsync(path, body, Hard));
            Assert.Equal((path, "claude-sonnet-4-6", "architect"), await OfAsync(path, body, Easy, agent: "architect"));
        }

        async Task<(string, string?, string?)> OfAsync(string path, string body, string question, string? agent = null)
        {
            var (model, rule) = await AskAsync(gateway, path, body.Replace("?", question, StringComparison.Ordinal), agent);
            return (path, model, rule);
        }
    }

    [Fact(Timeout = Hang)]
    public async Task Auto_TranslatedAnswers_NameTheModelThatWasChosen()
    {
        await using var gateway = await GatewayHost.StartAsync(databases);
        foreach (var (path, body) in ((string, string)[])
        [
            ("/v1/chat/completions", """{"model":"auto","messages":[{"role":"user","content":"?"}]}"""),
            ("/v1/chat/completions", """{"model":"auto","stream":true,"messages":[{"role":"user","content":"?"}]}"""),
            ("/v1/responses", """{"model":"auto","store":false,"input":"?"}"""),
            ("/v1/messages", """{"model":"auto","max_tokens":9,"messages":[{"role":"user","content":"?"}]}"""),
        ])
        {
            using var answer = await gateway.PostAsync(path, body);

            Assert.Contains("\"model\":\"claude-haiku-4-5\"", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }
    }

    [Fact(Timeout = Hang)]
    public async Task Auto_ToolsInUse_GoesByTheQuestionAndToModelsThatCallThemAndHaveRoomForThem()
    {
        using var catalog = new TemporaryFile("""
            { "rules": [{ "name": "mine", "contains": ["where"], "use": ["plain", "short", "mock"] }],
              "models": [
                { "id": "plain", "provider": "openai", "server": "first" },
                { "id": "short", "provider": "openai", "server": "first", "upstream": "mock-1", "capabilities": ["tools"], "context": 2000 },
                { "id": "mock", "provider": "openai", "server": "first", "upstream": "mock-1", "capabilities": ["tools"] } ] }
            """);
        await using var gateway = await GatewayHost.StartAsync(databases, ("Nura:Models:Catalog", catalog.Path));
        const string Loop = """
            "messages":[{"role":"user","content":"Where is it?"},
              {"role":"assistant","tool_calls":[{"id":"c","type":"function","function":{"name":"read","arguments":"{}"}}]},{"role":"tool","tool_call_id":"c","content":"a line"}]
            """;

        Assert.Equal(("plain", "mine"), await AskAsync(gateway, "/v1/chat/completions", """{"model":"auto","messages":[{"role":"user","content":"Where is it?"}]}"""));
        Assert.Equal(("short", "mine"), await AskAsync(gateway, "/v1/chat/completions", $$"""{"model":"auto",{{Tools("Reads.")}},{{Loop}} }"""));
        Assert.Equal(("mock", "mine"), await AskAsync(gateway, "/v1/chat/completions", $$"""{"model":"auto",{{Tools(new string('x', 10_000))}},{{Loop}} }"""));

        static string Tools(string description) =>
            $$$"""
            "tools":[{"type":"function","function":{"name":"read","description":"{{{description}}}","parameters":{"type":"object"} } }]
            """;
    }

    [Fact(Timeout = Hang)]
    public async Task Auto_WithInvokesBody_IsRefusedWithTheReason()
    {
        await using var gateway = await GatewayHost.StartAsync(databases);

        using var refused = await gateway.PostAsync("/model/auto/invoke", """{"anthropic_version":"bedrock-2023-05-31","max_tokens":9,"messages":[{"role":"user","content":"?"}]}""");

        Assert.Equal(HttpStatusCode.NotFound, refused.StatusCode);
        Assert.Contains("Converse", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact(Timeout = Hang)]
    public async Task Auto_ModelOfThatNameInTheCatalog_IsMeant()
    {
        await using var gateway = await GatewayHost.StartAsync(databases, ("Nura:Models:Servers:second:Models:1", "auto"));

        Assert.Equal(("auto", "asked for"), await AskAsync(gateway, "/v1/chat/completions", """{"model":"auto","messages":[{"role":"user","content":"?"}]}"""));
    }

    private static async Task<(string? Model, string? Rule)> AskAsync(GatewayHost gateway, string path, string body, string? agent = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(body, System.Text.Encoding.UTF8, "application/json") };
        if (agent is not null)
        {
            request.Headers.Add("x-nura-agent", agent);
        }

        using var response = await gateway.Service.Http.SendAsync(request);
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());
        var route = JsonNode.Parse(response.Headers.GetValues("x-nura-route").Single())!;
        Assert.Equal((string?)route["chosen"], response.Headers.GetValues("x-nura-model").Single());
        return ((string?)route["chosen"], (string?)route["rule"]);
    }
}
