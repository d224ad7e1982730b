using Microsoft.AspNetCore.Http;
using Npgsql;
using Nura.Agents.Runs;
using Nura.Contracts;
using Nura.Tests.Databases;
using Nura.Tests.Requirements;

namespace Nura.Tests.Agents;

/// <summary>How long runs are there: for a time, or until they are forgotten.</summary>
public sealed class RunRetentionTests(DatabaseFixture database) : IClassFixture<DatabaseFixture>
{
    private const int Hang = 180_000;

    [Theory(Timeout = Hang), MemberData(nameof(DatabaseFixture.Engines), MemberType = typeof(DatabaseFixture))]
    public async Task Retention_EndedLongAgo_IsDeletedWithItsLog(string engine)
    {
        await using var host = await AgentsHost.StartAsync(database, engine);
        var run = await host.Client.StartAsync(AgentsHost.Ask("old"), CancellationToken.None);
        await host.LogAsync(run.Id);
        await EndedAsync(host, run.Id);
        await using (var age = host.Service.Get<NpgsqlDataSource>().CreateCommand("update agents.runs set ended_at = ended_at - interval '31 days' where id = $1"))
        {
            age.Parameters.Add(new() { Value = run.Id });
            await age.ExecuteNonQueryAsync();
        }

        await host.Service.Get<RunStore>().DeleteOldAsync(TimeSpan.FromDays(30), 1_000, CancellationToken.None);

        Assert.Equal(StatusCodes.Status404NotFound, (await Assert.ThrowsAsync<ProblemException>(() => host.Client.GetAsync(run.Id, CancellationToken.None))).Status);
    }

    [Theory(Timeout = Hang), MemberData(nameof(DatabaseFixture.Engines), MemberType = typeof(DatabaseFixture))]
    public async Task Retention_Kept_StaysUntilItIsForgotten(string engine)
    {
        await using var host = await AgentsHost.StartAsync(database, engine);
        var (holder, other) = (new CallerScope(Guid.NewGuid(), Administrator: false, null), new CallerScope(Guid.NewGuid(), Administrator: false, null));
        var run = await host.Client.For(holder).StartAsync(AgentsHost.Ask("old"), CancellationToken.None);
        await host.Client.For(holder).KeepAsync(run.Id, CancellationToken.None);
        await host.LogAsync(run.Id);
        await EndedAsync(host, run.Id);

        await host.Service.Get<RunStore>().DeleteOldAsync(TimeSpan.FromDays(-1), 1_000, CancellationToken.None);
        await host.Client.For(other).ForgetAsync([run.Id], CancellationToken.None);
        var kept = await host.LogAsync(run.Id);
        await host.Client.For(holder).ForgetAsync([run.Id, Guid.NewGuid()], CancellationToken.None);

        Assert.NotEmpty(kept);
        Assert.Equal(StatusCodes.Status404NotFound, (await Assert.ThrowsAsync<ProblemException>(() => host.Client.GetAsync(run.Id, CancellationToken.None))).Status);
    }

    [Theory(Timeout = Hang), MemberData(nameof(DatabaseFixture.Engines), MemberType = typeof(DatabaseFixture))]
    public async Task Retention_KeptBySomebodyElse_EndsAllTheSame(string engine)
    {
        await using var host = await AgentsHost.StartAsync(database, engine);
        var run = await host.Client.For(new CallerScope(Guid.NewGuid(), Administrator: false, null)).StartAsync(AgentsHost.Ask("old"), CancellationToken.None);
        await host.Client.For(new CallerScope(Guid.NewGuid(), Administrator: false, null)).KeepAsync(run.Id, CancellationToken.None);
        await host.LogAsync(run.Id);
        await EndedAsync(host, run.Id);

        await host.Service.Get<RunStore>().DeleteOldAsync(TimeSpan.FromDays(-1), 1_000, CancellationToken.None);

        Assert.Equal(StatusCodes.Status404NotFound, (await Assert.ThrowsAsync<ProblemException>(() => host.Client.GetAsync(run.Id, CancellationToken.None))).Status);
    }

    [Theory(Timeout = Hang), MemberData(nameof(DatabaseFixture.Engines), MemberType = typeof(DatabaseFixture))]
    public async Task Run_ForgottenWhileAnotherProcessWorksOnIt_EndsThere(string engine)
    {
        await using var host = await AgentsHost.StartAsync(database, engine, withModel: true);
        await using var other = await AgentsHost.StartAsync(database, engine);
        var (asked, ended) = (new TaskCompletionSource(), new TaskCompletionSource());
        host.Model.Instead = async (context, _) =>
        {
            context.RequestAborted.Register(ended.SetResult);
            asked.SetResult();
            await Task.Delay(Timeout.Infinite, context.RequestAborted);
            return true;
        };
        var run = await host.Client.StartAsync(AgentsHost.Ask("a long story"), CancellationToken.None);
        await host.Client.KeepAsync(run.Id, CancellationToken.None);
        await asked.Task;

        await other.Client.ForgetAsync([run.Id], CancellationToken.None);
        await host.Service.Get<RunService>().KeepLeasesAsync(CancellationToken.None);

        await ended.Task;
        await Assert.ThrowsAsync<ProblemException>(() => other.Client.GetAsync(run.Id, CancellationToken.None));
    }

    /// <summary>What is to be cleared away is locked, so that clearing does not come to its end.</summary>
    [NativePostgresFact(Timeout = Hang)]
    public async Task Clearing_TakesLong_LeasesAreRenewedMeanwhile()
    {
        var pool = DatabaseFixture.Pool(await database.GetAsync(DatabaseFixture.Native))!;
        await using (await AgentsHost.StartAsync(database, DatabaseFixture.Native))
        {
            // For its tables.
        }

        var old = Guid.CreateVersion7();
        await ExecuteAsync(pool, $"insert into agents.runs (id, agent, state, owner, lease_until, ended_at) values ('{old}', 'nura', 'failed', '{old}', now(), now() - interval '31 days')");
        await using var holding = await pool.OpenConnectionAsync();
        await using var transaction = await holding.BeginTransactionAsync();
        await using var hold = new NpgsqlCommand($"select from agents.runs where id = '{old}' for update", holding);
        await hold.ExecuteNonQueryAsync();
        await using var host = await AgentsHost.StartAsync(database, DatabaseFixture.Native, withModel: true, settings: ("Nura:Agents:Lease", "00:00:03"));
        while (await ClearingAsync(pool) == 0)
        {
            await Task.Yield();
        }

        var asked = new TaskCompletionSource();
        host.Model.Instead = async (context, _) =>
        {
            asked.SetResult();
            await Task.Delay(Timeout.Infinite, context.RequestAborted);
            return true;
        };
        var run = await host.Client.StartAsync(AgentsHost.Ask("a long story"), CancellationToken.None);
        await asked.Task;
        var lease = await ReadAsync<DateTime>(pool, $"select lease_until from agents.runs where id = '{run.Id}'");
        while (await ReadAsync<DateTime>(pool, $"select lease_until from agents.runs where id = '{run.Id}'") == lease)
        {
            Assert.Equal(1, await ClearingAsync(pool));
        }

        await host.Client.StopAsync(run.Id, CancellationToken.None);
    }

    /// <summary>How many are clearing away at this moment.</summary>
    private static Task<long> ClearingAsync(NpgsqlDataSource pool) => ReadAsync<long>(
        pool, "select count(*) from pg_stat_activity where datname = current_database() and state = 'active' and query like 'delete from agents.runs%'");

    private static async Task<T> ReadAsync<T>(NpgsqlDataSource pool, string sql)
    {
        await using var command = pool.CreateCommand(sql);
        return (T)(await command.ExecuteScalarAsync())!;
    }

    private static async Task ExecuteAsync(NpgsqlDataSource pool, string sql)
    {
        await using var command = pool.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>Of a run whose log has been read to its end.</summary>
    private static async Task EndedAsync(AgentsHost host, Guid run) => Assert.NotEqual(RunState.Running, (await host.Client.GetAsync(run, CancellationToken.None)).State);
}
