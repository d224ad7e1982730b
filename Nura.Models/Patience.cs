namespace Nura.Models;

/// <summary>How long a provider may keep us waiting, from one sign of life to the next.</summary>
internal sealed class Patience : IDisposable
{
    private readonly TimeSpan _limit;
    private readonly CancellationToken _caller;
    private readonly CancellationTokenSource _end;
    private readonly CancellationTokenRegistration _givenUp;

    public Patience(TimeSpan limit, TimeProvider time, CancellationToken caller)
    {
        _limit = limit;
        _caller = caller;
        _end = new CancellationTokenSource(limit, time);
        _givenUp = caller.UnsafeRegister(static end => ((CancellationTokenSource)end!).Cancel(), _end);
    }

    /// <summary>Cancelled when the caller gives up, or the time is over.</summary>
    public CancellationToken Token => _end.Token;

    public TimeSpan Limit => _limit;

    /// <summary>Whether it was the time and not the caller.</summary>
    public bool IsOver => _end.IsCancellationRequested && !_caller.IsCancellationRequested;

    /// <summary>A sign of life: the time starts anew.</summary>
    public void Renew() => _end.CancelAfter(_limit);

    /// <summary>Stops counting until <see cref="Renew"/>.</summary>
    public void Pause() => _end.CancelAfter(Timeout.InfiniteTimeSpan);

    public void Dispose()
    {
        _givenUp.Dispose();
        _end.Dispose();
    }
}
