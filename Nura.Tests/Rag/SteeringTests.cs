using System.Diagnostics.Metrics;
using Microsoft.Extensions.Options;
using Npgsql;
using Nura.Contracts;
using Nura.Rag;
using Nura.Rag.Indexing;
using Nura.Tests.Databases;
using Nura.Tests.Fakes;

namespace Nura.Tests.Rag;

/// <summary>Index runs that are paused, resumed, cancelled, and who comes first.</summary>
public sealed class SteeringTests(DatabaseFixture database) : IClassFixture<DatabaseFixture>
{
    private const int Stopped = 2013;

    [Fact(Timeout = 300_000)]
    public async Task Pause_RunUnderWay_HoldsUntilResumed()
    {
        const int files = 1200;
        var connectionString = await database.GetAsync();
        await using var host = new RagHost(connectionString);
        using var metrics = new CollectedMetrics(host.Get<IMeterFactory>());
        using var sample = new SampleRepository(host.Root);
        sample.Commit("first.cs", "class First { }\n");
        var id = (await host.AddAsync(sample.Path)).Id;
        await using var source = NpgsqlDataSource.Create(connectionString);
        await using var blobs = source.CreateCommand("SELECT count(*) FROM rag.blob");
        async Task<long> BlobsAsync() => (long)(await blobs.ExecuteScalarAsync())!;
        var stopped = host.Logs.WhenLogged(Stopped);

        // A run that is done before the pause reaches it proves nothing: then there is another one.
        var (all, paused) = (1, (RepositoryView?)null);
        for (var round = 0; paused is null; round++)
        {
            var start = await BlobsAsync();
            sample.Commit([.. Enumerable.Range(0, files).SelectMany(i => new[] { $"src{round}/f{i}.cs", $"class Of{round}x{i}\n{{\n{string.Concat(Enumerable.Range(0, 30).Select(line => $"    int Field{line} => {line};\n"))}}}\n" })]);
            all += files;
            await host.Rag.IndexAsync(id, CancellationToken.None);
            while (await BlobsAsync() == start)
            {
                await Task.Delay(2);
            }

            try
            {
                paused = await host.Rag.PauseAsync(id, CancellationToken.None);
            }
            catch (ProblemException exception) when (exception.Status == 409)
            {
                await host.EndAsync(id);
            }
        }

        await stopped;
        var webhook = await host.Rag.WebhookAsync(id, CancellationToken.None);
        await host.Rag.PushAsync(id, default, [KeyValuePair.Create("X-Gitlab-Token", webhook.Secret)], CancellationToken.None);
        var still = await host.Rag.GetAsync(id, CancellationToken.None);
        await host.Rag.ResumeAsync(id, CancellationToken.None);
        var view = await host.EndAsync(id);

        Assert.Equal(1, metrics.Read()["nura.rag.index.runs {run} outcome=lost"]);
        Assert.Equal((RepositoryState.Paused, RepositoryState.Paused), (paused.State, still.State));
        Assert.Equal((RepositoryState.Ready, (long)all), (view.State, view.Files));
        Assert.Equal(409, (await Assert.ThrowsAsync<ProblemException>(() => host.Rag.ResumeAsync(id, CancellationToken.None))).Status);
        Assert.Equal(409, (await Assert.ThrowsAsync<ProblemException>(() => host.Rag.PauseAsync(id, CancellationToken.None))).Status);
    }

    [Fact(Timeout = 180_000)]
    public async Task Cancel_RunUnderWay_LeavesTheCommitBefore()
    {
        var connectionString = await database.GetAsync();
        await using var host = new RagHost(connectionString);
        using var sample = new SampleRepository(host.Root);
        var commit = sample.Commit("a.cs", "class Kept { }\n");
        var view = await host.AddAsync(sample.Path);
        await using var source = NpgsqlDataSource.Create(connectionString);
        await using var begin = source.CreateCommand("INSERT INTO rag.index_run (repository, state, fence, lease_until) VALUES ($1, 'indexing', 1, now() + interval '1 hour') RETURNING id");
        begin.Parameters.AddWithValue(view.Id);
        var run = new ClaimedRun((long)(await begin.ExecuteScalarAsync())!, view.Id, 1);

        await host.Get<RunQueue>().HeartbeatAsync(run, new RunProgress(), CancellationToken.None);
        var cancelled = await host.Rag.CancelAsync(view.Id, CancellationToken.None);

        Assert.Equal((RepositoryState.Cancelled, commit), (cancelled.State, cancelled.Commit));
        await Assert.ThrowsAsync<RunLostException>(() => host.Get<RunQueue>().HeartbeatAsync(run, new RunProgress(), CancellationToken.None));
        await Assert.ThrowsAsync<RunLostException>(() => host.Get<TreeStore>().ChangeAsync(run, commit, new string('f', 40), [], ["a.cs"], CancellationToken.None));
        Assert.Single((await host.SearchAsync("kept", view.Id)).Hits);
        Assert.Equal(409, (await Assert.ThrowsAsync<ProblemException>(() => host.Rag.CancelAsync(view.Id, CancellationToken.None))).Status);
        Assert.Equal(404, (await Assert.ThrowsAsync<ProblemException>(() => host.Rag.CancelAsync(Guid.CreateVersion7(), CancellationToken.None))).Status);
        Assert.Equal(RepositoryState.Ready, (await host.IndexAsync(view.Id)).State);
    }

    [Fact(Timeout = 180_000)]
    public async Task Claim_PlaceForPushes_IsNotTakenByFirstIndexes()
    {
        var connectionString = await database.GetAsync();
        using var sample = new SampleRepository();
        sample.Commit("a.cs", "class A { }\n");
        Guid searchable;
        await using (var host = new RagHost(connectionString, ("Nura:Rag:LocalRoots:0", sample.Path)))
        {
            searchable = (await host.AddAsync(sample.Path)).Id;
        }

        await using var source = NpgsqlDataSource.Create(connectionString);
        var first = Guid.CreateVersion7();
        await using var add = source.CreateCommand(
            """
            WITH done AS (UPDATE rag.index_run SET state = 'cancelled' WHERE state NOT IN ('ready', 'failed', 'cancelled')),
            added AS (INSERT INTO rag.repository (id, name, source) VALUES ($1, $1::text, $1::text) RETURNING id)
            INSERT INTO rag.index_run (repository, state, queued_at) SELECT id, 'queued', now() - interval '1 hour' FROM added
            """);
        add.Parameters.AddWithValue(first);
        await add.ExecuteNonQueryAsync();
        using var queue = new RunQueue(source, Options.Create(new RagOptions()));

        Assert.Null(await queue.ClaimAsync(CancellationToken.None, searchable: true));
        await queue.EnqueueAsync(searchable, CancellationToken.None);
        Assert.Equal(searchable, (await queue.ClaimAsync(CancellationToken.None, searchable: true))!.Repository);
        Assert.Equal(first, (await queue.ClaimAsync(CancellationToken.None))!.Repository);
        await using var remove = source.CreateCommand("DELETE FROM rag.repository WHERE id = $1");
        remove.Parameters.AddWithValue(first);
        await remove.ExecuteNonQueryAsync();
    }
}
