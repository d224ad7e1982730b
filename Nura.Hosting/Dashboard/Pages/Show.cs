using System.Collections.Concurrent;
using System.Globalization;

namespace Nura.Hosting.Dashboard.Pages;

/// <summary>How times, durations and figures are written on every page.</summary>
internal static class Show
{
    private static readonly ConcurrentDictionary<string, int> s_colours = new(StringComparer.Ordinal);

    public static Html Time(DateTimeOffset time, string format = "HH:mm:ss.fff") => Html.Of(
        $"""<time datetime="{time.UtcDateTime.ToString("O", CultureInfo.InvariantCulture)}">{time.ToLocalTime().ToString(format, CultureInfo.InvariantCulture)}</time>""");

    public static string Duration(TimeSpan duration) => duration switch
    {
        { Ticks: 0 } => "0 s",
        { TotalMilliseconds: < 1 } => Invariant($"{duration.TotalMicroseconds:0} µs"),
        { TotalMilliseconds: < 10 } => Invariant($"{duration.TotalMilliseconds:0.00} ms"),
        { TotalMilliseconds: < 1000 } => Invariant($"{duration.TotalMilliseconds:0.#} ms"),
        { TotalSeconds: < 60 } => Invariant($"{duration.TotalSeconds:0.00} s"),
        _ => Invariant($"{(int)duration.TotalMinutes} min {duration.Seconds} s"),
    };

    /// <summary>A figure in its OpenTelemetry (UCUM) unit, shortened: "By" as bytes, "s" as a duration, "{request}" as a bare count.</summary>
    public static string Figure(double value, string unit) => unit switch
    {
        "By" => Scaled(value, 1024, ["B", "KiB", "MiB", "GiB"]),
        "By/s" => Scaled(value, 1024, ["B/s", "KiB/s", "MiB/s", "GiB/s"]),
        "s" when Math.Abs(value) < TimeSpan.MaxValue.TotalSeconds / 2 => Duration(TimeSpan.FromSeconds(value)),
        "ms" when Math.Abs(value) < TimeSpan.MaxValue.TotalMilliseconds / 2 => Duration(TimeSpan.FromMilliseconds(value)),
        _ => Scaled(value, 1000, ["", "k", "M", "G"]) + UnitSuffix(unit),
    };

    /// <summary>One of eight colours, the same for one name everywhere: the first eight names differ.</summary>
    public static int Colour(string name) => s_colours.GetOrAdd(name, _ => s_colours.Count % 8);

    public static Html Badge(string resource) => Html.Of($"""<span class="badge c{Colour(resource)}">{resource}</span>""");

    public static Html Choice(string name, string label, IEnumerable<(string Value, string Text)> options, string selected) => Html.Of(
        $"""
        <label>{label} <select name="{name}">{options.Select(option => Html.Of(
            $"""<option value="{option.Value}"{(option.Value.Equals(selected, StringComparison.OrdinalIgnoreCase) ? Html.Of($" selected") : default)}>{option.Text}</option>"""))}</select></label>
        """);

    public static Html Pairs(IEnumerable<KeyValuePair<string, string>> pairs) => Html.Of(
        $"""<dl class="pairs">{pairs.Select(pair => Html.Of($"<div><dt>{pair.Key}</dt><dd>{pair.Value}</dd></div>"))}</dl>""");

    public static Html Empty(string title, string hint) => Html.Of($"""<div class="empty"><strong>{title}</strong><p>{hint}</p></div>""");

    private static string UnitSuffix(string unit) => unit switch
    {
        "" or "1" => "",
        _ when unit.StartsWith('{') => unit.EndsWith("}/s", StringComparison.Ordinal) ? "/s" : "",
        _ => " " + unit,
    };

    private static string Scaled(double value, double step, string[] units)
    {
        var index = 0;
        for (; Math.Abs(value) >= step && index < units.Length - 1; index++)
        {
            value /= step;
        }

        return Invariant($"{value:0.##}{(units[index].Length > 1 ? " " : "")}{units[index]}");
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
