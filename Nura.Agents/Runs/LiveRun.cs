using System.Runtime.CompilerServices;
using Nura.Contracts;

namespace Nura.Agents.Runs;

/// <summary>A run that works in this process: its log in memory, open to any number of readers, and its way to be stopped.</summary>
internal sealed class LiveRun(Guid id, StartRun request, Guid? holder, Account? account, DateTimeOffset createdAt, long startedAt, CancellationToken stopping) : IDisposable
{
    private readonly Lock _lock = new();
    private readonly List<LogEntry> _entries = [];
    private readonly CancellationTokenSource _cancel = CancellationTokenSource.CreateLinkedTokenSource(stopping);
    private volatile bool _forgotten;
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Guid Id { get; } = id;

    public StartRun Request { get; } = request;

    /// <summary>Whose it is; <see langword="null"/> for nobody's in particular.</summary>
    public Guid? Holder { get; } = holder;

    public Account? Account { get; } = account;

    public DateTimeOffset CreatedAt { get; } = createdAt;

    /// <summary>Timestamp of the start, to tell runs that a look into the database cannot have seen.</summary>
    public long StartedAt { get; } = startedAt;

    public CancellationToken Cancellation => _cancel.Token;

    /// <summary>Whether its user asked for the end, rather than the clock or the process.</summary>
    public bool StopRequested { get; private set; }

    /// <summary>Whether its log tells its end, which may still be on its way to the database.</summary>
    public bool HasEnded
    {
        get
        {
            lock (_lock)
            {
                return _entries is [.., { IsDone: true }];
            }
        }
    }

    /// <summary>Completes when the run's end is in the database.</summary>
    public Task Work { get; set; } = Task.CompletedTask;

    public RunView View => new(Id, Request.Agent, RunState.Running, CreatedAt, null);

    /// <summary>Whether a holder may see it; <see langword="null"/> may see every one, and nobody one that is forgotten.</summary>
    public bool IsOf(Guid? asking) => !_forgotten && (asking is null || asking == Holder);

    public void Stop()
    {
        StopRequested = true;
        Cancel();
    }

    /// <summary>Ends it, as the database knows of it no more. Who follows it already is told the end.</summary>
    public void Forget()
    {
        _forgotten = true;
        Stop();
    }

    public void Cancel()
    {
        try
        {
            _cancel.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // It ended in this very moment.
        }
    }

    public LogEntry Append(RunEvent entry)
    {
        LogEntry appended;
        TaskCompletionSource changed;
        lock (_lock)
        {
            appended = LogEntry.Of(_entries.Count + 1, entry);
            _entries.Add(appended);
            (changed, _changed) = (_changed, new(TaskCreationOptions.RunContinuationsAsynchronously));
        }

        changed.SetResult();
        return appended;
    }

    /// <summary>The entries behind a place, live, up to the last one.</summary>
    public async IAsyncEnumerable<LogEntry> ReadAsync(long after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var next = (int)Math.Min(after, int.MaxValue);
        while (true)
        {
            LogEntry[] entries;
            Task changed;
            bool ended;
            lock (_lock)
            {
                entries = next < _entries.Count ? [.. _entries.Skip(next)] : [];
                changed = _changed.Task;
                ended = _entries is [.., { IsDone: true }];
            }

            foreach (var entry in entries)
            {
                yield return entry;
                if (entry.IsDone)
                {
                    yield break;
                }
            }

            next += entries.Length;
            if (entries.Length == 0)
            {
                // Asked for what is behind the end.
                if (ended)
                {
                    yield break;
                }

                await changed.WaitAsync(cancellationToken);
            }
        }
    }

    public void Dispose() => _cancel.Dispose();
}
