using Nura.Models;

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
}
