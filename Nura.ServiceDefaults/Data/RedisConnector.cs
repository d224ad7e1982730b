using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace Nura.ServiceDefaults.Data;

/// <summary>Makes the connection before the first request can need it, and tells when it is lost and back.</summary>
internal sealed partial class RedisConnector(IServiceProvider services, ILogger<RedisConnector> logger) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        // Off this thread, because the client resolves names and waits for its first answer synchronously.
        var redis = await Task.Run(() => services.GetRequiredService<IConnectionMultiplexer>(), cancellationToken);
        redis.ConnectionFailed += (_, failure) => LogLost(failure.FailureType);
        redis.ConnectionRestored += (_, _) => LogRestored();
        if (!redis.IsConnected)
        {
            LogUnreachable();
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    [LoggerMessage(5021, LogLevel.Warning, "Redis does not answer; going on without it and trying again in the background")]
    private partial void LogUnreachable();

    [LoggerMessage(5022, LogLevel.Warning, "Redis connection lost: {Failure}")]
    private partial void LogLost(ConnectionFailureType failure);

    [LoggerMessage(5023, LogLevel.Information, "Redis connection restored")]
    private partial void LogRestored();
}
