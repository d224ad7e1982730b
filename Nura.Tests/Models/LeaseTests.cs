using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Npgsql;
using Nura.Models;
using Nura.ServiceDefaults.Migrations;
using Nura.Tests.Databases;
using Nura.Tests.Fakes;
using Nura.Tests.Requirements;

namespace Nura.Tests.Models;

public sealed class LeaseTests(DatabaseFixture databases) : IClassFixture<DatabaseFixture>
{
    private const int Hang = 180_000;

    private readonly ManualTime _time = new();
    private readonly string _budget = $"b{Guid.NewGuid():N}";

    public static TheoryData<string> Engines => DatabaseFixture.Engines;

    [Theory(Timeout = Hang)]
    [MemberData(nameof(Engines))]
    public async Task Lease_ProcessDied_WhatItDidNotSpendComesBackOnceItRunsOut(string engine)
    {
        await using var services = await DatabaseAsync(engine);
        var database = services.GetRequiredService<NpgsqlDataSource>();
        var dead = new GrantStore(services, _time);
        using (var account = Account(dead))
        {
            var period = await account.TryReserveAsync(6, _time.GetUtcNow(), default);
            period!.Settle(6, 2);
            await UsageTable.InsertAsync(database, [Row(dead.Lease, 2)], default);
        }

        using var other = Account(new GrantStore(services, _time));
        Assert.Null(await other.TryReserveAsync(5, _time.GetUtcNow(), default));
        await ExpireAsync(database, dead.Lease);

        Assert.Null(await other.TryReserveAsync(8.01m, _time.GetUtcNow(), default));
        Assert.NotNull(await other.TryReserveAsync(8, _time.GetUtcNow(), default));
        Assert.Null(await other.TryReserveAsync(0.01m, _time.GetUtcNow(), default));
        Assert.Equal(10m, await ScalarAsync(database, $"select granted_usd from models.budget_grants where budget = '{_budget}'"));
        Assert.Equal(1L, await ScalarAsync(database, $"select count(*) from models.budget_leases where budget = '{_budget}'"));
    }

    /// <summary>As when a signal and the host's own end stop it both: the one that is late meets a database that is disposed of.</summary>
    [Fact(Timeout = Hang)]
    public async Task Book_StoppedTwice_GivesBackOnce()
    {
        await using var services = await DatabaseAsync(DatabaseFixture.Fastest);
        var database = services.GetRequiredService<NpgsqlDataSource>();
        using var book = Book(new GrantStore(services, _time));
        (await book.ReserveAsync(Caller.Nobody, 4, _time.GetUtcNow(), default)).Settle(3);

        await book.StopAsync(default);
        Assert.Equal(3m, await ScalarAsync(database, $"select granted_usd from models.budget_grants where budget = '{_budget}'"));
        await database.DisposeAsync();
        await book.StopAsync(default);
    }

    [Theory(Timeout = Hang)]
    [MemberData(nameof(Engines))]
    public async Task Grants_LeftAfterACall_AreTheOthersFromTheNextSignOfLifeOn(string engine)
    {
        await using var services = await DatabaseAsync(engine);
        var database = services.GetRequiredService<NpgsqlDataSource>();
        var grants = new GrantStore(services, _time);
        using var book = Book(grants);
        var underWay = await book.ReserveAsync(Caller.Nobody, 3, _time.GetUtcNow(), default);
        (await book.ReserveAsync(Caller.Nobody, 6, _time.GetUtcNow(), default)).Settle(1);
        using var other = Account(new GrantStore(services, _time));
        Assert.Null(await other.TryReserveAsync(2, _time.GetUtcNow(), default));

        await book.RenewAsync(default);

        // Of 10, 1 is spent, 3 are put aside, and a hundredth is the usual share.
        Assert.Null(await other.TryReserveAsync(5.91m, _time.GetUtcNow(), default));
        Assert.NotNull(await other.TryReserveAsync(5.9m, _time.GetUtcNow(), default));
        Assert.Equal(4.1m, await ScalarAsync(database, $"select granted_usd from models.budget_leases where lease = '{grants.Lease}'"));
        underWay.Settle(3);
        (await book.ReserveAsync(Caller.Nobody, 0.1m, _time.GetUtcNow(), default)).Settle(0);
        await book.StopAsync(default);
        Assert.Equal(9.9m, await ScalarAsync(database, $"select granted_usd from models.budget_grants where budget = '{_budget}'"));
    }

    [Theory(Timeout = Hang)]
    [MemberData(nameof(Engines))]
    public async Task Grants_GivenBackPerhaps_ComeBackOnceTheLeaseRunsOut(string engine)
    {
        await using var services = await DatabaseAsync(engine);
        var database = services.GetRequiredService<NpgsqlDataSource>();
        var grants = new GrantStore(services, _time);
        using var account = Account(grants);
        (await account.TryReserveAsync(6, _time.GetUtcNow(), default))!.Settle(6, 2);
        await UsageTable.InsertAsync(database, [Row(grants.Lease, 2)], default);
        await account.GiveBackRestAsync(new CancellationToken(canceled: true));
        await account.GiveBackAsync(default);

        await ExpireAsync(database, grants.Lease);
        using var other = Account(new GrantStore(services, _time));
        Assert.Null(await other.TryReserveAsync(8.01m, _time.GetUtcNow(), default));
        Assert.NotNull(await other.TryReserveAsync(8, _time.GetUtcNow(), default));
    }

    [Theory(Timeout = Hang)]
    [MemberData(nameof(Engines))]
    public async Task Grants_GivenBackPerhaps_GoBackOnceWithTheNextSignOfLife(string engine)
    {
        await using var services = await DatabaseAsync(engine);
        var database = services.GetRequiredService<NpgsqlDataSource>();
        foreach (var hasArrived in (bool[])[false, true])
        {
            var grants = new GrantStore(services, _time);
            using var account = Account(grants);
            var period = (await account.TryReserveAsync(6, _time.GetUtcNow(), default))!;
            period.Settle(6, 2);
            await account.GiveBackRestAsync(new CancellationToken(canceled: true));
            Assert.True(period.IsReturning);
            if (hasArrived)
            {
                Assert.True(await grants.LowerAsync(_budget, period.Start, 2.1m, 3.9m, default));
            }

            await account.GiveBackRestAsync(default);

            Assert.False(period.IsReturning);
            Assert.Equal(2.1m, await ScalarAsync(database, $"select granted_usd from models.budget_grants where budget = '{_budget}'"));
            Assert.Equal(2.1m, await ScalarAsync(database, $"select granted_usd from models.budget_leases where lease = '{grants.Lease}'"));
            period.Settle(0, -2);
            await account.GiveBackAsync(default);
            Assert.Equal(0m, await ScalarAsync(database, $"select granted_usd from models.budget_grants where budget = '{_budget}'"));
        }
    }

    /// <summary>Who takes locks the budget and then the lease. Who gives back the other way round would wait for it as it waits for them.</summary>
    [NativePostgresFact(Timeout = Hang)]
    public async Task Grants_GivenBackWhileMoreIsTaken_DoNotWaitForEachOther()
    {
        await using var services = await DatabaseAsync(DatabaseFixture.Native);
        var database = services.GetRequiredService<NpgsqlDataSource>();
        var grants = new GrantStore(services, _time);
        using var account = Account(grants);
        (await account.TryReserveAsync(6, _time.GetUtcNow(), default))!.Settle(6, 2);
        await using var taking = await database.OpenConnectionAsync();
        await using var transaction = await taking.BeginTransactionAsync();
        await ExecuteAsync($"select 1 from models.budget_grants where budget = '{_budget}' for update");

        var givingBack = account.GiveBackRestAsync(default);
        while (await ScalarAsync(database, "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'") is 0L)
        {
        }

        await ExecuteAsync($"update models.budget_leases set granted_usd = granted_usd where lease = '{grants.Lease}'");
        await transaction.CommitAsync();
        await givingBack;
        Assert.Equal(2.1m, await ScalarAsync(database, $"select granted_usd from models.budget_grants where budget = '{_budget}'"));

        async Task ExecuteAsync(string sql)
        {
            await using var command = new NpgsqlCommand(sql, taking, transaction);
            await command.ExecuteNonQueryAsync();
        }
    }

    /// <summary>Each call puts four times its cost aside, so that what calls leave over would soon lie with processes that cannot use it.</summary>
    [Theory(Timeout = Hang)]
    [MemberData(nameof(Engines))]
    public async Task Budget_CallsAndSignsOfLifeInThreeProcesses_IsSpentAndNotExceeded(string engine)
    {
        await using var services = await DatabaseAsync(engine);
        var database = services.GetRequiredService<NpgsqlDataSource>();
        BudgetBook[] books = [.. Enumerable.Range(0, 3).Select(_ => Book(new GrantStore(services, _time)))];
        var calls = 0;
        await Task.WhenAll(books.SelectMany(book => Enumerable.Range(0, 3).Select(_ => Task.Run(async () =>
        {
            while (Volatile.Read(ref calls) < 34)
            {
                try
                {
                    var call = await book.ReserveAsync(Caller.Nobody, 1, _time.GetUtcNow(), default);
                    Interlocked.Increment(ref calls);
                    await Task.Yield();
                    call.Settle(0.25m);
                }
                catch (ModelException refused) when (refused.Code == "budget_exceeded")
                {
                    await book.RenewAsync(default);
                }
            }
        }))));
        foreach (var book in books)
        {
            await book.StopAsync(default);
            book.Dispose();
        }

        Assert.InRange(calls, 34, 40);
        Assert.Equal(calls * 0.25m, await ScalarAsync(database, $"select granted_usd from models.budget_grants where budget = '{_budget}'"));
    }

    [Theory(Timeout = Hang)]
    [MemberData(nameof(Engines))]
    public async Task Lease_RanOutWhileItsProcessLives_ProcessForgetsItsGrants(string engine)
    {
        await using var services = await DatabaseAsync(engine);
        var database = services.GetRequiredService<NpgsqlDataSource>();
        var grants = new GrantStore(services, _time);
        using var book = Book(grants);
        var before = grants.Lease;
        (await book.ReserveAsync(Caller.Nobody, 9, _time.GetUtcNow(), default)).Settle(0);
        await book.RenewAsync(default);
        Assert.Equal(before, grants.Lease);

        await ExpireAsync(database, before);
        using var other = Account(new GrantStore(services, _time));
        Assert.NotNull(await other.TryReserveAsync(10, _time.GetUtcNow(), default));
        await book.RenewAsync(default);

        Assert.NotEqual(before, grants.Lease);
        var refused = await Assert.ThrowsAsync<ModelException>(() => book.ReserveAsync(Caller.Nobody, 1, _time.GetUtcNow(), default).AsTask());
        Assert.Equal("budget_exceeded", refused.Code);
    }

    [Theory(Timeout = Hang)]
    [MemberData(nameof(Engines))]
    public async Task Lease_NotRenewedInTime_NothingIsSpentUntilItIs(string engine)
    {
        await using var services = await DatabaseAsync(engine);
        var grants = new GrantStore(services, _time);
        using var account = Account(grants);
        (await account.TryReserveAsync(5, _time.GetUtcNow(), default))!.Settle(5, 0);
        _time.Advance(GrantStore.Life * 5 / 6);

        var refused = await Assert.ThrowsAsync<ModelException>(() => account.TryReserveAsync(1, _time.GetUtcNow(), default).AsTask());
        Assert.Equal(("budget_unavailable", 503, true), (refused.Code, refused.Status, refused.IsRetryable));
        Assert.True(await grants.RenewAsync(default));
        Assert.NotNull(await account.TryReserveAsync(5, _time.GetUtcNow(), default));
    }

    [Fact(Timeout = Hang)]
    public async Task Usage_DatabaseAwayTooLong_NewCallsAreRefusedBeforeTheyCost()
    {
        await using var nowhere = NpgsqlDataSource.Create("Host=127.0.0.1;Port=1;Username=u;Timeout=1");
        await using var services = new ServiceCollection().AddSingleton(nowhere).BuildServiceProvider();
        using var cloudWatch = new CloudWatchLog(Options.Create(new ModelsOptions()), Stream.Null, NullLogger<CloudWatchLog>.Instance);
        using var files = new UsageFiles(Options.Create(new ModelsOptions()), NullLogger<UsageFiles>.Instance);
        using var log = new UsageLog(services, files, cloudWatch, _time, NullLogger<UsageLog>.Instance, mostWaiting: 10);
        using var book = new BudgetBook(Options.Create(new ModelsOptions()), new GrantStore(services, _time), _time, NullLogger<BudgetBook>.Instance);
        using var http = new UpstreamHttp();
        var meter = new CallMeter(book, log, new Latencies(), new BedrockHttp(Options.Create(new ModelsOptions()), http, _time), _time);
        var model = new ModelInfo { Id = "m", Provider = "openai" };
        for (var i = 0; i < 9; i++)
        {
            await (await meter.BeginAsync(model, Caller.Nobody, Operations.Chat, 1, 1, default)).EndAsync(new TokenUsage(), 200);
        }

        var refused = await Assert.ThrowsAsync<ModelException>(() => meter.BeginAsync(model, Caller.Nobody, Operations.Chat, 1, 1, default).AsTask());
        Assert.Equal(("usage_unavailable", 503, true), (refused.Code, refused.Status, refused.IsRetryable));
    }

    private static async Task ExpireAsync(NpgsqlDataSource database, Guid lease)
    {
        await using var command = database.CreateCommand("update models.budget_leases set until = now() - interval '1 second' where lease = $1");
        command.Parameters.AddWithValue(lease);
        Assert.Equal(1, await command.ExecuteNonQueryAsync());
    }

    private static async Task<object?> ScalarAsync(NpgsqlDataSource database, string sql)
    {
        await using var command = database.CreateCommand(sql);
        return await command.ExecuteScalarAsync();
    }

    private BudgetBook Book(GrantStore grants) => new(
        Options.Create(new ModelsOptions { Budgets = { [_budget] = new BudgetOptions { Limit = 10, Period = BudgetPeriod.Total } } }), grants, _time, NullLogger<BudgetBook>.Instance);

    private BudgetAccount Account(GrantStore grants) => new(_budget, new BudgetOptions { Limit = 10, Period = BudgetPeriod.Total }, grants);

    private UsageRow Row(Guid lease, decimal cost) => new()
    {
        Id = Guid.CreateVersion7(),
        At = _time.GetUtcNow(),
        Model = "m",
        Provider = "p",
        Caller = Caller.Nobody,
        Tokens = new TokenUsage(),
        IsEstimated = false,
        Cost = cost,
        PriceVersion = null,
        Status = 200,
        ElapsedMs = 1,
        FirstTokenMs = null,
        Lease = lease,
    };

    private async Task<ServiceProvider> DatabaseAsync(string engine)
    {
        var services = new ServiceCollection().AddSingleton(NpgsqlDataSource.Create(await databases.GetAsync(engine))).BuildServiceProvider();
        await new Migrator(services.GetRequiredService<NpgsqlDataSource>(), "models", Migration.In(typeof(ModelCatalog).Assembly), NullLogger.Instance).MigrateAsync(default);
        return services;
    }
}
