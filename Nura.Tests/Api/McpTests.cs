using System.Net;
using ModelContextProtocol;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;
using Nura.Tests.Databases;
using Nura.Tests.Fakes;
using Nura.Tests.Rag;

namespace Nura.Tests.Api;

/// <summary>The official client of the Model Context Protocol against all services.</summary>
public sealed class McpTests(DatabaseFixture database) : IClassFixture<DatabaseFixture>
{
    private const int Hang = 180_000;

    [Fact(Timeout = Hang)]
    public async Task Tools_CalledByTheOfficialClient_AnswerWithCitations()
    {
        await using var nura = await RunningNura.StartAsync(database);
        using var sample = new SampleRepository(nura.Folder);
        sample.Commit("src/Crate.cs", "class Crate\n{\n    // Holds apples.\n    int apples;\n}\n", "src/Use.cs", "class Use\n{\n    Crate crate;\n}\n");
        var name = $"crates-{Guid.NewGuid():N}";
        var view = await nura.AddAsync(sample, name);
        await using var client = await ConnectAsync(nura, RunningNura.Key);
        var cited = $"{name}@{view.Commit![..12]}:src/Crate.cs#L";

        Assert.Equal("nura", client.ServerInfo?.Name);
        Assert.Equal(
            ["ask", "find_references", "find_symbol", "grep", "list_repositories", "read_file", "search"],
            (await client.ListToolsAsync()).Select(tool => tool.Name).Order(StringComparer.Ordinal));
        Assert.Contains($"{name}: ready", await CallAsync(client, "list_repositories"), StringComparison.Ordinal);
        Assert.Contains($"{cited}1-L5 (Crate)\nclass Crate", await CallAsync(client, "search", ("query", "apples"), ("repository", name)), StringComparison.Ordinal);
        Assert.Equal($"{cited}3-L4 of 5 lines\n    // Holds apples.\n    int apples;", await CallAsync(client, "read_file", ("repository", name), ("path", "src/Crate.cs"), ("startLine", 3), ("endLine", 4)));
        Assert.StartsWith($"{cited}1-L5 class Crate: class Crate", await CallAsync(client, "find_symbol", ("name", "Crate"), ("repository", name)), StringComparison.Ordinal);
        Assert.Contains("src/Use.cs#L3-L3 Crate crate;", await CallAsync(client, "find_references", ("name", "Crate"), ("repository", name)), StringComparison.Ordinal);
        Assert.Equal($"{cited}4-L4 int apples;", await CallAsync(client, "grep", ("pattern", "apples;$"), ("regex", true), ("repository", name)));
        Assert.Equal("Nothing was found.", await CallAsync(client, "grep", ("pattern", "pears"), ("repository", name)));
    }

    [Fact(Timeout = Hang)]
    public async Task Ask_OfAnAgent_AnswersAndTellsItsSteps()
    {
        await using var model = await FakeOpenAi.StartAsync();
        await using var nura = await RunningNura.StartAsync(
            database, ("Nura:Models:Servers:fake:BaseUrl", model.BaseUrl), ("Nura:Models:Servers:fake:Models:0", "mock"), ("Nura:Models:Servers:fake:Tools", "false"));
        using var sample = new SampleRepository(nura.Folder);
        sample.Commit("README.md", "# Boats\n\nThe quayside sells boats.\n");
        await nura.AddAsync(sample, $"boats-{Guid.NewGuid():N}");
        await using var client = await ConnectAsync(nura, RunningNura.Key);
        var told = new TaskCompletionSource<string?>(TaskCreationOptions.RunContinuationsAsynchronously);

        // The model answers once the step is told: what is told of a call that has ended, clients drop.
        model.Instead = async (_, _) =>
        {
            await told.Task;
            return false;
        };
        var answer = await client.CallToolAsync(
            "ask", new Dictionary<string, object?> { ["question"] = "What does the quayside sell?" }, new Progress<ProgressNotificationValue>(step => told.TrySetResult(step.Message)));

        Assert.Contains("README.md#L", Text(answer), StringComparison.Ordinal);
        Assert.StartsWith("search: ", await told.Task, StringComparison.Ordinal);
    }

    [Fact(Timeout = Hang)]
    public async Task Tools_WithALimitedKey_SeeAsMuchAsItMay()
    {
        await using var nura = await RunningNura.StartAsync(database);
        using var sample = new SampleRepository(nura.Folder);
        sample.Commit("secret.txt", "The quicksilver lies in vault seven.\n");
        var name = $"secret-{Guid.NewGuid():N}";
        await nura.AddAsync(sample, name);
        var (key, _) = await nura.KeyAsync([]);
        await using var client = await ConnectAsync(nura, key);

        Assert.Equal("There are none.", await CallAsync(client, "list_repositories"));
        Assert.StartsWith("Nothing was found.", await CallAsync(client, "search", ("query", "quicksilver vault")), StringComparison.Ordinal);
        Assert.EndsWith($"There is no repository '{name}'.", await FailAsync(client, "grep", ("pattern", "vault"), ("repository", name)), StringComparison.Ordinal);
        Assert.NotEmpty(await FailAsync(client, "read_file", ("repository", name), ("path", "secret.txt")));
    }

    [Fact(Timeout = Hang)]
    public async Task Call_ThatCannotBeDone_SaysWhy()
    {
        await using var host = await ApiHost.StartAsync(database);
        await using var client = await McpClient.CreateAsync(Transport(host.Service.Url, ApiHost.Key));

        Assert.Contains("1 to 8,192 characters", (await client.ListToolsAsync()).Single(tool => tool.Name == "search").JsonSchema.GetRawText(), StringComparison.Ordinal);
        Assert.Contains("agent", await FailAsync(client, "ask", ("question", "?"), ("agent", "nobody")), StringComparison.OrdinalIgnoreCase);
        Assert.Contains("The model 'nobody' cannot answer", await FailAsync(client, "ask", ("question", "?"), ("model", "nobody")), StringComparison.Ordinal);
    }

    [Fact(Timeout = Hang)]
    public async Task Call_WithWrongArguments_SaysWhatTheToolTakes()
    {
        await using var host = await ApiHost.StartAsync(database);
        await using var client = await McpClient.CreateAsync(Transport(host.Service.Url, ApiHost.Key));

        Assert.Contains("The argument 'query' is missing. search takes query (string), ", await FailAsync(client, "search", ("question", "Where?")), StringComparison.Ordinal);
        Assert.Contains("The argument 'query' is missing.", await FailAsync(client, "search", ("query", null)), StringComparison.Ordinal);
        var wrong = await FailAsync(client, "read_file", ("repository", "shop"), ("path", "a.cs"), ("startLine", "the first"));
        Assert.Contains("An argument is of the wrong type.", wrong, StringComparison.Ordinal);
        Assert.Contains("startLine (integer)", wrong, StringComparison.Ordinal);
    }

    [Fact(Timeout = Hang)]
    public async Task Request_WithoutAKey_IsRefused()
    {
        await using var host = await ApiHost.StartAsync(database);
        host.Http.DefaultRequestHeaders.Authorization = null;

        using var body = new StringContent("{}", System.Text.Encoding.UTF8, "application/json");
        using var refused = await host.Http.PostAsync("/mcp", body);

        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        Assert.Equal("Bearer", refused.Headers.WwwAuthenticate.ToString());
    }

    private static Task<McpClient> ConnectAsync(RunningNura nura, string key) => McpClient.CreateAsync(Transport(nura.Service.Url, key));

    private static HttpClientTransport Transport(Uri url, string key) => new(new HttpClientTransportOptions
    {
        Endpoint = new Uri(url, "mcp"),
        TransportMode = HttpTransportMode.StreamableHttp,
        AdditionalHeaders = new Dictionary<string, string> { ["Authorization"] = $"Bearer {key}" },
    });

    private static async Task<string> CallAsync(McpClient client, string tool, params (string Name, object? Value)[] arguments)
    {
        var result = await client.CallToolAsync(tool, arguments.ToDictionary(argument => argument.Name, argument => argument.Value));
        Assert.False(result.IsError is true, Text(result));
        return Text(result);
    }

    private static async Task<string> FailAsync(McpClient client, string tool, params (string Name, object? Value)[] arguments)
    {
        var result = await client.CallToolAsync(tool, arguments.ToDictionary(argument => argument.Name, argument => argument.Value));
        Assert.True(result.IsError is true, Text(result));
        return Text(result);
    }

    private static string Text(CallToolResult result) => string.Concat(result.Content.OfType<TextContentBlock>().Select(block => block.Text));
}
