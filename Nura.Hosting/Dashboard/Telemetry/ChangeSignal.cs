namespace Nura.Hosting.Dashboard.Telemetry;

/// <summary>Tells waiting pages that something changed. Says that, not what: a page reads its own state again.</summary>
internal sealed class ChangeSignal
{
    private TaskCompletionSource _next = New();

    public Task Next => Volatile.Read(ref _next).Task;

    public void Raise() => Interlocked.Exchange(ref _next, New()).TrySetResult();

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
