using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Nura.Agents;
using Nura.Api;
using Nura.Contracts;
using Nura.Rag;
using Nura.Tests.Agents;
using Nura.Tests.Databases;
using Nura.Tests.Rag;

namespace Nura.Tests.Api;

/// <summary>The three services on real sockets and a real database, without a model unless a test sets one, and a folder to add repositories from.</summary>
internal sealed class RunningNura : IAsyncDisposable
{
    public const string Key = "nura_first-key-of-the-whole-system";

    private readonly ServiceHost<RagOptions> _rag;
    private readonly ServiceHost<AgentsOptions> _agents;

    private RunningNura(string folder, string connectionString, (string Key, string? Value)[] settings)
    {
        Folder = folder;
        _rag = new ServiceHost<RagOptions>([
            ("ConnectionStrings:nura", connectionString), ("Nura:Rag:MirrorDirectory", Path.Combine(folder, "mirrors")), ("Nura:Rag:LocalRoots:0", folder),
            ("Nura:Rag:PollSeconds", "0"), ("Nura:Rag:RemotePollSeconds", "0"), ("Nura:Rag:EvaluationHours", "0"), .. settings]);
        _agents = new ServiceHost<AgentsOptions>([
            ("ConnectionStrings:nura", connectionString), ("services:rag:http:0", _rag.Url.ToString()), ("Nura:Agents:WarmUp", "false"), .. settings]);
        Service = new ServiceHost<ApiOptions>([
            ("ConnectionStrings:nura", connectionString), ("services:rag:http:0", _rag.Url.ToString()), ("services:agents:http:0", _agents.Url.ToString()), ("Nura:Api:Key", Key), .. settings]);
        Http = As(Key);
    }

    public string Folder { get; }

    public ServiceHost<ApiOptions> Service { get; }

    /// <summary>The public edge as the administrator sees it.</summary>
    public HttpClient Http { get; }

    /// <param name="database">Where its data go.</param>
    /// <param name="settings">Settings of all three services.</param>
    public static async Task<RunningNura> StartAsync(DatabaseFixture database, params (string Key, string? Value)[] settings) =>
        new(Directory.CreateTempSubdirectory("nura-whole-").FullName, await database.GetAsync(), settings);

    /// <summary>The public edge as the holder of a key sees it.</summary>
    public HttpClient As(string key) => new(new SocketsHttpHandler(), disposeHandler: true) { BaseAddress = Service.Url, DefaultRequestHeaders = { { "Authorization", $"Bearer {key}" } }, Timeout = TimeSpan.FromSeconds(60) };

    /// <summary>A new key.</summary>
    /// <param name="repositories">What it may see; everything if <see langword="null"/>.</param>
    public async Task<(string Key, Guid Id)> KeyAsync(params Guid[]? repositories)
    {
        using var response = await Http.PostAsJsonAsync("/api/keys", new { name = "somebody", repositories });
        var created = JsonNode.Parse(await response.EnsureSuccessStatusCode().Content.ReadAsStringAsync())!;
        return ((string)created["key"]!, (Guid)created["view"]!["id"]!);
    }

    /// <summary>Adds a repository and waits for its index.</summary>
    public async Task<RepositoryView> AddAsync(SampleRepository sample, string name)
    {
        var rag = new RagClient(_rag.Http);
        var added = await rag.AddAsync(new AddRepository(sample.Path, name), CancellationToken.None);
        await foreach (var _ in rag.ProgressStreamAsync(added.Id, CancellationToken.None))
        {
        }

        return await rag.GetAsync(added.Id, CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await Service.DisposeAsync();
        await _agents.DisposeAsync();
        await _rag.DisposeAsync();
        Directory.Delete(Folder, recursive: true);
    }
}
