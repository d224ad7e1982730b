namespace Nura.Hosting;

/// <summary>A started resource.</summary>
internal interface IRunning : IAsyncDisposable
{
    /// <summary>The process behind it; null when it runs elsewhere.</summary>
    int? ProcessId { get; }

    /// <summary>What it is, for people; null when its type says it all.</summary>
    string? Description { get; }

    /// <summary>The exit code, when it ended.</summary>
    Task<int> Exited { get; }

    /// <summary>Ends it.</summary>
    Task StopAsync();
}
