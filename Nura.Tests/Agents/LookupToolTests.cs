using System.Text.Json;
using Nura.Agents.Kernel;
using Nura.Agents.Tools;
using Nura.Contracts;
using Nura.Tests.Databases;
using Nura.Tests.Rag;

namespace Nura.Tests.Agents;

/// <summary>The agents' exact tools on a real index.</summary>
public sealed class LookupToolTests(DatabaseFixture database) : IClassFixture<DatabaseFixture>
{
    private const string Cart = "namespace Shop;\n\npublic sealed class Cart\n{\n    public int CountItems() => 1;\n\n    public int Twice() => CountItems() * 2;\n}\n";

    [Fact(Timeout = 180_000)]
    public async Task Tools_Lookups_GiveEachPlaceWithItsCitation()
    {
        await using var host = new RagHost(await database.GetAsync());
        using var sample = new SampleRepository(host.Root);
        var commit = sample.Commit("src/Cart.cs", Cart, "notes/a.md", "CountItems counts.\n")[..Citation.ShortCommit];
        var view = await host.AddAsync(sample.Path, "shop");
        using var hidden = new SampleRepository(host.Root);
        hidden.Commit("secret.cs", "class CountItems { }\n");
        await host.AddAsync(hidden.Path, "hidden");
        Task<ToolAnswer> CallAsync(ITool tool, object arguments) => tool.CallAsync(
            JsonSerializer.SerializeToElement(arguments), new AgentRun(new StartRun("nura", [new RunMessage("user", "?")], Repositories: [view.Id]), [], null!, _ => { }), CancellationToken.None);

        var symbol = await CallAsync(new FindSymbolTool(host.Rag), new { name = "countitems" });
        Assert.Equal($"citation=\"shop@{commit}:src/Cart.cs#L5-L5\"|method Cart.CountItems: public int CountItems() => 1;", Passages(symbol.Text));
        Assert.Equal("\"countitems\": 1 place", symbol.Summary);
        var references = await CallAsync(new FindReferencesTool(host.Rag), new { name = "CountItems", path = "src" });
        Assert.Equal(
            $"citation=\"shop@{commit}:src/Cart.cs#L5-L5\"|(definition) public int CountItems() => 1;|citation=\"shop@{commit}:src/Cart.cs#L7-L7\"|(in Cart.Twice) public int Twice() => CountItems() * 2;",
            Passages(references.Text));
        var lines = await CallAsync(new GrepTool(host.Rag), new { pattern = "^count\\w+ counts", regex = true, ignore_case = true });
        Assert.Equal($"citation=\"shop@{commit}:notes/a.md#L1-L1\"|CountItems counts.", Passages(lines.Text));
        Assert.Equal("Nothing was found.", (await CallAsync(new GrepTool(host.Rag), new { pattern = "class CountItems" })).Text);
        await Assert.ThrowsAsync<ToolArgumentException>(() => CallAsync(new GrepTool(host.Rag), new { regex = true }));
        Assert.Equal(400, (await Assert.ThrowsAsync<ProblemException>(() => CallAsync(new GrepTool(host.Rag), new { pattern = "(", regex = true }))).Status);
    }

    // What stands between the marks, which are others each time.
    private static string Passages(string text) => string.Join('|', text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line => !line.StartsWith("</", StringComparison.Ordinal))
        .Select(line => line.StartsWith("<passage-", StringComparison.Ordinal) ? line[(line.IndexOf(' ', StringComparison.Ordinal) + 1)..^1] : line));
}
