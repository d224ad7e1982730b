namespace Aspire.Hosting.ApplicationModel;

/// <summary>A command that users can run on the resource.</summary>
/// <param name="name">Its name.</param>
/// <param name="displayName">What users see.</param>
/// <param name="updateState">Whether it can be run now.</param>
/// <param name="executeCommand">Runs it.</param>
/// <param name="displayDescription">What it does.</param>
/// <param name="parameter">Passed on as it is.</param>
/// <param name="confirmationMessage">Asked before it runs.</param>
/// <param name="iconName">Its icon.</param>
/// <param name="iconVariant">The icon's variant.</param>
/// <param name="isHighlighted">Whether it is shown without opening a menu.</param>
public sealed class ResourceCommandAnnotation(
    string name, string displayName, Func<UpdateCommandStateContext, ResourceCommandState> updateState, Func<ExecuteCommandContext, Task<ExecuteCommandResult>> executeCommand,
    string? displayDescription, object? parameter, string? confirmationMessage, string? iconName, IconVariant? iconVariant, bool isHighlighted) : IResourceAnnotation
{
    /// <summary>Its name.</summary>
    public string Name { get; } = name;

    /// <summary>What users see.</summary>
    public string DisplayName { get; } = displayName;

    /// <summary>Whether it can be run now.</summary>
    public Func<UpdateCommandStateContext, ResourceCommandState> UpdateState { get; } = updateState;

    /// <summary>Runs it.</summary>
    public Func<ExecuteCommandContext, Task<ExecuteCommandResult>> ExecuteCommand { get; } = executeCommand;

    /// <summary>What it does.</summary>
    public string? DisplayDescription { get; } = displayDescription;

    /// <summary>Passed on as it is.</summary>
    public object? Parameter { get; } = parameter;

    /// <summary>Asked before it runs.</summary>
    public string? ConfirmationMessage { get; } = confirmationMessage;

    /// <summary>Its icon.</summary>
    public string? IconName { get; } = iconName;

    /// <summary>The icon's variant.</summary>
    public IconVariant? IconVariant { get; } = iconVariant;

    /// <summary>Whether it is shown without opening a menu.</summary>
    public bool IsHighlighted { get; } = isHighlighted;
}
