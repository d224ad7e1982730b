using Microsoft.Extensions.Options;
using Nura.Models;

namespace Nura.Tests.Models;

public sealed class ModelCatalogTests
{
    [Theory]
    [InlineData("anthropic.claude-3-sonnet-20240229-v1:0", "claude-3-sonnet", "claude-sonnet-4-6")]
    [InlineData("anthropic.claude-3-haiku-20240307-v1:0", "claude-3-haiku", "claude-haiku-4-5")]
    [InlineData("meta.llama2-70b-chat-v1", "llama-2-70b", "llama-3-3-70b")]
    [InlineData("amazon.titan-embed-text-v1", "titan-embed-text-v1", "titan-embed-text-v1")]
    [InlineData("cohere.command-text-v14", "cohere-command", "nova-lite")]
    public void Find_ModelsOfTheOriginalDesign_ResolveToWhatAnswersToday(string name, string id, string current)
    {
        using var host = ModelsHost.Build();
        var catalog = host.Get<ModelCatalog>();

        var model = catalog.Find(name);
        Assert.Equal(id, model?.Id);
        Assert.Equal(current, catalog.Current(model!).Id);
    }

    [Fact]
    public void Find_NothingOfThatName_Null()
    {
        using var host = ModelsHost.Build();
        Assert.Null(host.Get<ModelCatalog>().Find("gpt-nothing"));
    }

    [Fact]
    public void Usable_NothingConfigured_IsOfflineAlone()
    {
        using var host = ModelsHost.Build();
        Assert.Equal(["offline"], host.Get<ModelCatalog>().Usable.Select(model => model.Id));
    }

    [Fact]
    public void All_ServerConfigured_ItsModelsAreKnownByBothNames()
    {
        using var host = ModelsHost.Build(
            ("Nura:Models:Servers:gpu:BaseUrl", "http://localhost:1/v1"),
            ("Nura:Models:Servers:gpu:Models:0", "qwen2.5-coder"),
            ("Nura:Models:Servers:other:BaseUrl", "http://localhost:2/v1"),
            ("Nura:Models:Servers:other:Models:0", "qwen2.5-coder"));
        var catalog = host.Get<ModelCatalog>();

        Assert.Equal("gpu", catalog.Find("qwen2.5-coder")!.Server);
        Assert.Same(catalog.Find("qwen2.5-coder"), catalog.Find("gpu/qwen2.5-coder"));
        Assert.Equal("other", catalog.Find("other/qwen2.5-coder")!.Server);
        Assert.Equal(3, catalog.Usable.Count);
    }

    [Fact]
    public void Catalog_File_ReplacesAndAdds()
    {
        using var file = new TemporaryFile("""
            { "models": [
              { "id": "claude-3-haiku", "provider": "bedrock", "context": 1000, "prices": [{ "input": 7.5 }] },
              { "id": "house", "provider": "openai", "server": "gpu", "aliases": ["ours"], "capabilities": ["tools"] }
            ] }
            """);
        using var host = ModelsHost.Build(("Nura:Models:Catalog", file.Path));
        var catalog = host.Get<ModelCatalog>();

        Assert.Equal(7.5m, catalog.Find("claude-3-haiku")!.Prices[0].Input);
        Assert.True(catalog.Find("ours")!.Can(Capabilities.Tools));
    }

    [Theory]
    [InlineData("""{ "models": [{ "id": "a", "provider": "nobody" }] }""", "provider 'nobody'")]
    [InlineData("""{ "models": [{ "id": "a", "provider": "bedrock", "capabilities": ["flying"] }] }""", "capability 'flying'")]
    [InlineData("""{ "models": [{ "id": "a", "provider": "bedrock", "contxt": 5 }] }""", "contxt")]
    [InlineData("""{ "models": [{ "id": "a", "provider": "bedrock", "aliases": ["claude-3-haiku"] }] }""", "the name 'claude-3-haiku'")]
    [InlineData("""{ "models": [{ "id": "a", "provider": "bedrock", "lifecycle": { "replacement": "b" } }] }""", "replacement 'b'")]
    [InlineData("""{ "models": [{ "id": "a", "provider": "bedrock", "prices": [{ "input": 1 }, { "input": 2 }] }] }""", "oldest first")]
    [InlineData("""{ "models": [{ "id": "a", "provider": "bedrock", "prices": [{ "input": -1 }] }] }""", "not be negative")]
    [InlineData("""{ "models": [null] }""", "models[0] is null")]
    [InlineData("""{ "models": [{ "id": "a", "provider": "bedrock", "aliases": ["b", null] }] }""", "model 'a': aliases[1] is null")]
    [InlineData("""{ "models": [{ "id": "a", "provider": "bedrock", "capabilities": [null] }] }""", "model 'a': capabilities[0] is null")]
    [InlineData("""{ "models": [{ "id": "a", "provider": "bedrock", "prices": [null] }] }""", "model 'a': prices[0] is null")]
    [InlineData("""{ "models": [{ "id": "a", "provider": "bedrock", "fallbacks": [null] }] }""", "model 'a': fallbacks[0] is null")]
    [InlineData("""{ "rules": [null] }""", "rules[0] is null")]
    [InlineData("""{ "rules": [{ "name": "r", "use": ["nova-lite", null] }] }""", "rule 'r': use[1] is null")]
    [InlineData("""{ "rules": [{ "name": "r", "use": ["nova-lite"], "agents": [null] }] }""", "rule 'r': agents[0] is null")]
    [InlineData("""{ "rules": [{ "name": "r", "use": ["nova-lite"], "contains": [null] }] }""", "rule 'r': contains[0] is null")]
    [InlineData("""{ "models": [""", "line 1")]
    [InlineData("null", "must be an object")]
    public void Catalog_FileIsWrong_SaysWhere(string json, string expected)
    {
        using var file = new TemporaryFile(json);
        using var host = ModelsHost.Build(("Nura:Models:Catalog", file.Path));

        var exception = Assert.Throws<CatalogException>(host.Get<ModelCatalog>);
        Assert.Contains(file.Path, exception.Message, StringComparison.Ordinal);
        Assert.Contains(expected, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Catalog_NoSuchFile_NamesKeyAndPath()
    {
        using var host = ModelsHost.Build(("Nura:Models:Catalog", "/nowhere/models.json"));
        var exception = Assert.Throws<CatalogException>(host.Get<ModelCatalog>);
        Assert.Contains("/nowhere/models.json (Nura:Models:Catalog)", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Nura:Models:Servers:gpu:BaseUrl", "gpu.example.com/v1")]
    [InlineData("Nura:Models:Servers:gpu:BaseUrl", "http://me:secret@gpu/v1")]
    [InlineData("Nura:Models:Servers:gpu:Models:0", " ")]
    [InlineData("Nura:Models:Servers:gpu:ApiKey", "key with blanks")]
    [InlineData("Nura:Models:Servers:gpu:Context", "0")]
    [InlineData("Nura:Models:Servers:gpu:TimeoutSeconds", "0")]
    public async Task Start_BadServer_FailsAndNamesTheKey(string key, string value)
    {
        var settings = new Dictionary<string, string>
        {
            ["Nura:Models:Servers:gpu:BaseUrl"] = "http://localhost:1/v1",
            ["Nura:Models:Servers:gpu:Models:0"] = "m",
            [key] = value,
        };
        using var host = ModelsHost.Build([.. settings.Select(pair => (pair.Key, pair.Value))]);

        var exception = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync());
        Assert.Contains(key.Replace(":0", "", StringComparison.Ordinal), exception.Message, StringComparison.Ordinal);
    }
}
