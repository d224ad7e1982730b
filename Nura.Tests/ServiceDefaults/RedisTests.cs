using System.Net;
using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Nura.Tests.Databases;
using Nura.Tests.Fakes;
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
        using var redis = await RedisServer.StartAsync();
        await using var service = await StartAsync(redis.Address);
        var cache = service.Get<IDistributedCache>();
        Assert.Equal([1, 2, 3], await KeptAsync(cache, [1, 2, 3]));

        await redis.KillAsync();
        Assert.Null(await cache.GetAsync("key"));
        await cache.SetAsync("key", [4], s_hour);
        Assert.Equal(HttpStatusCode.OK, (await service.Http.GetAsync("/ready")).StatusCode);

        await redis.RestartAsync();
        Assert.Equal([5], await KeptAsync(cache, [5]));
    }

    [ToolFact("redis-server", Timeout = 180_000)]
    public async Task Cache_RedisHangs_RequestsGoOnAndSoonDoNotWait()
    {
        using var redis = await RedisServer.StartAsync();
        var time = new ManualTime();
        await using var service = await StartAsync(redis.Address, time);
        var cache = service.Get<IDistributedCache>();
        await cache.SetAsync("key", [1], s_hour);
        Assert.Equal([1], await cache.GetAsync("key"));
        redis.Hang();

        var first = cache.GetAsync("key");
        Assert.False(first.IsCompleted);
        time.Advance(TimeSpan.FromMilliseconds(250));
        Assert.Null(await first);
        var second = cache.GetAsync("key");

        Assert.True(second.IsCompletedSuccessfully);
        Assert.Contains(service.Logs.Entries, entry => entry.Id.Id == 5024);
        // Who hangs up waits for it as long as the client may, which is a minute here.
        await redis.KillAsync();
    }

    [ToolFact("redis-server", Timeout = 180_000)]
    public async Task Cache_Expirations_ReachRedis()
    {
        using var redis = await RedisServer.StartAsync();
        await using var service = await StartAsync(redis.Address, new ManualTime());
        var cache = service.Get<IDistributedCache>();
        await cache.SetAsync("fixed", [1], s_hour);
        await cache.SetAsync("sliding", [1], new DistributedCacheEntryOptions { SlidingExpiration = TimeSpan.FromMinutes(5) });
        await cache.SetAsync("past", [1], new DistributedCacheEntryOptions { AbsoluteExpiration = DateTimeOffset.UnixEpoch });
        await cache.SetAsync("removed", [1], s_hour);
        await cache.RemoveAsync("removed");
        Assert.Equal([1], await cache.GetAsync("sliding"));

        var database = service.Get<IConnectionMultiplexer>().GetDatabase();
        var prefix = service.Get<IHostEnvironment>().ApplicationName;
        Assert.InRange((await database.KeyTimeToLiveAsync($"{prefix}:fixed"))!.Value.TotalMinutes, 55, 60);
        Assert.InRange((await database.KeyTimeToLiveAsync($"{prefix}:sliding"))!.Value.TotalMinutes, 1, 5);
        Assert.Null(await cache.GetAsync("past"));
        Assert.Null(await cache.GetAsync("removed"));
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
        await using var service = await StartAsync("127.0.0.1:1");

        Assert.Null(await service.Get<IDistributedCache>().GetAsync("key"));
        Assert.Contains(service.Logs.Entries, entry => entry.Id.Id == 5021);
    }

    private static Task<TestService> StartAsync(string? connectionString) =>
        TestService.StartAsync(configure: builder => builder.AddRedisDistributedCache("cache"), settings: ("ConnectionStrings:cache", connectionString));

    /// <summary>The cache waits by the given clock, and the client as long as any machine needs.</summary>
    private static Task<TestService> StartAsync(string connectionString, TimeProvider time) => TestService.StartAsync(
        configure: builder =>
        {
            builder.Services.AddSingleton(time);
            builder.AddRedisDistributedCache("cache", configureOptions: options => options.ConnectTimeout = options.SyncTimeout = options.ResponseTimeout = 60_000);
        },
        settings: ("ConnectionStrings:cache", connectionString));

    /// <summary>Writes until it can be read: on a busy machine Redis may be given up for a moment.</summary>
    private static async Task<byte[]> KeptAsync(IDistributedCache cache, byte[] value)
    {
        while (true)
        {
            await cache.SetAsync("key", value, s_hour);
            if (await cache.GetAsync("key") is { } found)
            {
                return found;
            }

            await Task.Delay(20);
        }
    }
}
