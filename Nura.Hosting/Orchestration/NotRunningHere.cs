namespace Nura.Hosting;

/// <summary>A resource that somebody else runs.</summary>
internal sealed class NotRunningHere(string description) : IRunning
{
    private readonly TaskCompletionSource<int> _exited = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public int? ProcessId => null;

    public string? Description { get; } = description;

    public Task<int> Exited => _exited.Task;

    public Task StopAsync()
    {
        _exited.TrySetResult(0);
        return Task.CompletedTask;
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
