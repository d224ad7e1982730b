using Microsoft.Extensions.Options;
using Npgsql;
using Nura.Rag;
using Nura.Rag.Indexing;
using Nura.Tests.Databases;
using Nura.Tests.Requirements;

namespace Nura.Tests.Rag;

/// <summary>Who gets which run where a repository and its further refs have some each.</summary>
public sealed class RunQueueTests(DatabaseFixture database) : IClassFixture<DatabaseFixture>
{
    private const int Gate = 2026;

    /// <summary>Claims that all look before any of them has written: a gate holds the first writer until all the others wait too.</summary>
    [NativePostgresFact(Timeout = 180_000)]
    public async Task Claim_ManyAtOnce_GivesOneOfEachFamily()
    {
        const int claims = 12;
        await using var source = await EmptyAsync(DatabaseFixture.Native);
        await ExecuteAsync(source, $"CREATE FUNCTION rag.gate() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_advisory_xact_lock_shared({Gate}); RETURN NEW; END $$");
        await ExecuteAsync(source, "CREATE TRIGGER gate BEFORE UPDATE ON rag.index_run FOR EACH ROW EXECUTE FUNCTION rag.gate()");
        for (var family = 0; family < 3; family++)
        {
            var root = await AddAsync(source, null, "queued");
            for (var further = 0; further < 5; further++)
            {
                await AddAsync(source, root, "queued");
            }
        }

        using var queue = new RunQueue(source, Options.Create(new RagOptions()));
        Task<ClaimedRun?>[] claiming;
        await using (var holding = await source.OpenConnectionAsync())
        {
            await using var transaction = await holding.BeginTransactionAsync();
            await using var close = new NpgsqlCommand($"SELECT pg_advisory_xact_lock({Gate})", holding);
            await close.ExecuteNonQueryAsync();
            claiming = [.. Enumerable.Range(0, claims).Select(_ => queue.ClaimAsync(CancellationToken.None))];
            while ((long)(await ScalarAsync(source, "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"))! < claims)
            {
                await Task.Delay(20);
            }
        }

        var claimed = (await Task.WhenAll(claiming)).OfType<ClaimedRun>().ToList();
        await ExecuteAsync(source, "DROP FUNCTION rag.gate CASCADE");

        Assert.Equal(3, claimed.Count);
        Assert.Equal(3L, await ScalarAsync(source, "SELECT count(DISTINCT coalesce(r.parent, r.id)) FROM rag.index_run i JOIN rag.repository r ON r.id = i.repository WHERE i.state = 'fetching'"));
    }

    /// <summary>As they are found after a crash, if both had been begun.</summary>
    [Theory(Timeout = 180_000), MemberData(nameof(DatabaseFixture.Engines), MemberType = typeof(DatabaseFixture))]
    public async Task Claim_TwoOfAFamilyWhoseLeasesEnded_GoOnOneAfterTheOther(string engine)
    {
        await using var source = await EmptyAsync(engine);
        var root = await AddAsync(source, null, "indexing");
        var child = await AddAsync(source, root, "fetching");
        await AddAsync(source, root, "queued");
        using var queue = new RunQueue(source, Options.Create(new RagOptions()));

        var first = await queue.ClaimAsync(CancellationToken.None);
        var none = await queue.ClaimAsync(CancellationToken.None);
        await queue.EndAsync(first!, null, CancellationToken.None);
        var second = await queue.ClaimAsync(CancellationToken.None);

        Assert.Equal((root, 2L), (first!.Repository, first.Fence));
        Assert.Null(none);
        Assert.Equal(child, second?.Repository);
    }

    /// <summary>What is cleaned later goes by when a run ended.</summary>
    [Fact(Timeout = 180_000)]
    public async Task Resume_AnotherRunWaitsAlready_EndsThePausedOne()
    {
        await using var source = await EmptyAsync(DatabaseFixture.Fastest);
        var repository = await AddAsync(source, null, "paused");
        var alone = await AddAsync(source, null, "paused");
        await ExecuteAsync(source, $"INSERT INTO rag.index_run (repository, state) VALUES ('{repository}', 'queued')");
        using var queue = new RunQueue(source, Options.Create(new RagOptions()));

        Assert.True(await queue.ResumeAsync(repository, CancellationToken.None));
        Assert.True(await queue.ResumeAsync(alone, CancellationToken.None));

        Assert.Equal("cancelled true, queued false", await ScalarAsync(source, $"SELECT string_agg(concat(state, ' ', (ended_at IS NOT NULL)::text), ', ' ORDER BY id) FROM rag.index_run WHERE repository = '{repository}'"));
        Assert.Equal("queued false", await ScalarAsync(source, $"SELECT concat(state, ' ', (ended_at IS NOT NULL)::text) FROM rag.index_run WHERE repository = '{alone}'"));
    }

    [Theory(Timeout = 180_000), MemberData(nameof(DatabaseFixture.Engines), MemberType = typeof(DatabaseFixture))]
    public async Task Backlog_RunsOfEveryKind_CountsThoseThatCouldStart(string engine)
    {
        await using var source = await EmptyAsync(engine);
        using var queue = new RunQueue(source, Options.Create(new RagOptions()));
        var none = await queue.BacklogAsync(CancellationToken.None);
        foreach (var state in (string[])["ready", "failed", "paused", "cancelled"])
        {
            await AddAsync(source, null, state);
        }

        // One whose worker fell silent a minute ago, one resumed 20 minutes ago, and one that waits for its own repository.
        await AddAsync(source, null, "indexing");
        var resumed = await AddAsync(source, null, "queued");
        var busy = await AddAsync(source, null, "fetching");
        await AddAsync(source, busy, "queued");
        await ExecuteAsync(source, "UPDATE rag.index_run SET queued_at = now() - interval '3 days', updated_at = now() - interval '2 days' WHERE state <> 'queued'");
        await ExecuteAsync(source, $"UPDATE rag.index_run SET queued_at = now() - interval '3 days', updated_at = now() - interval '20 minutes' WHERE repository = '{resumed}'");
        await ExecuteAsync(source, $"UPDATE rag.index_run SET lease_until = now() + interval '1 hour' WHERE repository = '{busy}'");

        var some = await queue.BacklogAsync(CancellationToken.None);

        Assert.Equal(new Backlog(0, null), none);
        Assert.Equal(2, some.Waiting);
        Assert.InRange(some.Oldest!.Value, TimeSpan.FromMinutes(20), TimeSpan.FromHours(1));
    }

    // The schema as a service makes it, and no runs that a test did not make.
    private async Task<NpgsqlDataSource> EmptyAsync(string engine)
    {
        var connectionString = await database.GetAsync(engine);
        await using (new RagHost(connectionString))
        {
        }

        var source = NpgsqlDataSource.Create(connectionString);
        await ExecuteAsync(source, "DELETE FROM rag.repository");
        return source;
    }

    private static async Task<Guid> AddAsync(NpgsqlDataSource source, Guid? parent, string state)
    {
        var id = Guid.CreateVersion7();
        await ExecuteAsync(source, $"INSERT INTO rag.repository (id, name, source, parent) VALUES ('{id}', '{id}', '{id}', {(parent is null ? "NULL" : $"'{parent}'")})");
        await ExecuteAsync(source, $"INSERT INTO rag.index_run (repository, state, fence, lease_until, queued_at) VALUES ('{id}', '{state}', 1, now() - interval '1 minute', clock_timestamp())");
        return id;
    }

    private static async Task ExecuteAsync(NpgsqlDataSource source, string sql) => await ScalarAsync(source, sql);

    private static async Task<object?> ScalarAsync(NpgsqlDataSource source, string sql)
    {
        await using var command = source.CreateCommand(sql);
        return await command.ExecuteScalarAsync();
    }
}
