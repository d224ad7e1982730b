using System.Text.Json;
using System.Text.Json.Nodes;
using Nura.Api;
using Nura.Rag;
using Nura.Tests.Agents;
using Nura.Tests.Api;
using Nura.Tests.Databases;
using Nura.Tests.Rag;

namespace Nura.Tests.Cli;

/// <summary>The command-line tool against the public edge with Nura.Rag behind it, all on real sockets.</summary>
public sealed class CommandTests(DatabaseFixture database) : IClassFixture<DatabaseFixture>
{
    private const string Key = RunningNura.Key;

    [Fact(Timeout = 300_000)]
    public async Task Commands_AgainstARunningServer_DoWhatTheySay()
    {
        var folder = Directory.CreateTempSubdirectory("nura-cli-").FullName;
        var connectionString = await database.GetAsync();
        using var sample = new SampleRepository(folder);
        var commit = sample.Commit("src/Cart.cs", "namespace Shop;\n\npublic sealed class Cart\n{\n    public int CountItems() => 1;\n}\n", "README.md", "# Shop\n\nCounts items.\n");
        await using var rag = new ServiceHost<RagOptions>(
            ("ConnectionStrings:nura", connectionString), ("Nura:Rag:MirrorDirectory", Path.Combine(folder, "mirrors")), ("Nura:Rag:LocalRoots:0", folder),
            ("Nura:Rag:PollSeconds", "0"), ("Nura:Rag:RemotePollSeconds", "0"));
        await using var api = new ServiceHost<ApiOptions>(
            ("ConnectionStrings:nura", connectionString), ("services:rag:http:0", rag.Url.ToString()), ("services:agents:http:0", rag.Url.ToString()), ("Nura:Api:Key", Key));
        var url = api.Url.ToString();
        var cite = $"shop@{commit[..12]}:src/Cart.cs";

        Assert.Equal((0, "shop is searchable at " + commit + ": 2 files, 2 pieces.\n"), Parts(await RunAsync(url, "repos", "add", sample.Path, "--name", "shop")));
        Assert.Contains($"shop  ready      {commit[..12]}        2 files", (await RunAsync(url, "repos", "list")).Output, StringComparison.Ordinal);
        Assert.Contains($"{sample.Path}: 2 files, 2 pieces at {commit}", (await RunAsync(url, "repos", "status", "shop")).Output, StringComparison.Ordinal);
        Assert.StartsWith($"{cite}#L1-L6  Shop", (await RunAsync(url, "search", "how", "are", "items", "counted", "-r", "shop", "--path", "src")).Output, StringComparison.Ordinal);
        Assert.StartsWith("shop@", (await RunAsync(url, "search", "items", "--kind", "document", "--places")).Output, StringComparison.Ordinal);
        Assert.Contains("README.md", (await RunAsync(url, "search", "items", "--kind", "document", "--places")).Output, StringComparison.Ordinal);
        Assert.Equal((1, ""), Parts(await RunAsync(url, "search", "items", "--kind", "configuration")));
        Assert.Contains("Give one of: source, test, document, configuration.", (await RunAsync(url, "search", "items", "--kind", "binary")).Error, StringComparison.Ordinal);
        Assert.Equal((0, $"{cite}#L3-L6  class  public sealed class Cart\n"), Parts(await RunAsync(url, "symbols", "cart", "-i", "--kind", "class")));
        Assert.Equal((0, $"{cite}#L5-L5  defined here  public int CountItems() => 1;\n"), Parts(await RunAsync(url, "refs", "CountItems")));
        Assert.Equal((0, $"{cite}#L5-L5  public int CountItems() => 1;\n"), Parts(await RunAsync(url, "grep", "-E", "int .*Items")));
        Assert.Equal((0, "public sealed class Cart\n{\n"), Parts(await RunAsync(url, "read", $"{cite}#L3-L4")));
        Assert.Equal((0, "# Shop\n"), Parts(await RunAsync(url, "read", "shop:README.md#L1")));
        Assert.Equal((1, ""), Parts(await RunAsync(url, "grep", "no such text")));
        Assert.Equal((1, ""), Parts(await RunAsync(url, "grep", "@Override")));
        Assert.Equal((0, $"{cite}#L5-L5  public int CountItems() => 1;\n"), Parts(await RunAsync(url, "grep", "-p", "src", "--", "=> 1")));
        Assert.Equal((1, ""), Parts(await RunAsync(url, "grep", "--", "-> 1")));
        var json = JsonDocument.Parse((await RunAsync(url, "search", "items", "--json", "--explain")).Output).RootElement;
        Assert.Equal(commit, json.GetProperty("hits")[0].GetProperty("citation").GetProperty("commit").GetString());
        Assert.True(json.GetProperty("hits")[0].GetProperty("explanation").GetProperty("lanes").GetArrayLength() > 0);

        var unknown = await RunAsync(url, "search", "items", "-r", "nothing");
        Assert.Equal((2, "nura: There is no repository \"nothing\". There are: shop.\n"), (unknown.Code, unknown.Error));
        var missing = await RunAsync(url, "read", "shop:missing.cs");
        Assert.Equal(2, missing.Code);
        Assert.Contains("missing.cs", missing.Error, StringComparison.Ordinal);
        Assert.Equal(2, (await RunAsync(url, "read", "no place")).Code);
        Assert.Contains("no server answers at http://127.0.0.1:1", (await RunAsync("http://127.0.0.1:1", "repos", "list")).Error, StringComparison.Ordinal);
        Assert.Contains("Connection refused. Start Nura", (await RunAsync("http://127.0.0.1:1", "repos", "list")).Error, StringComparison.Ordinal);
        Assert.Contains("is no address", (await RunAsync("nowhere", "repos", "list")).Error, StringComparison.Ordinal);
        Assert.Equal((2, "nura: There is nothing to pause. No index is under way or waiting.\n"), (await RunAsync(url, "repos", "pause", "shop")) is var paused ? (paused.Code, paused.Error) : default);
        Assert.Equal((0, "shop is removed.\n"), Parts(await RunAsync(url, "repos", "remove", "shop")));
        var unwaited = await RunAsync(url, "repos", "add", sample.Path, "--name", "later", "--no-wait");
        Assert.Equal(0, unwaited.Code);
        // The index may have begun by the time that it is told.
        Assert.Matches("^later is (queued|fetching|indexing|ready); nura repos status later says how far it is.\n$", unwaited.Output);
        Assert.Equal(0, (await RunAsync(url, "repos", "index", "later")).Code);
        Assert.Equal("later", (string?)JsonNode.Parse((await RunAsync(url, "repos", "remove", "later", "--json")).Output)!["name"]);
        Assert.Equal((0, ""), Parts(await RunAsync(url, "repos", "list")));
        Directory.Delete(Path.Combine(folder, "mirrors"), recursive: true);
    }

    [Fact(Timeout = 300_000)]
    public async Task Ask_AgainstARunningServer_WritesTheAnswerWithItsCitations()
    {
        await using var nura = await RunningNura.StartAsync(database);
        using var sample = new SampleRepository(nura.Folder);
        var commit = sample.Commit("Cart.cs", "public sealed class Cart\n{\n    // Counts the items that were not yet paid.\n    public int CountItems() => 1;\n}\n");
        var view = await nura.AddAsync(sample, "ask-shop");
        var url = nura.Service.Url.ToString();

        var (code, output, error) = await RunAsync(url, "ask", "What", "does", "CountItems", "count?");
        var json = await RunAsync(url, "ask", "--json", "What does CountItems count?");
        var unknown = await RunAsync(url, "ask", "--model", "nobody", "Anything?");

        Assert.Equal((0, ""), (code, error));
        Assert.Contains("Counts the items that were not yet paid.", output, StringComparison.Ordinal);
        Assert.Contains($"[ask-shop@{commit[..12]}:Cart.cs#L", output, StringComparison.Ordinal);
        Assert.EndsWith("\n", output, StringComparison.Ordinal);
        Assert.DoesNotContain("data:", output, StringComparison.Ordinal);
        Assert.Equal(0, json.Code);
        var message = JsonDocument.Parse(json.Output).RootElement.GetProperty("choices")[0].GetProperty("message").GetProperty("content").GetString();
        Assert.Contains($"[ask-shop@{commit[..12]}:Cart.cs#L", message, StringComparison.Ordinal);
        Assert.Equal(0, (await RunAsync(url, "repos", "remove", view.Name)).Code);
        Assert.Equal((2, ""), Parts(unknown));
        Assert.Equal("nura: The model 'nobody' cannot answer: there is none of this name. GET /api/models lists those that can. Without a model Nura chooses one.\n", unknown.Error);
    }

    [Fact]
    public async Task Help_EveryCommand_IsNamed()
    {
        var help = (await RunAsync("http://localhost", "--help")).Output;
        Assert.All(["ask", "search", "symbols", "refs", "grep", "read", "repos", "NURA_URL", "NURA_KEY", "--json"], word => Assert.Contains(word, help, StringComparison.Ordinal));
        var repositories = (await RunAsync("http://localhost", "repos", "--help")).Output;
        Assert.All(["add", "list", "status", "index", "pause", "webhook"], word => Assert.Contains(word, repositories, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("")]
    [InlineData("repos")]
    [InlineData("no-such-command")]
    [InlineData("repos list --no-such-option")]
    [InlineData("search items --budget many")]
    public async Task Usage_Mistaken_IsSaidAndFails(string line)
    {
        var (code, _, error) = await RunAsync("http://localhost", line.Split(' ', StringSplitOptions.RemoveEmptyEntries));

        Assert.Equal(2, code);
        Assert.NotEqual("", error);
    }

    [Theory]
    [InlineData("search cart --limt 5", "--limt")]
    [InlineData("ask why -x", "-x")]
    [InlineData("grep --regx", "--regx")]
    [InlineData("repos status --jsn", "--jsn")]
    [InlineData("search --limt -- --really", "--limt")]
    public async Task Option_Mistyped_IsNamedAndFails(string line, string option)
    {
        var (code, output, error) = await RunAsync("http://127.0.0.1:1", line.Split(' '));

        Assert.Equal((2, ""), (code, output));
        Assert.Equal($"Unrecognized command or argument '{option}'. Words that begin with a dash go after --.\n", error);
    }

    private static (int, string) Parts((int Code, string Output, string Error) run) => (run.Code, run.Output);

    private static Task<(int Code, string Output, string Error)> RunAsync(string url, params string[] arguments) => CommandLine.RunAsync(url, arguments);
}
