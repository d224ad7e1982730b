namespace Aspire.Hosting.ApplicationModel;

/// <summary>Runs a command.</summary>
public sealed class ExecuteCommandContext
{
    /// <summary>The application's services.</summary>
    public required IServiceProvider ServiceProvider { get; init; }

    /// <summary>The instance that it runs on.</summary>
    public required string ResourceName { get; init; }

    /// <summary>Stops it.</summary>
    public required CancellationToken CancellationToken { get; init; }
}
