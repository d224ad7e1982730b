namespace Nura.Models;

/// <summary>How long a provider may keep us waiting, from one sign of life to the next.</summary>
internal sealed class Patience : IDisposable
{
    private readonly TimeSpan _limit;
    private readonly CancellationToken _caller;
    private readonly CancellationTokenSource _timeout;
    private readonly CancellationTokenSource _either;

    public Patience(TimeSpan limit, TimeProvider time, CancellationToken caller)
    {
        _limit = limit;
        _caller = caller;
        _timeout = new CancellationTokenSource(limit, time);
        _either = CancellationTokenSource.CreateLinkedTokenSource(caller, _timeout.Token);
    }

    /// <summary>Cancelled when the caller gives up, or the time is over.</summary>
    public CancellationToken Token => _either.Token;

    public TimeSpan Limit => _limit;

    /// <summary>Whether it was the time and not the caller.</summary>
    public bool IsOver => _timeout.IsCancellationRequested && !_caller.IsCancellationRequested;

    /// <summary>A sign of life: the time starts anew.</summary>
    public void Renew() => _timeout.CancelAfter(_limit);

    /// <summary>Stops counting until <see cref="Renew"/>.</summary>
    public void Pause() => _timeout.CancelAfter(Timeout.InfiniteTimeSpan);

    public void Dispose()
    {
        _either.Dispose();
        _timeout.Dispose();
    }
}
