using System.Threading.Channels;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Nura.Models;

/// <summary>Writes usage rows to PostgreSQL in batches. A batch that fails is written again until it succeeds; its rows have identities, so none is doubled.</summary>
/// <remarks>Rows wait in memory at most a quarter of a second while the database answers. When it does not, they wait up to <see cref="MostWaiting"/>; then new calls are refused, so that none goes unrecorded.</remarks>
internal sealed partial class UsageLog(IServiceProvider services, CloudWatchLog cloudWatch, TimeProvider time, ILogger<UsageLog> logger, int mostWaiting = UsageLog.MostWaiting) : BackgroundService
{
    public const int MostWaiting = 200_000;
    private const int BatchSize = 2_000;

    private static readonly TimeSpan s_period = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_lastChance = TimeSpan.FromSeconds(5);

    private readonly Channel<UsageRow> _waiting = Channel.CreateBounded<UsageRow>(new BoundedChannelOptions(mostWaiting) { SingleReader = true });
    private readonly NpgsqlDataSource? _database = services.GetService<NpgsqlDataSource>();

    /// <summary>Whether so many rows wait for the database that no further call should begin. Some room is left for calls under way.</summary>
    public bool IsFull => _database is not null && _waiting.Reader.Count >= mostWaiting - Math.Min(mostWaiting / 10, 1_000);

    /// <summary>Takes a row; it is written soon.</summary>
    public ValueTask AddAsync(UsageRow row)
    {
        cloudWatch.Add(row);
        return _database is null || _waiting.Writer.TryWrite(row) ? ValueTask.CompletedTask : _waiting.Writer.WriteAsync(row);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (_database is null)
        {
            LogNoDatabase();
            return;
        }

        var batch = new List<UsageRow>(BatchSize);
        try
        {
            while (await _waiting.Reader.WaitToReadAsync(stoppingToken))
            {
                await Task.Delay(s_period, time, stoppingToken);
                await DrainAsync(batch, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            using var limit = new CancellationTokenSource(s_lastChance, time);
            await LastChanceAsync(batch, limit.Token);
        }
    }

    private async Task DrainAsync(List<UsageRow> batch, CancellationToken cancellationToken)
    {
        while (batch.Count > 0 || _waiting.Reader.TryPeek(out _))
        {
            while (batch.Count < BatchSize && _waiting.Reader.TryRead(out var row))
            {
                batch.Add(row);
            }

            try
            {
                await UsageTable.InsertAsync(_database!, batch, cancellationToken);
                batch.Clear();
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                LogRetrying(batch.Count + _waiting.Reader.Count, exception.Message);
                await Task.Delay(s_pause, time, cancellationToken);
            }
        }
    }

    private async Task LastChanceAsync(List<UsageRow> batch, CancellationToken cancellationToken)
    {
        try
        {
            await DrainAsync(batch, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            LogLost(batch.Count + _waiting.Reader.Count);
        }
    }

    [LoggerMessage(4010, LogLevel.Information, "No database is registered: usage of models is counted in metrics only")]
    private partial void LogNoDatabase();

    [LoggerMessage(4011, LogLevel.Warning, "{Count} usage rows wait for the database: {Problem}")]
    private partial void LogRetrying(int count, string problem);

    [LoggerMessage(4012, LogLevel.Error, "The service stops while the database does not answer: {Count} usage rows are lost")]
    private partial void LogLost(int count);
}
