using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Nura.Hosting.Dashboard.Resources;

namespace Nura.Hosting.Dashboard.Pages;

/// <summary>All resources, and one of them with everything known about it.</summary>
internal static class ResourcesPage
{
    public static Html Render(IReadOnlyList<ResourceView> resources, string? selected, string formToken)
    {
        var chosen = resources.FirstOrDefault(resource => resource.Id == selected || resource.Name == selected);
        return Html.Of(
            $"""
            <header class="bar"><h1>Resources</h1><ul class="facts">{resources.GroupBy(resource => resource.Tone).OrderBy(group => group.Key, StringComparer.Ordinal).Select(Count)}</ul></header>
            {(resources.Count == 0
                ? Show.Empty("No resources yet", "They appear here as soon as the AppHost has created them.")
                : Html.Of(
                    $"""
                    <div class="{(chosen is null ? "" : "with-panel")}"><div class="card"><table class="resources" role="table"><thead role="rowgroup"><tr role="row"><th scope="col" role="columnheader">Name</th><th scope="col" role="columnheader">State</th><th scope="col" role="columnheader" class="started">Started</th><th scope="col" role="columnheader" class="source-cell">Source</th><th scope="col" role="columnheader">Addresses</th><th scope="col" role="columnheader" class="actions-cell">Actions</th></tr></thead>
                    <tbody role="rowgroup">{resources.Select(resource => Row(resource, resource == chosen, formToken))}</tbody></table></div>{Html.If(chosen is not null, () => Panel(chosen!, formToken))}</div>
                    """))}
            {Html.If(selected is not null && chosen is null, () => Html.Of($"""<p class="note">There is no resource {selected}.</p>"""))}
            """);
    }

    private static Html Count(IGrouping<string, ResourceView> group) => Html.Of(
        $"""<li><span class="state {group.Key}">{group.Count()} {group.Key switch { "good" => "running", "warn" => "unhealthy", "bad" => "failed", "busy" => "changing", _ => "stopped" }}</span></li>""");

    private static Html Row(ResourceView resource, bool selected, string formToken) => Html.Of(
        $"""
        <tr role="row" id="r-{resource.Id}" class="{(selected ? "selected " : "")}{(resource.Parent is null ? "" : "child")}">
        <th scope="row" role="rowheader" class="name"><a href="/resources/{resource.Id}"{(selected ? Html.Of($""" aria-current="true" """) : default)}>{resource.Name}</a><small>{resource.Type}</small></th>
        <td role="cell"><span class="state {resource.Tone}">{resource.State}</span></td>
        <td role="cell" class="started">{(resource.Started is { } started ? Show.Time(started, "HH:mm:ss") : Html.Of($"–"))}</td>
        <td role="cell" class="source-cell"><span class="source">{resource.Source}</span></td>
        <td role="cell" class="urls">{resource.Urls.Select(Url)}</td>
        <td role="cell" class="actions-cell"><div class="actions">{CommandButtons.Link($"/console?resource={Uri.EscapeDataString(resource.Id)}", $"Console of {resource.Name}", "M3 4h18v16H3zM6 9l3 3-3 3M11 15h6")}{CommandButtons.For(resource, formToken)}</div></td>
        </tr>
        """);

    private static Html Panel(ResourceView resource, string formToken) => Html.Of(
        $"""
        <section class="card panel" aria-label="{resource.Name}" id="panel-{resource.Id}"><header><div><h2>{resource.Name}</h2><small>{resource.Type}</small></div><a class="button" href="/" aria-label="Close details">Close</a></header>
        <p><span class="state {resource.Tone}">{resource.State}</span></p><div class="actions">{CommandButtons.For(resource, formToken)}</div>
        {Html.If(resource.Reports.Length > 0, () => Html.Of($"<h3>Health</h3>{resource.Reports.Select(Report)}"))}
        {Html.If(resource.Urls.Length > 0, () => Html.Of($"""<h3>Addresses</h3><div class="urls">{resource.Urls.Select(Url)}</div>"""))}
        {Html.If(resource.Facts.Count > 0, () => Html.Of($"<h3>Properties</h3>{Show.Pairs(resource.Facts)}"))}
        {Html.If(resource.Environment.Count > 0, () => Html.Of($"<h3>Environment</h3>{Show.Pairs(resource.Environment)}"))}
        <h3>More</h3><p><a href="/console?resource={Uri.EscapeDataString(resource.Id)}">Console</a> · <a href="/logs?resource={Uri.EscapeDataString(resource.Name)}">Structured logs</a> · <a href="/traces?resource={Uri.EscapeDataString(resource.Name)}">Traces</a> · <a href="/metrics?resource={Uri.EscapeDataString(resource.Name)}">Metrics</a></p>
        </section>
        """);

    private static Html Report(HealthReportSnapshot report) => Html.Of(
        $"""<div class="report"><span class="state {(report.Status switch { null => "busy", HealthStatus.Healthy => "good", _ => "bad" })}">{report.Status?.ToString() ?? "Not checked yet"}</span><p>{report.Name}</p><p>{report.Description}</p></div>""");

    // Only web addresses become links: the address is a resource's own text.
    private static Html Url(UrlSnapshot url)
    {
        var text = string.IsNullOrEmpty(url.DisplayProperties.DisplayName) ? url.Url : url.DisplayProperties.DisplayName;
        return Uri.TryCreate(url.Url, UriKind.Absolute, out var address) && address.Scheme is "http" or "https"
            ? Html.Of($"""<a href="{url.Url}" target="_blank" rel="noopener noreferrer">{text}</a>""")
            : Html.Of($"<span>{url.Url}</span>");
    }
}
