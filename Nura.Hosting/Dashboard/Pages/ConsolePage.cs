using Nura.Hosting.Dashboard.Resources;

namespace Nura.Hosting.Dashboard.Pages;

/// <summary>What one resource writes to its console, as it comes.</summary>
internal static class ConsolePage
{
    public static Html Render(IReadOnlyList<ResourceView> resources, string selected, string formToken)
    {
        var chosen = resources.FirstOrDefault(resource => resource.Id == selected || resource.Name == selected) ?? (resources.Count > 0 ? resources[0] : null);
        return Html.Of(
            $"""
            <header class="bar"><h1>Console</h1>
            <form class="filters" autocomplete="off">{Show.Choice("resource", "Resource", resources.Select(resource => (resource.Id, resource.Name)), chosen?.Id ?? "")}<button>Show</button></form>
            {Html.If(chosen is not null, () => Html.Of($"""<div class="with-state"><span class="state {chosen!.Tone}">{chosen.State}</span><div class="actions">{CommandButtons.For(chosen, formToken)}</div></div>"""))}</header>
            {(chosen is null
                ? Show.Empty("No resources yet", "Their console output appears here.")
                : Html.Of($"""<div class="console" id="lines" data-keep role="log" aria-label="Console of {chosen.Name}" tabindex="0" data-stream="/console/stream?resource={Uri.EscapeDataString(chosen.Id)}"></div>"""))}
            """);
    }
}
