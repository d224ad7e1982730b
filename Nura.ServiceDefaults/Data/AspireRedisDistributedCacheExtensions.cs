using Aspire.StackExchange.Redis;
using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.DependencyInjection;
using Nura.ServiceDefaults.Data;
using StackExchange.Redis;

namespace Microsoft.Extensions.Hosting;

/// <summary>Registers the shared cache with the signature of Aspire's client package.</summary>
public static class AspireRedisDistributedCacheExtensions
{
    /// <summary>
    /// Adds an <see cref="IDistributedCache"/> in Redis. Without a connection string it lives in this process; while Redis is lost,
    /// reads find nothing and writes are dropped within 250 ms. It never throws for Redis' sake.
    /// </summary>
    /// <param name="builder">The service's builder.</param>
    /// <param name="connectionName">Key below <c>ConnectionStrings</c>.</param>
    /// <param name="configureSettings">Changes the settings after configuration was read.</param>
    /// <param name="configureOptions">Changes the connection's options.</param>
    public static void AddRedisDistributedCache(
        this IHostApplicationBuilder builder,
        string connectionName,
        Action<StackExchangeRedisSettings>? configureSettings = null,
        Action<ConfigurationOptions>? configureOptions = null)
    {
        builder.AddRedisClient(connectionName, configureSettings, configureOptions);
        if (builder.Services.Any(service => service.ServiceType == typeof(IConnectionMultiplexer)))
        {
            builder.Services.AddSingleton<IDistributedCache, RedisDistributedCache>();
        }
        else
        {
            builder.Services.AddDistributedMemoryCache();
        }
    }
}
