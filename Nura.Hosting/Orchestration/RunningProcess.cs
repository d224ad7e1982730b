namespace Nura.Hosting;

/// <summary>A resource that is one process of ours.</summary>
internal sealed class RunningProcess(ManagedProcess process, string? description = null) : IRunning
{
    /// <summary>Enough for a service to finish its requests; the whole application must be down in 10 seconds.</summary>
    private static readonly TimeSpan s_grace = TimeSpan.FromSeconds(5);

    public int? ProcessId => process.Id;

    public string? Description { get; } = description;

    public Task<int> Exited => process.Exited;

    public Task StopAsync() => process.StopAsync(s_grace);

    public ValueTask DisposeAsync() => process.DisposeAsync();
}
