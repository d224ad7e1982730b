using System.Diagnostics;
using System.Net;
using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Nura.Hosting;
using Nura.Tests.Requirements;
using StackExchange.Redis;

namespace Nura.Tests.ServiceDefaults;

/// <summary>A real redis-server is taken away and brought back.</summary>
public sealed class RedisTests
{
    private static readonly DistributedCacheEntryOptions s_hour = new() { AbsoluteExpirationRelativeToNow = TimeSpan.FromHours(1) };

    [ToolFact("redis-server", Timeout = 180_000)]
    public async Task Cache_RedisIsKilledAndComesBack_ServiceNeverFails()
    {
        var port = FreePort.Choose();
        var redis = await StartRedisAsync(port);
        await using var service = await StartAsync($"127.0.0.1:{port}");
        var cache = service.Get<IDistributedCache>();
        try
        {
            await cache.SetAsync("key", [1, 2, 3], s_hour);
            Assert.Equal([1, 2, 3], await cache.GetAsync("key"));

            redis.Kill();
            await redis.WaitForExitAsync();
            Assert.Null(await cache.GetAsync("key"));
            await cache.SetAsync("key", [4], s_hour);
            Assert.Equal(HttpStatusCode.OK, (await service.Http.GetAsync("/ready")).StatusCode);

            redis.Dispose();
            redis = await StartRedisAsync(port);
            byte[]? found;
            do
            {
                await cache.SetAsync("key", [5], s_hour);
                found = await cache.GetAsync("key");
            }
            while (found is null);

            Assert.Equal([5], found);
        }
        finally
        {
            redis.Kill();
            redis.Dispose();
        }
    }

    [ToolFact("redis-server", Timeout = 180_000)]
    public async Task Cache_RedisHangs_RequestsGoOnAndSoonDoNotWait()
    {
        var port = FreePort.Choose();
        using var redis = await StartRedisAsync(port);
        await using var service = await StartAsync($"127.0.0.1:{port}");
        var cache = service.Get<IDistributedCache>();
        try
        {
            await cache.SetAsync("key", [1], s_hour);
            Signal(redis, "STOP");

            Assert.Null(await cache.GetAsync("key"));
            var second = cache.GetAsync("key");

            Assert.True(second.IsCompletedSuccessfully);
            Assert.Contains(service.Logs.Entries, entry => entry.Id.Id == 5024);
        }
        finally
        {
            Signal(redis, "CONT");
            redis.Kill();
        }
    }

    [ToolFact("redis-server", Timeout = 180_000)]
    public async Task Cache_Expirations_ReachRedis()
    {
        var port = FreePort.Choose();
        using var redis = await StartRedisAsync(port);
        await using var service = await StartAsync($"127.0.0.1:{port}");
        var cache = service.Get<IDistributedCache>();
        try
        {
            await cache.SetAsync("fixed", [1], s_hour);
            await cache.SetAsync("sliding", [1], new DistributedCacheEntryOptions { SlidingExpiration = TimeSpan.FromMinutes(5) });
            await cache.SetAsync("past", [1], new DistributedCacheEntryOptions { AbsoluteExpiration = DateTimeOffset.UnixEpoch });
            await cache.SetAsync("removed", [1], s_hour);
            await cache.RemoveAsync("removed");
            Assert.Equal([1], await cache.GetAsync("sliding"));

            var database = service.Get<IConnectionMultiplexer>().GetDatabase();
            var prefix = service.Get<IHostEnvironment>().ApplicationName;
            Assert.InRange((await database.KeyTimeToLiveAsync($"{prefix}:fixed"))!.Value.TotalMinutes, 58, 60);
            Assert.InRange((await database.KeyTimeToLiveAsync($"{prefix}:sliding"))!.Value.TotalMinutes, 3, 5);
            Assert.Null(await cache.GetAsync("past"));
            Assert.Null(await cache.GetAsync("removed"));
        }
        finally
        {
            redis.Kill();
        }
    }

    [Fact(Timeout = 180_000)]
    public async Task Cache_RedisNotConfigured_LivesInTheProcess()
    {
        await using var service = await StartAsync(connectionString: null);
        var cache = service.Get<IDistributedCache>();

        await cache.SetAsync("key", [7], s_hour);

        Assert.Equal([7], await cache.GetAsync("key"));
        Assert.Null(service.App.Services.GetService<IConnectionMultiplexer>());
        Assert.DoesNotContain("Redis", await service.Http.GetStringAsync("/health"), StringComparison.Ordinal);
    }

    [Fact(Timeout = 180_000)]
    public async Task Start_RedisUnreachable_StartsAndSaysSo()
    {
        await using var service = await StartAsync($"127.0.0.1:{FreePort.Choose()}");

        Assert.Null(await service.Get<IDistributedCache>().GetAsync("key"));
        Assert.Contains(service.Logs.Entries, entry => entry.Id.Id == 5021);
    }

    private static Task<TestService> StartAsync(string? connectionString) =>
        TestService.StartAsync(configure: builder => builder.AddRedisDistributedCache("cache"), settings: ("ConnectionStrings:cache", connectionString));

    private static async Task<Process> StartRedisAsync(int port)
    {
        var redis = Process.Start(new ProcessStartInfo(
            "redis-server", ["--port", $"{port}", "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", Path.GetTempPath()]) { RedirectStandardOutput = true })!;
        string? line;
        do
        {
            line = await redis.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("redis-server ended while starting.");
        }
        while (!line.Contains("Ready to accept connections", StringComparison.Ordinal));

        return redis;
    }

    private static void Signal(Process process, string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", $"{process.Id}"]);
        kill.WaitForExit();
    }
}
