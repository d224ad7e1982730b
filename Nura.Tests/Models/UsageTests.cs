using Microsoft.Extensions.AI;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using Nura.Models;
using Nura.Tests.Databases;
using Nura.Tests.Fakes;

namespace Nura.Tests.Models;

public sealed class UsageTests(DatabaseFixture databases) : IClassFixture<DatabaseFixture>
{
    public static TheoryData<string> Engines => DatabaseFixture.Engines;

    [Theory(Timeout = 120_000)]
    [MemberData(nameof(Engines))]
    public async Task Call_Answered_IsOneRowWithItsCost(string engine)
    {
        await using var bedrock = await FakeBedrock.StartAsync();
        bedrock.Usage = System.Text.Json.Nodes.JsonNode.Parse("""{"inputTokens":25,"outputTokens":7,"totalTokens":1032,"cacheReadInputTokens":1000}""")!.AsObject();
        using var host = await StartAsync(engine, bedrock);
        var key = Guid.NewGuid().ToString();
        var client = host.Get<ChatClients>().For(host.Get<ModelCatalog>().Find("claude-haiku-4-5")!);

        await client.GetResponseAsync("x", new ChatOptions().WithCaller(new Caller(key, "ana", "core", "dev")));
        await host.StopAsync();

        await using var database = NpgsqlDataSource.Create(await databases.GetAsync(engine));
        await using var command = database.CreateCommand("select model, user_name, team, agent, input_tokens, output_tokens, cache_read_tokens, cost_usd, price_version, status, estimated from models.usage where key = $1");
        command.Parameters.AddWithValue(key);
        await using var reader = await command.ExecuteReaderAsync();
        Assert.True(await reader.ReadAsync());
        var row = new object[reader.FieldCount];
        reader.GetValues(row);
        Assert.Equal(["claude-haiku-4-5", "ana", "core", "dev", 25L, 7L, 1000L, 0.000176m, "claude-haiku-4-5@start", 200, false], row);
        Assert.False(await reader.ReadAsync());
    }

    [Theory(Timeout = 120_000)]
    [MemberData(nameof(Engines))]
    public async Task Calls_FailedAndGivenUp_AreRowsToo(string engine)
    {
        await using var bedrock = await FakeBedrock.StartAsync();
        using var host = await StartAsync(engine, bedrock);
        var options = new ChatOptions().WithCaller(new Caller(Guid.NewGuid().ToString()));
        var client = host.Get<ChatClients>().For(host.Get<ModelCatalog>().Find("claude-haiku-4-5")!);

        await foreach (var _ in client.GetStreamingResponseAsync("one two three", options))
        {
            break;
        }

        bedrock.Instead = async (context, _, _) =>
        {
            await FakeBedrock.ErrorAsync(context, 400, "ValidationException", "no");
            return true;
        };
        await Assert.ThrowsAsync<ModelException>(() => client.GetResponseAsync("x", options));
        await host.StopAsync();

        Assert.Equal([400, 499], await StatusesAsync(engine, options.Caller().Key!));
    }

    [Theory(Timeout = 120_000)]
    [MemberData(nameof(Engines))]
    public async Task Call_GivenUpWhileTheModelWorks_IsChargedItsPromptAsEstimate(string engine)
    {
        await using var bedrock = await FakeBedrock.StartAsync();
        using var host = await StartAsync(engine, bedrock);
        var working = new TaskCompletionSource();
        bedrock.Instead = async (context, _, _) =>
        {
            working.SetResult();
            await Task.Delay(Timeout.Infinite, context.RequestAborted);
            return true;
        };
        var key = Guid.NewGuid().ToString();
        var client = host.Get<ChatClients>().For(host.Get<ModelCatalog>().Find("claude-haiku-4-5")!);
        using var givingUp = new CancellationTokenSource();

        var call = client.GetResponseAsync(new string('x', 4_000), new ChatOptions().WithCaller(new Caller(key)), givingUp.Token);
        await working.Task;
        await givingUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        await host.StopAsync();

        Assert.Equal("499 1000 0 True 0.00110000", await ScalarAsync<string>(
            engine, "select concat_ws(' ', status, input_tokens, output_tokens, case when estimated then 'True' else 'False' end, round(cost_usd, 8)) from models.usage where key = $1", key));
    }

    [Theory(Timeout = 120_000)]
    [MemberData(nameof(Engines))]
    public async Task Rows_WrittenTwice_AreThereOnce(string engine)
    {
        using var host = await StartAsync(engine, null);
        var database = host.Get<NpgsqlDataSource>();
        var key = Guid.NewGuid().ToString();
        var rows = Enumerable.Range(0, 500).Select(i => Row(key)).ToList();

        await UsageTable.InsertAsync(database, rows, CancellationToken.None);
        await UsageTable.InsertAsync(database, rows, CancellationToken.None);
        Assert.Equal(500, (await StatusesAsync(engine, key)).Count);
    }

    [Theory(Timeout = 120_000)]
    [MemberData(nameof(Engines))]
    public async Task Rows_DatabaseRefusesForAWhile_AreWrittenOnceItIsBack(string engine)
    {
        using var host = await StartAsync(engine, null);
        var logs = new CollectedLogs();
        host.Get<ILoggerFactory>().AddProvider(logs);
        var database = host.Get<NpgsqlDataSource>();
        var (log, key) = (host.Get<UsageLog>(), Guid.NewGuid().ToString());
        await RunAsync(database, "alter table models.usage rename to usage_away");
        for (var i = 0; i < 300; i++)
        {
            await log.AddAsync(Row(key));
        }

        await logs.WhenLogged(4011);
        await RunAsync(database, "alter table models.usage_away rename to usage");
        while ((await StatusesAsync(engine, key)).Count < 300)
        {
            await Task.Delay(50);
        }

        await host.StopAsync();
        Assert.Equal(300, (await StatusesAsync(engine, key)).Count);
    }

    [Theory(Timeout = 120_000)]
    [MemberData(nameof(Engines))]
    public async Task Budget_TwoHundredCallsAtOnceInTwoProcesses_SpendNoMoreThanItsLimit(string engine)
    {
        await using var bedrock = await FakeBedrock.StartAsync();
        bedrock.Usage["outputTokens"] = 1000;
        var name = $"b{Guid.NewGuid():N}";
        (string, string)[] budget = [($"Nura:Models:Budgets:{name}:Limit", "1"), ($"Nura:Models:Budgets:{name}:Scope", "All")];
        using var one = await StartAsync(engine, bedrock, budget);
        using var other = await StartAsync(engine, bedrock, budget);
        var key = Guid.NewGuid().ToString();

        var refused = 0;
        await Task.WhenAll(Enumerable.Range(0, 200).Select(async i =>
        {
            var host = i % 2 == 0 ? one : other;
            var client = host.Get<ChatClients>().For(host.Get<ModelCatalog>().Find("claude-opus-4-6")!);
            try
            {
                // 1,000 tokens at 27.5 dollars a million: 36 calls fit.
                await client.GetResponseAsync("x", new ChatOptions { MaxOutputTokens = 1000 }.WithCaller(new Caller(key)));
            }
            catch (ModelException exception) when (exception.Code == "budget_exceeded")
            {
                Assert.Equal((429, false), (exception.Status, exception.IsRetryable));
                Assert.Contains($"Nura:Models:Budgets:{name}:Limit", exception.Message, StringComparison.Ordinal);
                Interlocked.Increment(ref refused);
            }
        }));
        await one.StopAsync();
        await other.StopAsync();

        var spent = await ScalarAsync<decimal>(engine, "select sum(cost_usd) from models.usage where key = $1", key);
        var granted = await ScalarAsync<decimal>(engine, "select granted_usd from models.budget_grants where budget = $1", name);
        Assert.InRange(spent, 0.8m, 1.00m);
        Assert.True(refused >= 200 - 36);
        Assert.Equal(spent, granted);
    }

    [Fact(Timeout = 120_000)]
    public async Task Budget_WithoutDatabase_HoldsInTheProcessAndStartsAnewTheNextDay()
    {
        var time = new ManualTime();
        using var store = new ServiceCollection().BuildServiceProvider();
        using var account = new BudgetAccount("b", new BudgetOptions { Limit = 1, Period = BudgetPeriod.Day }, new GrantStore(store, time));

        var first = await account.TryReserveAsync(0.9m, time.GetUtcNow(), default);
        Assert.Null(await account.TryReserveAsync(0.2m, time.GetUtcNow(), default));
        first!.Settle(0.9m, 0.3m);
        Assert.NotNull(await account.TryReserveAsync(0.7m, time.GetUtcNow(), default));
        Assert.Null(await account.TryReserveAsync(0.01m, time.GetUtcNow(), default));
        Assert.NotNull(await account.TryReserveAsync(1m, time.GetUtcNow().AddDays(1), default));
    }

    private static UsageRow Row(string key) => new()
    {
        Id = Guid.CreateVersion7(),
        At = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero),
        Model = "m",
        Provider = "p",
        Caller = new Caller(key),
        Tokens = new TokenUsage(),
        IsEstimated = false,
        Cost = 0.123456789012m,
        PriceVersion = null,
        Status = 200,
        ElapsedMs = 1.5,
        FirstTokenMs = null,
    };

    private static async Task RunAsync(NpgsqlDataSource database, string sql)
    {
        await using var command = database.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    private async Task<IHost> StartAsync(string engine, FakeBedrock? bedrock, params (string Key, string Value)[] settings)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection([
            new("ConnectionStrings:nura", await databases.GetAsync(engine)),
            new("Nura:Models:Bedrock:Region", "us-east-1"),
            new("Nura:Models:Bedrock:Endpoint", bedrock?.Url ?? "http://localhost:1"),
            new("Nura:Models:Bedrock:AccessKeyId", AwsSignature.AccessKey),
            new("Nura:Models:Bedrock:SecretAccessKey", AwsSignature.Secret),
            .. settings.Select(setting => KeyValuePair.Create(setting.Key, (string?)setting.Value))]);
        builder.Services.AddLogging();
        builder.AddNpgsqlDataSource("nura");
        builder.AddMigrations("models", typeof(ModelCatalog).Assembly);
        builder.AddNuraModels();
        var host = builder.Build();
        await host.StartAsync();
        return host;
    }

    private async Task<List<int>> StatusesAsync(string engine, string key)
    {
        await using var database = NpgsqlDataSource.Create(await databases.GetAsync(engine));
        await using var command = database.CreateCommand("select status from models.usage where key = $1 order by status");
        command.Parameters.AddWithValue(key);
        var statuses = new List<int>();
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
        {
            statuses.Add(reader.GetInt32(0));
        }

        return statuses;
    }

    private async Task<T> ScalarAsync<T>(string engine, string sql, string parameter)
    {
        await using var database = NpgsqlDataSource.Create(await databases.GetAsync(engine));
        await using var command = database.CreateCommand(sql);
        command.Parameters.AddWithValue(parameter);
        return (T)(await command.ExecuteScalarAsync())!;
    }
}
