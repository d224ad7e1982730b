using Nura.Hosting.Dashboard.Telemetry;

namespace Nura.Hosting.Dashboard.Pages;

/// <summary>One trace as a waterfall: what ran inside what, when and for how long.</summary>
internal static class TracePage
{
    // The indentation is a class, not a style: the content security policy allows no inline styles.
    private const int DeepestIndent = 12;

    public static Html Render(Trace trace) => Html.Of(
        $"""
        <header class="bar"><div><a class="back" href="/traces">Traces</a><h1>{trace.Root.Name}</h1></div>
        <ul class="facts"><li><b>{Show.Duration(trace.Duration)}</b> in all</li><li><b>{trace.Spans.Count}</b> {(trace.Spans.Count == 1 ? "span" : "spans")}</li>
        <li><b>{trace.Resources.Count()}</b> {(trace.Resources.Count() == 1 ? "resource" : "resources")}</li>{Html.If(trace.Failures > 0, () => Html.Of($"""<li class="mark">{trace.Failures} failed</li>"""))}
        <li>{Show.Time(trace.Start)}</li><li><a href="/logs?trace={trace.Id}">Its log records</a></li></ul></header>
        <div class="ruler" aria-hidden="true"><span></span><span class="ticks">{Enumerable.Range(0, 5).Select(quarter => Html.Of($"<i>{Show.Duration(trace.Duration * (quarter / 4.0))}</i>"))}</span></div>
        <div class="rows spans">{trace.Tree().Select(row => Row(trace, row.Span, row.Depth))}</div>
        """);

    public static Html Missing(string traceId) => Show.Empty(
        $"No trace {traceId}", "It has not arrived yet, or newer traces have taken its place. This page shows it as soon as it is there.");

    private static Html Row(Trace trace, SpanEntry span, int depth)
    {
        var whole = Math.Max(trace.Duration.Ticks, 1);
        var left = 1000.0 * (span.Start - trace.Start).Ticks / whole;
        var width = Math.Clamp(1000.0 * span.Duration.Ticks / whole, 3, 1000);
        return Html.Of(
            $"""
            <details class="row{(span.Failed ? " failed" : "")}" id="s-{span.SpanId}">
            <summary><span class="span-name d{Math.Min(depth, DeepestIndent)}"><span class="dot c{Show.Colour(span.Resource)}"></span><b>{span.Resource}</b> <span>{span.Name}</span>{Html.If(span.Failed, () => Html.Of($"""<span class="mark">failed</span>"""))}</span>
            <span class="bar-cell"><svg class="c{Show.Colour(span.Resource)}" viewBox="0 0 1000 10" preserveAspectRatio="none" aria-hidden="true"><rect x="{Math.Min(left, 997)}" width="{width}" height="10" rx="2"/></svg></span>
            <span class="duration">{Show.Duration(span.Duration)}</span></summary>
            {Html.If(span.StatusMessage.Length > 0, () => Html.Of($"""<p class="problem">{span.StatusMessage}</p>"""))}
            {Show.Pairs([new("Span", span.SpanId), new("Kind", span.Kind), new("Source", span.Source), new("Starts after", Show.Duration(span.Start - trace.Start)), .. span.Attributes])}
            {span.Notes.Select(note => Html.Of($"""<h3>{note.Name} <small>after {Show.Duration(note.Time - span.Start)}</small></h3>{Show.Pairs(note.Attributes)}"""))}
            </details>
            """);
    }
}
