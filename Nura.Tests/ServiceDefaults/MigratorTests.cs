using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Nura.ServiceDefaults.Migrations;
using Nura.Tests.Databases;
using Nura.Tests.Requirements;

namespace Nura.Tests.ServiceDefaults;

public sealed class MigratorTests(DatabaseFixture database) : IClassFixture<DatabaseFixture>
{
    private static readonly Migration s_table = new(1, "table", "create table t (id int primary key, at text); insert into t values (1, current_schema())");
    private static readonly Migration s_column = new(2, "column", "alter table t add column note text not null default 'new'");

    [Theory(Timeout = 180_000), MemberData(nameof(DatabaseFixture.Engines), MemberType = typeof(DatabaseFixture))]
    public async Task Migrate_EmptyDatabase_AppliesInOrderAndOnce(string engine)
    {
        await using var source = NpgsqlDataSource.Create(await database.GetAsync(engine));

        await MigrateAsync(source, "fresh", s_table);
        await MigrateAsync(source, "fresh", s_table, s_column);
        await MigrateAsync(source, "fresh", s_table, s_column);

        Assert.Equal("1 fresh new", await ScalarAsync(source, "select id || ' ' || at || ' ' || note from fresh.t"));
        Assert.Equal("1:table 2:column", await ScalarAsync(source, "select string_agg(version || ':' || name, ' ' order by version) from fresh.migrations"));
    }

    [Theory(Timeout = 180_000), MemberData(nameof(DatabaseFixture.Engines), MemberType = typeof(DatabaseFixture))]
    public async Task Migrate_ManyAtOnce_AppliesEachOnce(string engine)
    {
        await using var source = NpgsqlDataSource.Create(await database.GetAsync(engine));

        // A second application of any would fail: the table and the column exist then.
        await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Task.Run(() => MigrateAsync(source, "crowd", s_table, s_column))));

        Assert.Equal(2L, await ScalarAsync(source, "select count(*) from crowd.migrations"));
    }

    [Theory(Timeout = 180_000), MemberData(nameof(DatabaseFixture.Engines), MemberType = typeof(DatabaseFixture))]
    public async Task Migrate_AppliedOneWasChanged_StopsAndChangesNothing(string engine)
    {
        await using var source = NpgsqlDataSource.Create(await database.GetAsync(engine));
        await MigrateAsync(source, "changed", s_table);

        var error = await Assert.ThrowsAsync<InvalidOperationException>(
            () => MigrateAsync(source, "changed", s_table with { Sql = s_table.Sql + ";\ndrop table t" }, s_column));

        Assert.Contains("0001_table", error.Message, StringComparison.Ordinal);
        Assert.Equal(1L, await ScalarAsync(source, "select count(*) from changed.t"));
        Assert.Equal(1L, await ScalarAsync(source, "select count(*) from changed.migrations"));
    }

    [Theory(Timeout = 180_000), MemberData(nameof(DatabaseFixture.Engines), MemberType = typeof(DatabaseFixture))]
    public async Task Migrate_OneFailsHalfway_LeavesNothingOfIt(string engine)
    {
        await using var source = NpgsqlDataSource.Create(await database.GetAsync(engine));
        var broken = new Migration(2, "broken", "insert into t values (2, ''); select 1 / 0");

        await Assert.ThrowsAsync<PostgresException>(() => MigrateAsync(source, "halfway", s_table, broken));

        Assert.Equal(1L, await ScalarAsync(source, "select count(*) from halfway.t"));
        Assert.Equal(1L, await ScalarAsync(source, "select count(*) from halfway.migrations"));
        await MigrateAsync(source, "halfway", s_table, s_column);
    }

    [Theory(Timeout = 180_000), MemberData(nameof(DatabaseFixture.Engines), MemberType = typeof(DatabaseFixture))]
    public async Task Migrate_DatabaseIsNewer_GoesOn(string engine)
    {
        await using var source = NpgsqlDataSource.Create(await database.GetAsync(engine));
        await MigrateAsync(source, "newer", s_table, s_column);

        await MigrateAsync(source, "newer", s_table);

        Assert.Equal(2L, await ScalarAsync(source, "select count(*) from newer.migrations"));
    }

    [Theory(Timeout = 180_000), MemberData(nameof(DatabaseFixture.Engines), MemberType = typeof(DatabaseFixture))]
    public async Task Migrate_ExtensionWithoutSchema_IsRefused(string engine)
    {
        await using var source = NpgsqlDataSource.Create(await database.GetAsync(engine));
        await ScalarAsync(source, "drop extension if exists vector");

        var error = await Assert.ThrowsAsync<InvalidOperationException>(
            () => MigrateAsync(source, "hidden", new Migration(1, "vector", "create extension if not exists vector")));
        await MigrateAsync(source, "hidden", new Migration(1, "vector", "create extension if not exists vector schema public; create table v (v vector(3))"));

        Assert.Contains("schema public", error.Message, StringComparison.Ordinal);
    }

    [NativePostgresFact(Timeout = 180_000)]
    public async Task Migrate_TwoSchemasCreateOneExtension_BothSucceed()
    {
        await using var source = NpgsqlDataSource.Create(await database.GetAsync(DatabaseFixture.Native));
        const string Create = "create extension if not exists pg_trgm schema public";
        Task first, second;
        await using (var holding = await source.OpenConnectionAsync())
        {
            await using var transaction = await holding.BeginTransactionAsync();
            await using var close = new NpgsqlCommand("select pg_advisory_xact_lock(1)", holding);
            await close.ExecuteNonQueryAsync();
            first = MigrateAsync(source, "one", new Migration(1, "extension", $"{Create}; select pg_advisory_xact_lock(1)"));
            await WaitersAsync(source, 1);
            second = MigrateAsync(source, "two", new Migration(1, "extension", Create));
            await WaitersAsync(source, 2);
        }

        await Task.WhenAll(first, second);
    }

    [NativePostgresFact(Timeout = 180_000)]
    public async Task Migrate_ProcessKilledInTheMiddle_NextOneStartsOver()
    {
        var connectionString = await database.GetAsync(DatabaseFixture.Native);
        await using var source = NpgsqlDataSource.Create(connectionString);
        await ScalarAsync(source, "create table public.gate ()");
        await using (var holding = await source.OpenConnectionAsync())
        {
            await using var transaction = await holding.BeginTransactionAsync();
            await using var close = new NpgsqlCommand("lock table public.gate", holding);
            await close.ExecuteNonQueryAsync();
            await using var child = ChildProcess.Start("migrate", ("ConnectionStrings__nura", connectionString));
            await WaitersAsync(source, 1);
            child.Kill();
            await child.WaitForExitAsync();
        }

        await MigrateAsync(source, "killed", ChildService.Slow);

        Assert.Equal(2L, await ScalarAsync(source, "select count(*) from killed.t"));
    }

    [Fact]
    public void Checksum_WindowsLineEnds_IsTheSame() =>
        Assert.Equal(new Migration(1, "a", "select 1;\nselect 2").Checksum, new Migration(1, "a", "select 1;\r\nselect 2").Checksum);

    [Fact]
    public void In_AssemblyOfAService_FindsItsFilesInOrder()
    {
        var migrations = Migration.In(typeof(Nura.Agents.Runs.RunStore).Assembly);

        Assert.Equal(Enumerable.Range(1, migrations.Count), migrations.Select(migration => migration.Version));
        Assert.All(migrations, migration => Assert.Contains("table agents.runs", migration.Sql, StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public void In_AssemblyWithoutAny_SaysSo() =>
        Assert.Contains("Migrations/NNNN_name.sql", Assert.Throws<InvalidOperationException>(() => Migration.In(typeof(Migration).Assembly)).Message, StringComparison.Ordinal);

    private static Task MigrateAsync(NpgsqlDataSource source, string schema, params Migration[] migrations) =>
        new Migrator(source, schema, migrations, NullLogger.Instance).MigrateAsync(CancellationToken.None);

    /// <summary>Until so many wait for a lock in this database.</summary>
    private static async Task WaitersAsync(NpgsqlDataSource source, long count)
    {
        while (await ScalarAsync(source, "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'") is long waiting && waiting < count)
        {
            await Task.Delay(50);
        }
    }

    private static async Task<object?> ScalarAsync(NpgsqlDataSource source, string sql)
    {
        await using var command = source.CreateCommand(sql);
        return await command.ExecuteScalarAsync();
    }
}
