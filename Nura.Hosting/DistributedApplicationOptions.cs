namespace Aspire.Hosting;

/// <summary>How an application is built.</summary>
public sealed class DistributedApplicationOptions
{
    /// <summary>The AppHost's command line.</summary>
    public string[]? Args { get; set; }

    /// <summary>The AppHost's assembly; the entry assembly when null.</summary>
    public string? AssemblyName { get; set; }

    /// <summary>Whether there is no dashboard. Waiters then fail when what they wait for ends.</summary>
    public bool DisableDashboard { get; set; }

    /// <summary>Whether the logs of resources also go to the AppHost's own log.</summary>
    public bool EnableResourceLogging { get; set; }
}
