namespace Aspire.Hosting;

/// <summary>What the AppHost was started for.</summary>
public enum DistributedApplicationOperation
{
    /// <summary>To run the application here.</summary>
    Run = 0,

    /// <summary>To describe it for deployment.</summary>
    Publish = 1,
}
