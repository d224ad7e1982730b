using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Nura.Hosting.Dashboard.Telemetry;

namespace Nura.Hosting.Dashboard.Pages;

/// <summary>Log records of all services with their fields: by resource, level, text and trace.</summary>
internal static class StructuredLogsPage
{
    private const int Shown = 300;

    private static readonly (string, string)[] s_levels =
        [.. Enum.GetValues<LogLevel>().Where(level => level != LogLevel.None).Select(level => (level.ToString(), level.ToString()))];

    public static Html Render(TelemetryStore telemetry, IQueryCollection query)
    {
        var level = Enum.TryParse<LogLevel>(query["level"], true, out var parsed) ? parsed : LogLevel.Trace;
        var filter = new LogFilter($"{query["resource"]}", level, $"{query["text"]}".Trim(), $"{query["trace"]}".Trim());
        var entries = telemetry.Logs.Find(filter, Shown);
        return Html.Of(
            $"""
            <header class="bar"><h1>Structured logs</h1>
            <form class="filters" autocomplete="off" role="search">
            {Show.Choice("resource", "Resource", telemetry.Logs.Resources().Select(name => (name, name)).Prepend(("", "All")), filter.Resource)}
            {Show.Choice("level", "Level", s_levels, level.ToString())}
            <label>Text <input type="search" name="text" value="{filter.Text}" placeholder="Message, category or value"></label>
            {Html.If(filter.TraceId.Length > 0, () => Html.Of($"""<label>Trace <input type="search" name="trace" value="{filter.TraceId}"></label>"""))}
            <button>Filter</button></form></header>
            {(entries.Count == 0
                ? Show.Empty("No log records", "Records appear here as the services send them. A filter may hide them.")
                : Html.Of($"""<div class="rows logs">{entries.Select(Row)}</div>"""))}
            {Html.If(entries.Count == Shown, () => Html.Of($"""<p class="note">The newest {Shown} records. Narrow the filter to see older ones.</p>"""))}
            """);
    }

    private static Html Row(LogEntry entry) => Html.Of(
        $"""
        <details class="row {entry.Level.ToString()}" id="l-{entry.Time.UtcTicks.ToString(CultureInfo.InvariantCulture)}-{entry.SpanId}-{entry.Message.Length}">
        <summary><span class="time">{Show.Time(entry.Time)}</span><span class="level">{entry.Level.ToString()}</span>{Show.Badge(entry.Resource)}<span class="message">{entry.Message}</span></summary>
        {Show.Pairs(entry.Attributes.Prepend(new("Category", entry.Category)))}
        {Html.If(entry.TraceId.Length > 0, () => Html.Of($"""<p><a href="/traces/{entry.TraceId}">Open its trace</a></p>"""))}
        </details>
        """);
}
