using System.Globalization;
using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace Nura.ServiceDefaults.Data;

/// <summary>
/// A cache whose loss costs speed only. A value is a hash of its bytes and its sliding expiration; the client library gives
/// asynchronous commands no timeout of their own, so every one gets one here.
/// </summary>
internal sealed partial class RedisDistributedCache(
    IConnectionMultiplexer redis, IHostEnvironment environment, TimeProvider time, ILogger<RedisDistributedCache> logger) : IDistributedCache
{
    private static readonly TimeSpan s_timeout = TimeSpan.FromMilliseconds(250);
    private static readonly RedisValue s_data = "data";
    private static readonly RedisValue s_sliding = "sliding";

    // After a timeout Redis is not asked for a while: a hanging server would otherwise cost every request the full wait.
    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(2);
    private long _pausedUntil;

    public async Task<byte[]?> GetAsync(string key, CancellationToken token = default)
    {
        var fields = await TryAsync(database => database.HashGetAsync(Key(key), [s_data, s_sliding]), token);
        if (fields is not [{ IsNull: false } data, var sliding])
        {
            return null;
        }

        if (long.TryParse((string?)sliding, NumberStyles.None, CultureInfo.InvariantCulture, out var milliseconds))
        {
            await TryAsync(database => database.KeyExpireAsync(Key(key), TimeSpan.FromMilliseconds(milliseconds)), token);
        }

        return data;
    }

    public async Task SetAsync(string key, byte[] value, DistributedCacheEntryOptions options, CancellationToken token = default)
    {
        var lifetime = options.AbsoluteExpiration - time.GetUtcNow() ?? options.AbsoluteExpirationRelativeToNow ?? options.SlidingExpiration;
        if (lifetime <= TimeSpan.Zero)
        {
            return;
        }

        HashEntry[] fields = options.SlidingExpiration is { } sliding
            ? [new(s_data, value), new(s_sliding, ((long)sliding.TotalMilliseconds).ToString(CultureInfo.InvariantCulture))]
            : [new(s_data, value)];
        await TryAsync(
            database =>
            {
                // One transaction: a value without its expiration would stay for ever.
                var transaction = database.CreateTransaction();
                _ = transaction.KeyDeleteAsync(Key(key));
                _ = transaction.HashSetAsync(Key(key), fields);
                _ = transaction.KeyExpireAsync(Key(key), lifetime);
                return transaction.ExecuteAsync();
            },
            token);
    }

    public Task RefreshAsync(string key, CancellationToken token = default) => GetAsync(key, token);

    public Task RemoveAsync(string key, CancellationToken token = default) => TryAsync(database => database.KeyDeleteAsync(Key(key)), token);

    public byte[]? Get(string key) => throw Blocking();

    public void Set(string key, byte[] value, DistributedCacheEntryOptions options) => throw Blocking();

    public void Refresh(string key) => throw Blocking();

    public void Remove(string key) => throw Blocking();

    private static NotSupportedException Blocking() => new("This cache does not block threads: use the asynchronous members.");

    /// <summary>Services share one Redis and must not read each other's values by accident.</summary>
    private RedisKey Key(string key) => $"{environment.ApplicationName}:{key}";

    private async Task<T?> TryAsync<T>(Func<IDatabase, Task<T>> command, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (!redis.IsConnected || time.GetTimestamp() < Interlocked.Read(ref _pausedUntil))
        {
            return default;
        }

        try
        {
            return await command(redis.GetDatabase()).WaitAsync(s_timeout, time, cancellationToken);
        }
        catch (Exception exception) when (exception is RedisException or TimeoutException)
        {
            Interlocked.Exchange(ref _pausedUntil, time.GetTimestamp() + (long)(s_pause.TotalSeconds * time.TimestampFrequency));
            LogSkipped(exception.GetType().Name, s_pause.TotalSeconds);
            return default;
        }
    }

    [LoggerMessage(5024, LogLevel.Warning, "Redis failed ({Failure}); going on without it for {PauseSeconds} s")]
    private partial void LogSkipped(string failure, double pauseSeconds);
}
