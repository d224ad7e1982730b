using System.Collections.Concurrent;
using System.Net;
using Npgsql;
using Nura.Tests.Databases;
using Nura.Tests.Requirements;

namespace Nura.Tests.Gateway;

/// <summary>Real servers are taken away and brought back while callers go on asking. The long version is <c>bench/gateway/outage.sh</c>.</summary>
public sealed class OutageTests(DatabaseFixture databases) : IClassFixture<DatabaseFixture>
{
    private const int Hang = 180_000;
    private const int Callers = 6;

    [ToolFact("redis-server", Timeout = Hang)]
    public async Task Redis_GoneUnderLoad_NoRequestFails()
    {
        using var redis = await RedisServer.StartAsync();
        await using var gateway = await GatewayHost.StartAsync(databases, ("ConnectionStrings:cache", redis.Address), ("Nura:Models:Cache:Seconds", "60"));
        var load = new Load(gateway);

        await load.ReachAsync(30);
        await redis.KillAsync();
        await load.ReachAsync(90);
        await redis.RestartAsync();
        await load.ReachAsync(150);
        await load.StopAsync();

        Assert.All(load.Statuses, status => Assert.Equal(HttpStatusCode.OK, status));
    }

    [NativePostgresFact(Timeout = Hang)]
    public async Task Postgres_GoneUnderLoad_EveryAnswerIsOneUsageRow()
    {
        await using var postgres = await NativeServer.StartAsync();
        var gateway = await GatewayHost.StartAsync(
            databases, ("ConnectionStrings:nura", postgres.ConnectionString), ("Nura:Models:Budgets:all:Limit", "1000000"), ("Nura:Models:Budgets:all:Period", "Total"));
        await using (gateway)
        {
            var load = new Load(gateway);
            await load.ReachAsync(30);
            await postgres.StopAsync();
            await load.ReachAsync(90);
            await postgres.RestartAsync();
            await load.ReachAsync(120);
            await load.StopAsync();

            Assert.All(load.Statuses, status => Assert.Equal(HttpStatusCode.OK, status));
            await using var database = NpgsqlDataSource.Create(postgres.ConnectionString);
            long rows;
            do
            {
                await Task.Delay(100);
                await using var command = database.CreateCommand("select count(*) from models.usage where model = 'mock' and status = 200 and lease is not null");
                rows = (long)(await command.ExecuteScalarAsync())!;
            }
            while (rows < load.Statuses.Count);

            Assert.Equal(load.Statuses.Count, rows);
        }
    }

    /// <summary>Callers who ask one question after the other, each twice.</summary>
    private sealed class Load
    {
        private readonly GatewayHost _gateway;
        private readonly Task[] _callers;
        private int _asked;
        private volatile bool _isOver;

        public Load(GatewayHost gateway)
        {
            _gateway = gateway;
            _callers = [.. Enumerable.Range(0, Callers).Select(_ => Task.Run(AskAsync))];
        }

        public ConcurrentQueue<HttpStatusCode> Statuses { get; } = [];

        public async Task ReachAsync(int answers)
        {
            while (Statuses.Count < answers)
            {
                await Task.Delay(10);
                if (Array.Find(_callers, caller => caller.IsFaulted) is { } failed)
                {
                    await failed;
                }
            }
        }

        public Task StopAsync()
        {
            _isOver = true;
            return Task.WhenAll(_callers);
        }

        private async Task AskAsync()
        {
            while (!_isOver)
            {
                var number = Interlocked.Increment(ref _asked) / 2;
                using var answer = await _gateway.PostAsync("/v1/chat/completions", $$"""{"model":"mock","messages":[{"role":"user","content":"question {{number}}"}]}""");
                await answer.Content.ReadAsByteArrayAsync();
                Statuses.Enqueue(answer.StatusCode);
            }
        }
    }
}
