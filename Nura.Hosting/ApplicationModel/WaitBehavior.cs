namespace Aspire.Hosting.ApplicationModel;

/// <summary>What a waiter does when the dependency ends instead.</summary>
public enum WaitBehavior
{
    /// <summary>Waits on: the dependency may be restarted.</summary>
    WaitOnResourceUnavailable = 0,

    /// <summary>Fails.</summary>
    StopOnResourceUnavailable = 1,
}
