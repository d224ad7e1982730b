using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Nura.Contracts;
using Nura.Rag;
using Nura.Tests.Databases;
using Nura.Tests.Fakes;

namespace Nura.Tests.Rag;

/// <summary>The service as it is, on a database, with a mirror directory of its own and one folder to add repositories from.</summary>
internal sealed class RagHost : WebApplicationFactory<RagOptions>
{
    private readonly string _connectionString;
    private readonly (string Key, string Value)[] _settings;
    private readonly string _folder = Directory.CreateTempSubdirectory("nura-rag-").FullName;

    public RagHost(string connectionString, params (string Key, string Value)[] settings)
    {
        _connectionString = connectionString;
        _settings = settings;
        Root = Directory.CreateDirectory(Path.Combine(_folder, "sources")).FullName;
        Rag = new RagClient(CreateClient());
    }

    /// <summary>The folder that sources may lie in.</summary>
    public string Root { get; }

    public string Mirrors => Path.Combine(_folder, "mirrors");

    public RagClient Rag { get; }

    public CollectedLogs Logs { get; } = new();

    public T Get<T>()
        where T : notnull => Services.GetRequiredService<T>();

    /// <summary>Adds a repository and waits for its first run to end.</summary>
    public async Task<RepositoryView> AddAsync(string source, string? name = null, string? reference = null) =>
        await EndAsync((await Rag.AddAsync(new AddRepository(source, name, reference), CancellationToken.None)).Id);

    /// <summary>Indexes a repository again and waits for that run to end.</summary>
    public async Task<RepositoryView> IndexAsync(Guid id)
    {
        await Rag.IndexAsync(id, CancellationToken.None);
        return await EndAsync(id);
    }

    /// <summary>Waits until no run is under way.</summary>
    public async Task<RepositoryView> EndAsync(Guid id)
    {
        await foreach (var _ in Rag.ProgressStreamAsync(id, CancellationToken.None))
        {
        }

        return await Rag.GetAsync(id, CancellationToken.None);
    }

    public Task<SearchAnswer> SearchAsync(string query, params Guid[] visible) =>
        Rag.SearchAsync(new SearchRequest(query, visible, 50), CancellationToken.None);

    protected override void ConfigureWebHost(IWebHostBuilder builder)
    {
        builder.UseSetting("ConnectionStrings:nura", _connectionString);
        builder.UseSetting("Nura:Rag:MirrorDirectory", Mirrors);
        builder.UseSetting("Nura:Rag:LocalRoots:0", Root);
        builder.UseSetting("Nura:Rag:PollSeconds", "0");
        builder.UseSetting("Nura:Rag:RemotePollSeconds", "0");
        // Files that only their history speaks for are the business of HistoryTests.
        builder.UseSetting("Nura:Rag:HistoryCommits", "0");
        // And its worth that of EvaluationTests.
        builder.UseSetting("Nura:Rag:EvaluationHours", "0");
        foreach (var (key, value) in _settings)
        {
            builder.UseSetting(key, value);
        }

        builder.UseFixturesPool(_connectionString);
        builder.ConfigureLogging(logging => logging.ClearProviders().AddProvider(Logs));
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
