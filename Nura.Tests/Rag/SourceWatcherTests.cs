using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Npgsql;
using Nura.Contracts;
using Nura.Rag;
using Nura.Rag.Indexing;
using Nura.Rag.Repositories;
using Nura.Tests.Databases;
using Nura.Tests.Fakes;

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

    /// <summary>What a network or a disk spoilt must not stay as it is until somebody commits again.</summary>
    [Fact(Timeout = 180_000)]
    public async Task Look_RunThatFailed_IsTriedAgainEverMoreSeldomUnlessCancelled()
    {
        await using var host = new RagHost(await database.GetAsync(), s_onceADay);
        var time = new ManualTime();
        using var watcher = Watcher(host, time);
        using var sample = new SampleRepository(host.Root);
        sample.Commit("a.cs", "class A { }\n");
        var view = await host.AddAsync(sample.Path, "failing");
        var commit = sample.Commit("b.cs", "class B { }\n");
        var content = sample.Git("rev-parse", "HEAD:b.cs").Trim();
        var file = Path.Combine(sample.Path, ".git", "objects", content[..2], content[2..]);
        File.Move(file, file + ".away");
        async Task<(RepositoryState, long)> LookAsync()
        {
            await watcher.LookAsync(CancellationToken.None);
            return ((await host.EndAsync(view.Id)).State, await RunsAsync(host, view.Id));
        }

        Assert.Equal((RepositoryState.Failed, 2), await LookAsync());
        Assert.Equal((RepositoryState.Failed, 2), await LookAsync());
        time.Advance(TimeSpan.FromMinutes(1.3));
        Assert.Equal((RepositoryState.Failed, 3), await LookAsync());
        time.Advance(TimeSpan.FromMinutes(1.3));
        Assert.Equal((RepositoryState.Failed, 3), await LookAsync());

        File.Move(file + ".away", file);
        await ExecuteAsync(host, $"UPDATE rag.index_run SET state = 'cancelled' WHERE id = (SELECT max(id) FROM rag.index_run WHERE repository = '{view.Id}')");
        time.Advance(TimeSpan.FromHours(2));
        Assert.Equal((RepositoryState.Cancelled, 3), await LookAsync());

        await ExecuteAsync(host, $"UPDATE rag.index_run SET state = 'failed' WHERE id = (SELECT max(id) FROM rag.index_run WHERE repository = '{view.Id}')");
        Assert.Equal((RepositoryState.Ready, 4), await LookAsync());
        Assert.Equal(commit, (await host.Rag.GetAsync(view.Id, CancellationToken.None)).Commit);
    }

    [Fact(Timeout = 180_000)]
    public async Task Look_SourceThatDoesNotAnswer_HoldsUpNoOther()
    {
        // Neither has its answer before both are asked.
        var asked = new ConcurrentDictionary<string, bool>();
        var (waits, both, left) = (false, new TaskCompletionSource(), false);
        await using var server = await FetchTests.ServeAsync(async http =>
        {
            http.Response.StatusCode = 404;
            if (waits && asked.TryAdd(http.Request.Path.Value!.Split('/')[1], true))
            {
                await using var registration = http.RequestAborted.Register(() => (left, _) = (true, both.TrySetResult()));
                _ = asked.Count == 2 && both.TrySetResult();
                await both.Task;
            }
        });
        await using var host = new RagHost(await database.GetAsync(), s_onceADay, ("Nura:Rag:RemotePollSeconds", "300"), ("Nura:Rag:TrustedHosts:0", "127.0.0.1"));
        var time = new ManualTime();
        using var watcher = Watcher(host, time);
        await host.AddAsync($"{server.Urls.Single()}/first/repo");
        await host.AddAsync($"{server.Urls.Single()}/second/repo");
        await watcher.LookAsync(CancellationToken.None);
        waits = true;
        time.Advance(TimeSpan.FromMinutes(10));

        await watcher.LookAsync(CancellationToken.None);

        Assert.Equal((2, false), (asked.Count, left));
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

    private static SourceWatcher Watcher(RagHost host, TimeProvider time) => new(
        host.Get<RepositoryRegistry>(), host.Get<RepositoryStore>(), host.Get<SourceHeads>(), host.Get<TreePlanner>(), host.Get<RunQueue>(), host.Get<IOptions<RagOptions>>(), time, NullLogger<SourceWatcher>.Instance);

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
