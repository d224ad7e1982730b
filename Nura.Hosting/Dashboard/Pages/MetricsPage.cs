using System.Globalization;
using Microsoft.AspNetCore.Http;
using Nura.Hosting.Dashboard.Telemetry;

namespace Nura.Hosting.Dashboard.Pages;

/// <summary>What the services measure: their instruments, and the chosen one as a chart and as a table.</summary>
internal static class MetricsPage
{
    // What one looks for first: how long requests take.
    private const string FirstShown = "http.server.request.duration";

    private static readonly (string, string)[] s_windows = [("1", "1 minute"), ("5", "5 minutes"), ("15", "15 minutes"), ("60", "1 hour")];

    public static Html Render(TelemetryStore telemetry, IQueryCollection query, TimeProvider time)
    {
        var all = telemetry.Metrics.Instruments();
        var resources = all.Select(instrument => instrument.Resource).Distinct().Order(StringComparer.Ordinal).ToList();
        var resource = resources.Find(name => name == query["resource"]) ?? resources.FirstOrDefault() ?? "";
        var minutes = int.TryParse(query["minutes"], CultureInfo.InvariantCulture, out var asked) && asked is > 0 and <= 1440 ? asked : 5;
        var own = all.Where(instrument => instrument.Resource == resource).ToList();
        var chosen = own.Find(instrument => instrument.Meter == query["meter"] && instrument.Name == query["name"])
            ?? own.Find(instrument => instrument.Name == FirstShown) ?? own.FirstOrDefault();
        return Html.Of(
            $"""
            <header class="bar"><h1>Metrics</h1>
            <form class="filters" autocomplete="off">{Show.Choice("resource", "Resource", resources.Select(name => (name, name)), resource)}
            {Show.Choice("minutes", "Last", s_windows, minutes.ToString(CultureInfo.InvariantCulture))}
            {Html.If(chosen is not null, () => Html.Of($"""<input type="hidden" name="meter" value="{chosen!.Meter}"><input type="hidden" name="name" value="{chosen.Name}">"""))}
            <button>Show</button></form></header>
            {(chosen is null
                ? Show.Empty("No metrics", "Services report their first figures a few seconds after their start.")
                : Html.Of($"""<div class="split"><nav class="tree" aria-label="Instruments">{own.GroupBy(instrument => instrument.Meter).Select(meter => Meter(meter, chosen, minutes))}</nav><section>{Body(telemetry.Metrics, chosen, minutes, time)}</section></div>"""))}
            """);
    }

    private static Html Meter(IGrouping<string, Instrument> meter, Instrument chosen, int minutes) => Html.Of(
        $"""
        <details id="m-{meter.Key}"{(meter.Key == chosen.Meter ? Html.Of($" open") : default)}><summary>{(meter.Key.Length == 0 ? "no meter" : meter.Key)}</summary><ul>
        {meter.Select(instrument => Html.Of(
            $"""<li><a href="/metrics?resource={Uri.EscapeDataString(instrument.Resource)}&meter={Uri.EscapeDataString(instrument.Meter)}&name={Uri.EscapeDataString(instrument.Name)}&minutes={minutes}"{(instrument == chosen ? Html.Of($""" aria-current="page" """) : default)}>{instrument.Name}</a></li>"""))}
        </ul></details>
        """);

    private static Html Body(MetricBuffer metrics, Instrument instrument, int minutes, TimeProvider time)
    {
        var now = time.GetUtcNow();
        var since = now - TimeSpan.FromMinutes(minutes);
        var series = metrics.Find(instrument);
        var lines = MetricLine.From(instrument.Kind, series, since);
        var unit = instrument.Kind == MetricKind.Counter ? $"{(instrument.Unit is "" or "1" ? "{}" : instrument.Unit)}/s" : instrument.Unit;
        return Html.Of(
            $"""
            <h2>{instrument.Name}</h2><p class="note">{instrument.Description}{(instrument.Kind == MetricKind.Counter ? " Shown as a rate per second." : "")}</p>
            {(lines.Count == 0
                ? Show.Empty("Nothing in this period", "Choose a longer one, or wait for the next report.")
                : Chart.Render(lines, since, now, unit, instrument.Name))}
            <div class="scroll" role="region" aria-label="Series" tabindex="0"><table><thead><tr><th scope="col">Series</th>{(instrument.Kind == MetricKind.Histogram
                ? Html.Of($"""<th scope="col">Count</th><th scope="col">Mean</th><th scope="col">p90</th>""")
                : Html.Of($"""<th scope="col">Latest</th><th scope="col">Lowest</th><th scope="col">Highest</th>"""))}</tr></thead><tbody>
            {series.Select(one => Row(one, instrument))}</tbody></table></div>
            """);
    }

    private static Html Row(MetricSeries series, Instrument instrument)
    {
        var last = series.Points[^1];
        string[] figures = instrument.Kind == MetricKind.Histogram
            ? [
                Show.Figure(last.Count, ""),
                last.Count > 0 ? Show.Figure(last.Value / last.Count, instrument.Unit) : "",
                last.Buckets is { Count: > 0 } buckets ? Show.Figure(MetricLine.Percentile(0.9, buckets, series.Bounds, last.Highest), instrument.Unit) : "",
            ]
            : [
                Show.Figure(last.Value, instrument.Unit),
                Show.Figure(series.Points.Min(point => point.Value), instrument.Unit),
                Show.Figure(series.Points.Max(point => point.Value), instrument.Unit),
            ];
        return Html.Of($"""<tr><th scope="row">{(series.Attributes.Length == 0 ? "all" : series.Attributes)}</th>{figures.Select(figure => Html.Of($"<td>{figure}</td>"))}</tr>""");
    }
}
