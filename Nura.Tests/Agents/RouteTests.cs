using Nura.Contracts;
using Nura.Tests.Databases;

namespace Nura.Tests.Agents;

public sealed class RouteTests(DatabaseFixture database) : IClassFixture<DatabaseFixture>
{
    [Fact(Timeout = 180_000)]
    public async Task Run_ModelWithCachedTokens_TellsItsRouteAndItsExactCost()
    {
        using var catalog = new Models.TemporaryFile("""{ "models": [{ "id": "priced", "provider": "openai", "server": "fake", "upstream": "mock", "capabilities": ["tools"], "prices": [{ "input": 2, "output": 8, "cacheRead": 0.5 }] }] }""");
        await using var host = await AgentsHost.StartAsync(database, withModel: true, settings: [("Nura:Models:Catalog", catalog.Path), ("Nura:Models:Default", "priced")]);
        host.Rag.Hits = [];
        host.Model.Instead = async (context, _) =>
        {
            context.Response.ContentType = "text/event-stream";
            await Microsoft.AspNetCore.Http.HttpResponseWritingExtensions.WriteAsync(context.Response, Fakes.FakeOpenAi.StreamOf("one", " two"));
            return true;
        };
        var events = await host.RunAsync(AgentsHost.Ask("What is it?"));

        Assert.DoesNotContain(events, entry => entry is RunError);
        // 7 tokens at 2, 4 from the cache at 0.5 and 2 written at 8 dollars a million.
        Assert.Equal(0.000032m, Assert.IsType<RunDone>(events[^1]).CostUsd);
        var route = Assert.Single(events.OfType<RunRoute>());
        Assert.Equal(("priced", "default"), (route.Chosen, route.Rule));
        Assert.Contains(new RunRouteCandidate("priced", null), route.Candidates);
        Assert.Contains(route.Candidates, candidate => candidate.Rejected == "its provider is not configured");
    }

    [Theory(Timeout = 180_000)]
    [InlineData(null, false, "plain")]
    [InlineData(null, true, "able")]
    [InlineData("plain", true, "plain")]
    public async Task Run_ModelWithoutTools_AnswersIfNoneIsAbleToOrItIsAskedFor(string? asked, bool another, string expected)
    {
        var able = another ? """, { "id": "able", "provider": "openai", "server": "fake", "upstream": "mock", "capabilities": ["tools"] }""" : "";
        using var catalog = new Models.TemporaryFile($$"""{ "models": [{ "id": "plain", "provider": "openai", "server": "fake", "upstream": "mock" }{{able}}] }""");
        await using var host = await AgentsHost.StartAsync(database, withModel: true, settings: [("Nura:Models:Catalog", catalog.Path), ("Nura:Models:Default", "plain"), ("Nura:Models:Servers:fake:Tools", "false")]);
        host.Rag.Hits = [];

        var events = await host.RunAsync(AgentsHost.Ask("What is it?") with { Model = asked });

        Assert.Equal(expected, Assert.Single(events.OfType<RunRoute>()).Chosen);
        Assert.Equal(RunState.Completed, Assert.IsType<RunDone>(events[^1]).State);
        Assert.Equal(expected == "able", host.Model.Requests.First().ContainsKey("tools"));
    }

    [Theory(Timeout = 180_000)]
    [InlineData("nura", "fast", "Be short.")]
    [InlineData("nura-architect", "strong", "You are asked as the team's architect.")]
    [InlineData("nura-dev", "coder", "You are asked as a developer.")]
    public async Task Run_EachAgent_HasItsPromptAndTheModelThatRulesHaveForItsKind(string agent, string expected, string manner)
    {
        string Model(string id) => $$"""{ "id": "{{id}}", "provider": "openai", "server": "fake", "upstream": "mock", "capabilities": ["tools"] }""";
        using var catalog = new Models.TemporaryFile($$"""
            {
              "models": [{{Model("fast")}}, {{Model("strong")}}, {{Model("coder")}}],
              "rules": [
                { "name": "architect", "agents": ["architect"], "use": ["strong"] },
                { "name": "developer asks about code", "agents": ["dev"], "contains": ["code"], "use": ["coder"] },
                { "name": "all", "use": ["fast"] }
              ]
            }
            """);
        await using var host = await AgentsHost.StartAsync(database, withModel: true, settings: [("Nura:Models:Catalog", catalog.Path), ("Nura:Models:Default", "fast")]);
        host.Rag.Hits = [];

        var events = await host.RunAsync(AgentsHost.Ask("What does the code do?") with { Agent = agent });

        Assert.Equal(expected, Assert.Single(events.OfType<RunRoute>()).Chosen);
        Assert.Contains(manner, (string?)host.Model.Requests.First()["messages"]![0]!["content"], StringComparison.Ordinal);
        Assert.Contains(agent, (await host.Client.ListAsync(CancellationToken.None)).Select(known => known.Name));
    }

    [Theory(Timeout = 180_000)]
    [InlineData("nobody", "there is none of this name")]
    [InlineData("", "there is none of this name")]
    [InlineData("vectors", "it does not chat")]
    [InlineData("claude-sonnet-4-5", "its provider is not configured")]
    public async Task Run_ModelThatCannotAnswer_IsRefusedBeforeAnythingIsSearched(string asked, string why)
    {
        await using var host = await AgentsHost.StartAsync(database, withModel: true, settings: ("Nura:Models:Servers:fake:EmbeddingModels:0", "vectors"));

        var refused = await Assert.ThrowsAsync<ProblemException>(() => host.RunAsync(AgentsHost.Ask("What is it?") with { Model = asked }));

        Assert.Equal((400, $"The model '{asked}' cannot answer: {why}."), (refused.Status, refused.Title));
        Assert.Empty(host.Rag.Searches);
    }

    [Theory(Timeout = 180_000)]
    [InlineData(null, 8_000, "long")]
    [InlineData(null, 200_000, "short")]
    [InlineData("short", 8_000, "short")]
    public async Task Run_ConversationLongerThanTheDefaultsContext_TakesALongerModelIfThereIsOne(string? asked, int characters, string expected)
    {
        using var catalog = new Models.TemporaryFile("""
            {
              "models": [
                { "id": "short", "provider": "openai", "server": "fake", "upstream": "mock", "context": 1500, "capabilities": ["tools"] },
                { "id": "long", "provider": "openai", "server": "fake", "upstream": "mock", "context": 10000, "capabilities": ["tools"] }
              ],
              "rules": [{ "name": "all", "use": ["short", "long"] }]
            }
            """);
        await using var host = await AgentsHost.StartAsync(database, withModel: true, settings: [("Nura:Models:Catalog", catalog.Path), ("Nura:Models:Default", "short")]);
        host.Rag.Hits = [];

        var events = await host.RunAsync(new StartRun("nura", [new("user", "First?"), new("assistant", new string('x', characters)), new("user", "What is it?")], asked));

        Assert.Equal(expected, Assert.Single(events.OfType<RunRoute>()).Chosen);
        Assert.Equal(RunState.Completed, Assert.IsType<RunDone>(events[^1]).State);
    }
}
