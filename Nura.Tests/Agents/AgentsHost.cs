using Nura.Agents;
using Nura.Contracts;
using Nura.Tests.Databases;
using Nura.Tests.Fakes;

namespace Nura.Tests.Agents;

/// <summary>The agents service on a real database, with the index and the model that a test gives it.</summary>
internal sealed class AgentsHost : IAsyncDisposable
{
    private AgentsHost(FakeRag rag, FakeOpenAi model, ServiceHost<AgentsOptions> service)
    {
        (Rag, Model, Service) = (rag, model, service);
        Client = new AgentsClient(service.Http);
    }

    public FakeRag Rag { get; }

    /// <summary>Answers when a test asked for <c>withModel</c>; it can call tools.</summary>
    public FakeOpenAi Model { get; }

    public ServiceHost<AgentsOptions> Service { get; }

    public AgentsClient Client { get; }

    public static async Task<AgentsHost> StartAsync(DatabaseFixture database, string? engine = null, bool withModel = false, TimeProvider? time = null, params (string Key, string? Value)[] settings)
    {
        var connectionString = await database.GetAsync(engine ?? DatabaseFixture.Fastest);
        var rag = await FakeRag.StartAsync();
        var model = await FakeOpenAi.StartAsync();
        var all = new List<(string, string?)> { ("ConnectionStrings:nura", connectionString), ("services:rag:http:0", rag.Url), ("Nura:Agents:WarmUp", "false") };
        if (withModel)
        {
            all.AddRange([("Nura:Models:Servers:fake:BaseUrl", model.BaseUrl), ("Nura:Models:Servers:fake:Models:0", "mock"), ("Nura:Models:Default", "mock")]);
        }

        return new AgentsHost(rag, model, new ServiceHost<AgentsOptions>(time, [.. all, .. settings]));
    }

    public static StartRun Ask(string question) => new("nura", [new RunMessage("user", question)]);

    /// <summary>Starts a run and reads its log to the end.</summary>
    public async Task<List<RunEvent>> RunAsync(StartRun run)
    {
        var started = await Client.StartAsync(run, CancellationToken.None);
        return [.. (await LogAsync(started.Id)).Select(entry => entry.Event)];
    }

    public async Task<List<RunEntry>> LogAsync(Guid run, long after = 0) => await Client.EventsAsync(run, after, CancellationToken.None).ToListAsync();

    public async ValueTask DisposeAsync()
    {
        await Service.DisposeAsync();
        await Rag.DisposeAsync();
        await Model.DisposeAsync();
    }
}
