namespace Nura.Models;

/// <summary>When a provider stops offering a model, and what takes its place.</summary>
public sealed record ModelLifecycle
{
    /// <summary>Day (UTC) from which new users are turned away, if announced.</summary>
    public DateOnly? Legacy { get; init; }

    /// <summary>Day (UTC) from which the model no longer answers, if announced.</summary>
    public DateOnly? EndOfLife { get; init; }

    /// <summary>Id of the model to use instead.</summary>
    public string? Replacement { get; init; }
}
