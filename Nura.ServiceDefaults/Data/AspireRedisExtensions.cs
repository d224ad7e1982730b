using Aspire.StackExchange.Redis;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Nura.ServiceDefaults.Data;
using StackExchange.Redis;

namespace Microsoft.Extensions.Hosting;

/// <summary>Registers Redis with the signatures of Aspire's client package.</summary>
public static class AspireRedisExtensions
{
    private const int TimeoutMs = 250;

    /// <summary>
    /// Adds an <see cref="IConnectionMultiplexer"/> as singleton, with a health check that at worst says degraded: Redis is a cache.
    /// Without a connection string nothing is registered, and consumers ask for <c>IConnectionMultiplexer?</c>.
    /// </summary>
    /// <param name="builder">The service's builder.</param>
    /// <param name="connectionName">Key below <c>ConnectionStrings</c>.</param>
    /// <param name="configureSettings">Changes the settings after configuration was read.</param>
    /// <param name="configureOptions">Changes the connection's options.</param>
    /// <remarks>The connection is made while the service starts and again in the background when lost; a command without a connection fails at once.</remarks>
    public static void AddRedisClient(
        this IHostApplicationBuilder builder,
        string connectionName,
        Action<StackExchangeRedisSettings>? configureSettings = null,
        Action<ConfigurationOptions>? configureOptions = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(connectionName);
        var settings = new StackExchangeRedisSettings();
        var section = builder.Configuration.GetSection("Aspire:StackExchange:Redis");
        section.Bind(settings);
        section.GetSection(connectionName).Bind(settings);
        if (builder.Configuration.GetConnectionString(connectionName) is { Length: > 0 } connectionString)
        {
            settings.ConnectionString = connectionString;
        }

        configureSettings?.Invoke(settings);
        if (string.IsNullOrWhiteSpace(settings.ConnectionString))
        {
            return;
        }

        var options = ConfigurationOptions.Parse(settings.ConnectionString);
        options.AbortOnConnectFail = false;
        options.ConnectRetry = 1;
        options.ConnectTimeout = options.SyncTimeout = options.ResponseTimeout = TimeoutMs;
        configureOptions?.Invoke(options);

        builder.Services.AddSingleton<IConnectionMultiplexer>(_ => ConnectionMultiplexer.Connect(options));
        builder.Services.AddHostedService<RedisConnector>();
        if (!settings.DisableHealthChecks)
        {
            builder.Services.AddHealthChecks()
                .AddCheck<RedisHealthCheck>("Redis", HealthStatus.Degraded, [], TimeSpan.FromSeconds(1));
        }
    }
}
