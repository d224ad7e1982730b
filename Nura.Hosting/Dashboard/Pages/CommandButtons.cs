using Aspire.Hosting.ApplicationModel;
using Nura.Hosting.Dashboard.Resources;

namespace Nura.Hosting.Dashboard.Pages;

/// <summary>The commands of a resource as buttons; each is a form, so that they work without the script too.</summary>
internal static class CommandButtons
{
    private const string Start = "M7 4l13 8-13 8z";
    private const string Stop = "M6 6h12v12H6z";
    private const string Restart = "M20 11a8 8 0 1 0-2 6M20 4v7h-7";

    public static Html For(ResourceView resource, string formToken) => Html.Of(
        $"""
        <form class="command" method="post" action="/commands"><input type="hidden" name="form" value="{formToken}"><input type="hidden" name="resource" value="{resource.Id}">
        {resource.Commands.Select(command => Button(command, resource.Name))}</form>
        """);

    public static Html Link(string path, string label, string icon) => Html.Of(
        $"""<a class="button" href="{path}" aria-label="{label}" title="{label}"><svg viewBox="0 0 24 24" aria-hidden="true"><path d="{icon}"/></svg></a>""");

    private static Html Button(ResourceCommandSnapshot command, string resource)
    {
        var label = $"{command.DisplayName} {resource}";
        var icon = command.Name == KnownResourceCommands.StartCommand ? Start
            : command.Name == KnownResourceCommands.StopCommand ? Stop
            : command.Name == KnownResourceCommands.RestartCommand ? Restart
            : null;
        return Html.Of(
            $"""<button name="command" value="{command.Name}" aria-label="{label}" title="{label}"{(command.State == ResourceCommandState.Disabled ? Html.Of($" disabled") : default)}>{(icon is null ? Html.Of($"{command.DisplayName}") : Html.Of($"""<svg viewBox="0 0 24 24" aria-hidden="true"><path d="{icon}"/></svg>"""))}</button>""");
    }
}
