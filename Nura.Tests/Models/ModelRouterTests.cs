using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Nura.Models;
using Nura.Tests.Fakes;

namespace Nura.Tests.Models;

public sealed class ModelRouterTests
{
    [Fact]
    public void Choose_NothingConfigured_IsOffline()
    {
        using var host = ModelsHost.Build();
        Assert.Equal("offline", host.Get<ModelRouter>().Choose(new RouteHints("hello")).Id);
    }

    [Fact]
    public void Choose_OneServer_IsItsModel()
    {
        using var host = ModelsHost.Build(
            ("Nura:Models:Servers:gpu:BaseUrl", "http://localhost:1/v1"), ("Nura:Models:Servers:gpu:Models:0", "qwen"));
        Assert.Equal("qwen", host.Get<ModelRouter>().Choose(new RouteHints("hello", Agent: "architect")).Id);
    }

    [Theory]
    [InlineData("Explain this code", "dev", 0.2, "code")]
    [InlineData("Explain this code", "dev", 0.8, "strong")]
    [InlineData("Explain this", "dev", 0.2, "fast")]
    [InlineData("Explain this code", "architect", 0.1, "strong")]
    [InlineData("Explain this code", null, 0.7, "fast")]
    [InlineData("Explain this code", null, 0.71, "strong")]
    public void Choose_ModelsOfTheRulesConfigured_FollowsTheRules(string question, string? agent, double complexity, string expected)
    {
        using var file = new TemporaryFile("""
            { "models": [
              { "id": "claude-3-sonnet", "aliases": ["strong"], "provider": "openai", "server": "gpu" },
              { "id": "claude-3-haiku", "aliases": ["fast"], "provider": "openai", "server": "gpu" },
              { "id": "llama-2-70b", "aliases": ["code"], "provider": "openai", "server": "gpu" }
            ] }
            """);
        using var host = ModelsHost.Build(
            ("Nura:Models:Catalog", file.Path), ("Nura:Models:Servers:gpu:BaseUrl", "http://localhost:1/v1"), ("Nura:Models:Servers:gpu:Models:0", "qwen"));

        var chosen = host.Get<ModelRouter>().Choose(new RouteHints(question, agent, Complexity: complexity));
        Assert.Contains(expected, chosen.Aliases);
    }

    [Fact]
    public void Choose_ModelAskedFor_Wins()
    {
        using var host = ModelsHost.Build(
            ("Nura:Models:Servers:gpu:BaseUrl", "http://localhost:1/v1"),
            ("Nura:Models:Servers:gpu:Models:0", "qwen"), ("Nura:Models:Servers:gpu:Models:1", "phi"), ("Nura:Models:Default", "qwen"));
        var router = host.Get<ModelRouter>();

        Assert.Equal("phi", router.Choose(new RouteHints("x", Model: "PHI")).Id);
        Assert.Equal("offline", router.Choose(new RouteHints("x", Model: "offline")).Id);
        Assert.Equal("qwen", router.Choose(new RouteHints("x")).Id);
    }

    private const string ThreeServers = """
        { "models": [
          { "id": "small", "provider": "openai", "server": "gpu", "context": 1000, "prices": [{ "input": 1, "output": 1 }] },
          { "id": "dear", "provider": "openai", "server": "gpu", "capabilities": ["tools", "vision"], "prices": [{ "input": 9, "output": 9 }] },
          { "id": "cheap", "provider": "openai", "server": "gpu", "capabilities": ["tools"], "prices": [{ "input": 2, "output": 2 }] },
          { "id": "gone", "provider": "openai", "server": "gpu", "lifecycle": { "endOfLife": "2026-01-01", "replacement": "cheap" } },
          { "id": "elsewhere", "provider": "openai", "server": "other" }
        ],
        "rules": [
          { "name": "thrift", "contains": ["thrift"], "pick": "cheapest", "use": ["dear", "cheap"] },
          { "name": "speed", "contains": ["speed"], "pick": "fastest", "use": ["dear", "cheap"] },
          { "name": "all", "use": ["unknown", "elsewhere", "small", "gone", "dear"] }
        ] }
        """;

    [Fact]
    public void Decide_Constraints_RejectWithTheReason()
    {
        using var file = new TemporaryFile(ThreeServers);
        using var host = Three(file);

        var decision = host.Get<ModelRouter>().Decide(new RouteHints("x", InputTokens: 2000, NeedsTools: true, NeedsVision: true));

        Assert.Equal("dear", decision.Model.Id);
        Assert.Equal("all", decision.Rule);
        Assert.Equal(
            ["unknown: not in the catalog", "elsewhere: its provider is not configured", "small: cannot call tools", "cheap: cannot read images", "dear: "],
            decision.Candidates.Select(candidate => $"{candidate.Model}: {candidate.Rejected}"));
        Assert.Equal(((2000 * 9) + (500 * 9)) / 1_000_000m, decision.Candidates[^1].EstimatedCost);
    }

    [Fact]
    public void Decide_Cheapest_PutsTheDearOneLast()
    {
        using var file = new TemporaryFile(ThreeServers);
        using var host = Three(file);

        var decision = host.Get<ModelRouter>().Decide(new RouteHints("thrift", InputTokens: 10));
        Assert.Equal(("cheap", "dear"), (decision.Model.Id, decision.Fallbacks[0].Id));
    }

    [Fact]
    public void Decide_Fastest_PrefersTheOneThatBeginsSooner()
    {
        using var file = new TemporaryFile(ThreeServers);
        using var host = Three(file);
        var latencies = host.Get<Latencies>();
        for (var i = 0; i < 20; i++)
        {
            latencies.Record("dear", TimeSpan.FromMilliseconds(20));
            latencies.Record("cheap", TimeSpan.FromMilliseconds(900));
        }

        Assert.Equal("dear", host.Get<ModelRouter>().Decide(new RouteHints("speed")).Model.Id);
    }

    [Fact]
    public void Decide_ModelThatItsProviderNoLongerKnows_GoesToItsReplacement()
    {
        using var file = new TemporaryFile("""
            { "models": [
              { "id": "old", "provider": "openai", "server": "gpu", "lifecycle": { "replacement": "new" } },
              { "id": "new", "provider": "openai", "server": "gpu" } ] }
            """);
        using var host = Three(file);
        var (catalog, router) = (host.Get<ModelCatalog>(), host.Get<ModelRouter>());

        Assert.Equal("old", router.Choose(new RouteHints("x", Model: "old")).Id);
        catalog.NoteEnded(catalog.Find("old")!);
        Assert.Equal("new", router.Choose(new RouteHints("x", Model: "old")).Id);
    }

    [Fact(Timeout = 180_000)]
    public async Task Catalog_FileChanges_IsReadAgainAndABrokenOneIsNot()
    {
        using var file = new TemporaryFile("""{ "models": [{ "id": "one", "provider": "openai", "server": "gpu" }] }""");
        using var host = Three(file);
        await host.StartAsync();
        var catalog = host.Get<ModelCatalog>();

        await File.WriteAllTextAsync(file.Path, """{ "models": [""");
        Assert.Throws<CatalogException>(catalog.Reload);
        Assert.NotNull(catalog.Find("one"));

        await File.WriteAllTextAsync(file.Path, """{ "models": [{ "id": "second", "provider": "openai", "server": "gpu" }] }""");
        while (catalog.Find("second") is null)
        {
            await Task.Delay(20);
        }

        Assert.Null(catalog.Find("one"));
        await host.StopAsync();
    }

    [Fact(Timeout = 180_000)]
    public async Task Catalog_FileChangesBeforeTheWatcherLooks_IsReadAgain()
    {
        using var file = new TemporaryFile("""{ "models": [{ "id": "one", "provider": "openai", "server": "gpu" }] }""");
        using var host = Three(file);
        var catalog = host.Get<ModelCatalog>();
        Assert.NotNull(catalog.Find("one"));

        await File.WriteAllTextAsync(file.Path, """{ "models": [{ "id": "second", "provider": "openai", "server": "gpu" }] }""");
        await host.StartAsync();
        while (catalog.Find("second") is null)
        {
            await Task.Delay(20);
        }

        await host.StopAsync();
    }

    [Fact(Timeout = 180_000)]
    public async Task Catalog_CannotBeMadeForAReasonNobodyForesaw_IsReportedAndTheFormerOneStays()
    {
        using var file = new TemporaryFile("""{ "models": [{ "id": "one", "provider": "openai", "server": "gpu" }] }""");
        var options = Options.Create(new ModelsOptions { Catalog = file.Path });
        var catalog = new ModelCatalog(options, TimeProvider.System);
        using var logs = new CollectedLogs();
        using var loggers = new LoggerFactory([logs]);
        using var watcher = new CatalogWatcher(catalog, options, TimeProvider.System, loggers.CreateLogger<CatalogWatcher>());
        await watcher.StartAsync(default);

        options.Value.Bedrock.ApplicationProfiles["broken"] = null!;
        await File.WriteAllTextAsync(file.Path, """{ "models": [{ "id": "second", "provider": "openai", "server": "gpu" }] }""");
        while (!logs.Entries.Any(entry => entry is { Id.Id: 4002, Exception: NullReferenceException }))
        {
            await Task.Delay(20);
        }

        Assert.NotNull(catalog.Find("one"));
        options.Value.Bedrock.ApplicationProfiles.Clear();
        await File.WriteAllTextAsync(file.Path, """{ "models": [{ "id": "the-third", "provider": "openai", "server": "gpu" }] }""");
        while (catalog.Find("the-third") is null)
        {
            await Task.Delay(20);
        }

        await watcher.StopAsync(default);
    }

    private static Microsoft.Extensions.Hosting.IHost Three(TemporaryFile file) => ModelsHost.Build(
        ("Nura:Models:Catalog", file.Path), ("Nura:Models:Servers:gpu:BaseUrl", "http://localhost:1/v1"), ("Nura:Models:Servers:gpu:Models:0", "qwen"));
}
