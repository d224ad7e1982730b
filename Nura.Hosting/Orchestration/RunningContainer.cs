namespace Nura.Hosting;

/// <summary>A container, and the engine's client that shows its output here and ends with it.</summary>
/// <param name="program">The engine's program.</param>
/// <param name="name">The container's name.</param>
/// <param name="client">The client. What ends it reaches the container too, so that a killed AppHost leaves none behind.</param>
/// <param name="description">What it is, for people.</param>
internal sealed class RunningContainer(string program, string name, ManagedProcess client, string description) : IRunning
{
    /// <summary>More than the five seconds that the container gets.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(8);

    private Task? _stopped;

    public int? ProcessId => client.Id;

    public string? Description { get; } = description;

    public Task<int> Exited => client.Exited;

    /// <summary>By the engine: a client that is stopped, or killed, does not say when its container is.</summary>
    public Task StopAsync() => _stopped ??= StopOnceAsync();

    public async ValueTask DisposeAsync()
    {
        await StopAsync();

        // The next one has the same name.
        await EngineAsync("rm", "-f", name);
        await client.DisposeAsync();
    }

    private async Task StopOnceAsync()
    {
        await EngineAsync("stop", "-t", "5", name);
        await Task.WhenAny(client.Exited, Task.Delay(TimeSpan.FromSeconds(2), CancellationToken.None));
        await client.StopAsync(TimeSpan.Zero);
    }

    /// <summary>What it answers is of no use: the container may be gone already.</summary>
    private async Task EngineAsync(params string[] arguments)
    {
        using var patience = new CancellationTokenSource(s_patience);
        try
        {
            await ManagedProcess.RunAsync(new(program, arguments) { InOwnSession = true }, patience.Token);
        }
        catch (OperationCanceledException)
        {
            // An engine that does not answer must not hold up the end.
        }
    }
}
