using System.Threading.Channels;
using Nura.Contracts;

namespace Nura.Agents.Runs;

/// <summary>
/// Writes the logs of all live runs behind their backs, in order and in batches: while one statement is on its way the next
/// batch gathers, so a database that runs one statement at a time keeps up. Nothing is given up while the database is away.
/// </summary>
internal sealed partial class RunWriter(RunStore store, RunOwner owner, TimeProvider time, ILogger<RunWriter> logger) : BackgroundService
{
    private const int LargestBatch = 1_000;
    private static readonly TimeSpan s_longestPause = TimeSpan.FromSeconds(5);

    private readonly Channel<Item> _items = Channel.CreateUnbounded<Item>(new UnboundedChannelOptions { SingleReader = true });

    /// <summary>Adds an entry to what is to be written.</summary>
    public void Append(Guid run, LogEntry entry) => _items.Writer.TryWrite(new Item(run, [entry], null, null));

    /// <summary>Adds the end of a run; the task completes when it is written.</summary>
    public Task EndAsync(Guid run, RunState state, IReadOnlyList<LogEntry> last)
    {
        var written = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _items.Writer.TryWrite(new Item(run, last, state, written));
        return written.Task;
    }

    /// <summary>Writes what is left, as long as the host waits.</summary>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        _items.Writer.TryComplete();
        await (ExecuteTask ?? Task.CompletedTask).WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await base.StopAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var batch = new List<Item>();
        while (await _items.Reader.WaitToReadAsync(stoppingToken))
        {
            while (batch.Count < LargestBatch && _items.Reader.TryRead(out var item))
            {
                batch.Add(item);
            }

            await PersistAsync(batch, stoppingToken);
            batch.Clear();
        }
    }

    private async Task PersistAsync(List<Item> batch, CancellationToken cancellationToken)
    {
        for (var pause = TimeSpan.FromMilliseconds(100); ; pause = pause * 2 < s_longestPause ? pause * 2 : s_longestPause)
        {
            try
            {
                await WriteAsync(batch, cancellationToken);
                return;
            }
            catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
            {
                LogNotWritten(exception, batch.Count);
                await Task.Delay(pause, time, cancellationToken);
            }
        }
    }

    private async Task WriteAsync(List<Item> batch, CancellationToken cancellationToken)
    {
        var entries = batch.Where(item => item.End is null).SelectMany(item => item.Entries.Select(entry => (item.Run, entry))).ToList();
        if (entries.Count > 0)
        {
            await store.AppendAsync(owner.Id, entries, cancellationToken);
        }

        foreach (var item in batch.Where(item => item.End is not null))
        {
            await store.EndAsync(owner.Id, item.Run, item.End!.Value, item.Entries, cancellationToken);
            item.Written!.TrySetResult();
        }
    }

    [LoggerMessage(3101, LogLevel.Warning, "{Count} log entries could not be written yet; trying again")]
    private partial void LogNotWritten(Exception exception, int count);

    private sealed record Item(Guid Run, IReadOnlyList<LogEntry> Entries, RunState? End, TaskCompletionSource? Written);
}
