using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Nura.ServiceDefaults.Migrations;

/// <summary>
/// Migrates while the host starts: what is registered later, the web server included, starts only afterwards.
/// Waits for a database that is still starting.
/// </summary>
internal sealed partial class MigrationService(
    IServiceProvider services,
    string schema,
    IReadOnlyList<Migration> migrations,
    IOptions<MigrationOptions> options,
    TimeProvider time,
    ILogger<MigrationService> logger) : IHostedService
{
    private static readonly TimeSpan s_firstWait = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan s_longestWait = TimeSpan.FromSeconds(2);

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var migrator = new Migrator(services.GetRequiredService<NpgsqlDataSource>(), schema, migrations, logger);
        var started = time.GetTimestamp();
        for (var wait = s_firstWait; ; wait = wait * 2 < s_longestWait ? wait * 2 : s_longestWait)
        {
            try
            {
                await migrator.MigrateAsync(cancellationToken);
                return;
            }
            catch (NpgsqlException exception) when (MayPass(exception) && time.GetElapsedTime(started) < options.Value.Patience)
            {
                LogWaiting(schema, exception is PostgresException postgres ? postgres.SqlState : exception.GetType().Name, wait.TotalMilliseconds);
            }

            await Task.Delay(wait, time, cancellationToken);
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Not reachable, starting, its database not created yet, or in the way of others. A wrong password does not pass.</summary>
    private static bool MayPass(NpgsqlException exception) => exception is PostgresException postgres
        ? postgres.IsTransient || postgres.SqlState is PostgresErrorCodes.InvalidCatalogName or PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown
        : exception.IsTransient;

    [LoggerMessage(5032, LogLevel.Warning, "Schema {Schema} cannot be migrated yet ({Failure}); trying again in {DelayMs} ms")]
    private partial void LogWaiting(string schema, string failure, double delayMs);
}
