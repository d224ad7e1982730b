using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Npgsql;
using Nura.Contracts;
using Nura.Rag.Indexing;
using Nura.Rag.Repositories;
using Nura.Tests.Databases;

namespace Nura.Tests.Rag;

/// <summary>What following a source begins, and what is shown of it.</summary>
public sealed class SourceWatcherTests(DatabaseFixture database) : IClassFixture<DatabaseFixture>
{
    // Looks at the start, and then only when a test says so.
    private static readonly (string, string) s_onceADay = ("Nura:Rag:PollSeconds", "86400");

    [Fact(Timeout = 180_000)]
    public async Task Look_WhileTheFirstRunReadsTheHead_BeginsNoSecondRun()
    {
        await using var host = new RagHost(await database.GetAsync(), s_onceADay);
        var watcher = host.Services.GetServices<IHostedService>().OfType<SourceWatcher>().Single();
        using var sample = new SampleRepository(host.Root);
        var first = sample.Commit("a.cs", "class A { }\n", "b.cs", "class B { }\n");
        var view = await host.AddAsync(sample.Path, "watched");

        // As it is while the first run is under way.
        await ExecuteAsync(host, $"UPDATE rag.repository SET commit = NULL WHERE id = '{view.Id}'");
        await ExecuteAsync(host, $"UPDATE rag.index_run SET state = 'indexing', lease_until = clock_timestamp() + interval '1 hour', ended_at = NULL WHERE repository = '{view.Id}'");
        await watcher.LookAsync(CancellationToken.None);
        Assert.Equal(1, await RunsAsync(host, view.Id));

        // The source moves meanwhile: that is not forgotten when the run has ended.
        var second = sample.Commit("c.cs", "class C { }\n");
        await watcher.LookAsync(CancellationToken.None);
        Assert.Equal(1, await RunsAsync(host, view.Id));
        await ExecuteAsync(host, $"UPDATE rag.repository SET commit = '{first}' WHERE id = '{view.Id}'");
        await ExecuteAsync(host, $"UPDATE rag.index_run SET state = 'ready', lease_until = NULL, ended_at = clock_timestamp() WHERE repository = '{view.Id}'");
        await watcher.LookAsync(CancellationToken.None);

        Assert.Equal((second, 3), ((await host.EndAsync(view.Id)) is var ended ? (ended.Commit, ended.Files) : default));
        await watcher.LookAsync(CancellationToken.None);
        Assert.Equal(2, await RunsAsync(host, view.Id));
    }

    [Fact(Timeout = 180_000)]
    public async Task Look_RunThatCouldNotBeQueued_IsTriedAgain()
    {
        await using var host = new RagHost(await database.GetAsync(), s_onceADay);
        var watcher = host.Services.GetServices<IHostedService>().OfType<SourceWatcher>().Single();
        using var sample = new SampleRepository(host.Root);
        sample.Commit("a.cs", "class A { }\n");
        var view = await host.AddAsync(sample.Path, "queued");
        var commit = sample.Commit("b.cs", "class B { }\n");

        await ExecuteAsync(host, "CREATE FUNCTION rag.refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'full'; END $$");
        await ExecuteAsync(host, "CREATE TRIGGER refuse BEFORE INSERT ON rag.index_run FOR EACH ROW EXECUTE FUNCTION rag.refuse()");
        await Assert.ThrowsAsync<PostgresException>(() => watcher.LookAsync(CancellationToken.None));
        await ExecuteAsync(host, "DROP FUNCTION rag.refuse CASCADE");
        await watcher.LookAsync(CancellationToken.None);

        Assert.Equal(commit, (await host.EndAsync(view.Id)).Commit);
    }

    [Fact(Timeout = 180_000)]
    public async Task Follow_NothingToDo_ShowsTheRunThatDidTheWork()
    {
        await using var host = new RagHost(await database.GetAsync());
        using var sample = new SampleRepository(host.Root);
        sample.Commit("a.cs", "class A { }\n", "b.cs", "class B { }\n");
        var view = await host.AddAsync(sample.Path, "idle");

        // A push notice of the commit that was just read.
        await host.Get<RunQueue>().EnqueueAsync(view.Id, CancellationToken.None, follow: true);
        var after = await host.EndAsync(view.Id);

        Assert.Equal((RepositoryState.Ready, 2, 2), (after.State, after.Progress!.FilesDone, after.Progress.FilesTotal));
        Assert.Equal(1, await RunsAsync(host, view.Id));
    }

    private static async Task<long> RunsAsync(RagHost host, Guid repository)
    {
        await using var command = host.Get<NpgsqlDataSource>().CreateCommand($"SELECT count(*) FROM rag.index_run WHERE repository = '{repository}'");
        return (long)(await command.ExecuteScalarAsync())!;
    }

    private static async Task ExecuteAsync(RagHost host, string sql)
    {
        await using var command = host.Get<NpgsqlDataSource>().CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }
}
