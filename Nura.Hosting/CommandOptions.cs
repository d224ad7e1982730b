using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting;

/// <summary>How a command is offered.</summary>
public class CommandOptions
{
    /// <summary>What it does.</summary>
    public string? Description { get; set; }

    /// <summary>Asked before it runs.</summary>
    public string? ConfirmationMessage { get; set; }

    /// <summary>Its icon.</summary>
    public string? IconName { get; set; }

    /// <summary>Whether it is shown without opening a menu.</summary>
    public bool IsHighlighted { get; set; }

    /// <summary>Whether it can be run now; always when null.</summary>
    public Func<UpdateCommandStateContext, ResourceCommandState>? UpdateState { get; set; }
}
