using System.Threading.Channels;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Nura.Models;

/// <summary>Writes usage rows to PostgreSQL in batches. A batch that fails is written again until it succeeds; its rows have identities, so none is doubled.</summary>
/// <remarks>
/// Rows wait in memory at most a quarter of a second while the database answers. When it does not, they wait in <see cref="UsageFiles"/>, where they outlive the process, or in memory if there is no folder for them.
/// Beyond <see cref="MostWaiting"/> new calls are refused, so that none goes unrecorded.
/// </remarks>
internal sealed partial class UsageLog(
    IServiceProvider services, UsageFiles files, CloudWatchLog cloudWatch, TimeProvider time, ILogger<UsageLog> logger, int mostWaiting = UsageLog.MostWaiting) : BackgroundService
{
    public const int MostWaiting = 200_000;
    private const int BatchSize = 2_000;

    private static readonly TimeSpan s_period = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_lastChance = TimeSpan.FromSeconds(5);

    private readonly Channel<UsageRow> _waiting = Channel.CreateBounded<UsageRow>(new BoundedChannelOptions(mostWaiting) { SingleReader = true });
    private readonly List<UsageRow> _batch = new(BatchSize);
    private readonly NpgsqlDataSource? _database = services.GetService<NpgsqlDataSource>();
    private readonly Lock _lock = new();
    private Task? _ended;
    private volatile bool _hasEnded;

    /// <summary>Whether so many rows wait for the database that no further call should begin. Some room is left for calls under way.</summary>
    public bool IsFull => _database is not null && _waiting.Reader.Count + files.Count >= mostWaiting - Math.Min(mostWaiting / 10, 1_000);

    /// <summary>Takes a row; it is written soon.</summary>
    public ValueTask AddAsync(in UsageRow row)
    {
        cloudWatch.Add(row);
        if (_database is null)
        {
            return ValueTask.CompletedTask;
        }

        if (!_waiting.Writer.TryWrite(row))
        {
            return _waiting.Writer.WriteAsync(row);
        }

        if (_hasEnded)
        {
            // A call has outlived the service's end, and nobody reads what waits any more.
            KeepForGood();
        }

        return ValueTask.CompletedTask;
    }

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        if (_database is not null)
        {
            files.Prepare();
        }

        return base.StartAsync(cancellationToken);
    }

    /// <summary>Writes what waits, or keeps it; also when the service stops before it has begun to write.</summary>
    /// <remarks>Done once: a host that is stopped from two sides at once disposes of the database when the first of them is through.</remarks>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        if (_database is not null)
        {
            Task ended;
            lock (_lock)
            {
                ended = _ended ??= LastChanceAsync();
            }

            await ended;
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (_database is null)
        {
            LogNoDatabase();
            return;
        }

        do
        {
            await Task.Delay(s_period, time, stoppingToken);
            await DrainAsync(stoppingToken);
        }
        while (await _waiting.Reader.WaitToReadAsync(stoppingToken));
    }

    private async Task DrainAsync(CancellationToken cancellationToken)
    {
        while (IsInMemory() || files.MayHoldRows)
        {
            if (!await TryWriteAsync(cancellationToken))
            {
                await Task.Delay(s_pause, time, cancellationToken);
            }
        }
    }

    private async Task LastChanceAsync()
    {
        using var limit = new CancellationTokenSource(s_lastChance, time);
        try
        {
            while (IsInMemory())
            {
                if (!await TryWriteAsync(limit.Token) && IsInMemory())
                {
                    await Task.Delay(s_pause, time, limit.Token);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // What is still in memory is kept on disk.
        }

        _hasEnded = true;
        KeepForGood();
    }

    /// <summary>Puts what is in memory on disk, for the next start to find.</summary>
    private void KeepForGood()
    {
        lock (_lock)
        {
            Keep();
            files.Dispose();
            if (files.Count > 0)
            {
                LogKept(files.Count, files.Folder!);
            }

            if (IsInMemory())
            {
                LogLost(_batch.Count + _waiting.Reader.Count);
            }
        }
    }

    /// <summary>Writes a batch, then what waits on disk. If the database refuses, what is in memory goes to disk.</summary>
    private async Task<bool> TryWriteAsync(CancellationToken cancellationToken)
    {
        try
        {
            Fill();
            if (_batch.Count > 0)
            {
                await UsageTable.InsertAsync(_database!, _batch, cancellationToken);
                _batch.Clear();
            }

            if (files.MayHoldRows)
            {
                await files.WriteBackAsync((rows, stop) => UsageTable.InsertAsync(_database!, rows, stop), cancellationToken);
            }

            return true;
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            Keep();
            LogRetrying(_batch.Count + _waiting.Reader.Count, files.Count, exception.Message);
            return false;
        }
    }

    private void Keep()
    {
        Fill();
        while (_batch.Count > 0 && files.TryAdd(_batch))
        {
            _batch.Clear();
            Fill();
        }
    }

    private void Fill()
    {
        while (_batch.Count < BatchSize && _waiting.Reader.TryRead(out var row))
        {
            _batch.Add(row);
        }
    }

    private bool IsInMemory() => _batch.Count > 0 || _waiting.Reader.TryPeek(out _);

    [LoggerMessage(4010, LogLevel.Information, "No database is registered: usage of models is counted in metrics only")]
    private partial void LogNoDatabase();

    [LoggerMessage(4011, LogLevel.Warning, "{Count} usage rows wait in memory and {Kept} on disk for the database: {Problem}")]
    private partial void LogRetrying(int count, int kept, string problem);

    [LoggerMessage(4012, LogLevel.Error, "The service stops: {Count} usage rows are lost, which did not reach the database. Nura:Models:UsageDirectory names a folder in which they would wait")]
    private partial void LogLost(int count);

    [LoggerMessage(4015, LogLevel.Warning, "The service stops: {Count} usage rows did not reach the database and wait in {Folder} for its next start")]
    private partial void LogKept(int count, string folder);
}
