namespace Aspire.Hosting.ApplicationModel;

/// <summary>What is waited for.</summary>
public enum WaitType
{
    /// <summary>The dependency runs, its checks are healthy and its ready handlers are done.</summary>
    WaitUntilHealthy = 0,

    /// <summary>The dependency ended with the expected exit code.</summary>
    WaitForCompletion = 1,

    /// <summary>The dependency runs.</summary>
    WaitUntilStarted = 2,
}
