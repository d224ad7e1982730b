namespace Aspire.Hosting.ApplicationModel;

/// <summary>The commands that every process and container has.</summary>
public static class KnownResourceCommands
{
    /// <summary>Starts what does not run.</summary>
    public static readonly string StartCommand = "resource-start";

    /// <summary>Stops what runs.</summary>
    public static readonly string StopCommand = "resource-stop";

    /// <summary>Stops and starts.</summary>
    public static readonly string RestartCommand = "resource-restart";
}
