using System.Globalization;

namespace Nura.Hosting.Dashboard.Pages;

/// <summary>Lines over time as an SVG image, with its legend.</summary>
internal static class Chart
{
    private const int Width = 800;
    private const int Height = 240;
    private const int Left = 76;
    private const int Bottom = 26;
    private const int Top = 10;
    private static readonly int[] s_niceSteps = [1, 2, 4, 8, 10];

    public static Html Render(IReadOnlyList<MetricLine> lines, DateTimeOffset from, DateTimeOffset to, string unit, string title)
    {
        var highest = NiceAbove(lines.SelectMany(line => line.Points).Max(point => point.Value));
        var lowest = -NiceAbove(-Math.Min(0, lines.SelectMany(line => line.Points).Min(point => point.Value)), 0);
        return Html.Of(
            $"""
            <figure class="chart"><svg viewBox="0 0 {Width} {Height}" role="img" aria-label="{title}. The table below has the figures.">
            {Enumerable.Range(0, 5).Select(step => Gridline(lowest + ((highest - lowest) * step / 4), step))}
            {Enumerable.Range(0, 5).Select(step => Html.Of($"""<text class="tick" x="{Left + ((Width - Left - 20) * step / 4.0)}" y="{Height - 6}" text-anchor="{(step == 4 ? "end" : "middle")}">{(from + ((to - from) * (step / 4.0))).ToLocalTime().ToString("HH:mm:ss", CultureInfo.InvariantCulture)}</text>"""))}
            {lines.Select((line, index) => Html.Of($"""<polyline class="s{index}" points="{string.Join(' ', line.Points.Select(Place))}"/>{line.Points.TakeLast(1).Select(point => Dot(point, index))}"""))}
            </svg><figcaption>{lines.Select((line, index) => Html.Of($"""<span class="key s{index}">{(line.Name.Length == 0 ? "value" : line.Name)} <b>{Show.Figure(line.Points[^1].Value, unit)}</b></span>"""))}</figcaption></figure>
            """);

        double X(DateTimeOffset time) => Left + ((Width - Left - 20) * Math.Clamp((time - from) / (to - from), 0, 1));
        double Y(double value) => Height - Bottom - ((Height - Bottom - Top) * (value - lowest) / (highest - lowest));
        string Place((DateTimeOffset Time, double Value) point) => string.Create(CultureInfo.InvariantCulture, $"{X(point.Time):0.#},{Y(point.Value):0.#}");
        Html Dot((DateTimeOffset Time, double Value) point, int index) => Html.Of($"""<circle class="s{index}" cx="{X(point.Time)}" cy="{Y(point.Value)}" r="3"/>""");
        Html Gridline(double value, int step) => Html.Of(
            $"""<line class="grid" x1="{Left}" x2="{Width}" y1="{Y(value)}" y2="{Y(value)}"/><text class="tick" x="{Left - 8}" y="{Y(value) + 4}" text-anchor="end">{Show.Figure(value, unit)}</text>""");
    }

    /// <summary>The next 1, 2, 4 or 8 times a power of ten: quarters of it are short figures.</summary>
    private static double NiceAbove(double value, double otherwise = 1)
    {
        if (!(value > 0) || !double.IsFinite(value))
        {
            return otherwise;
        }

        var power = Math.Pow(10, Math.Floor(Math.Log10(value)));
        return s_niceSteps.Select(step => step * power).First(step => step >= value * 0.9999999);
    }
}
