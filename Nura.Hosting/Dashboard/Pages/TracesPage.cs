using Microsoft.AspNetCore.Http;
using Nura.Hosting.Dashboard.Telemetry;

namespace Nura.Hosting.Dashboard.Pages;

/// <summary>The traces that have arrived, newest first.</summary>
internal static class TracesPage
{
    private const int Shown = 200;

    public static Html Render(TelemetryStore telemetry, IQueryCollection query)
    {
        var (resource, text, failed) = ($"{query["resource"]}", $"{query["text"]}".Trim(), query["failed"] == "1");
        var traces = telemetry.Traces.Find(resource, text, failed, Shown);
        var longest = traces.Count == 0 ? TimeSpan.Zero : traces.Max(trace => trace.Duration);
        return Html.Of(
            $"""
            <header class="bar"><h1>Traces</h1>
            <form class="filters" autocomplete="off" role="search">
            {Show.Choice("resource", "Resource", telemetry.Traces.Resources().Select(name => (name, name)).Prepend(("", "All")), resource)}
            <label>Text <input type="search" name="text" value="{text}" placeholder="Span name or trace id"></label>
            {Show.Choice("failed", "Show", [("", "All traces"), ("1", "Only with errors")], failed ? "1" : "")}
            <button>Filter</button></form></header>
            {(traces.Count == 0
                ? Show.Empty("No traces", "A trace appears here as soon as a service handles a request. A filter may hide them.")
                : Html.Of($"""<div class="rows traces" role="list">{traces.Select(trace => Row(trace, longest))}</div>"""))}
            {Html.If(traces.Count == Shown, () => Html.Of($"""<p class="note">The newest {Shown} traces. Narrow the filter to see older ones.</p>"""))}
            """);
    }

    private static Html Row(Trace trace, TimeSpan longest) => Html.Of(
        $"""
        <div role="listitem" id="t-{trace.Id}"><a class="row{(trace.Failures > 0 ? " failed" : "")}" href="/traces/{trace.Id}">
        <span class="time">{Show.Time(trace.Start)}</span>
        <span class="message">{trace.Root.Name}{Html.If(trace.Failures > 0, () => Html.Of($"""<span class="mark">{trace.Failures} {(trace.Failures == 1 ? "error" : "errors")}</span>"""))}</span>
        <span class="badges">{trace.Spans.GroupBy(span => span.Resource).Select(group => Html.Of($"""<span class="badge c{Show.Colour(group.Key)}">{group.Key} <b>{group.Count()}</b></span>"""))}</span>
        <span class="duration">{Show.Duration(trace.Duration)}<svg viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true"><rect width="{(longest > TimeSpan.Zero ? Math.Max(1, 100 * (trace.Duration / longest)) : 1)}" height="4"/></svg></span>
        </a></div>
        """);
}
