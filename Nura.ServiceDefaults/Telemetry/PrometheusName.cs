using OpenTelemetry.Metrics;

namespace Nura.ServiceDefaults.Telemetry;

/// <summary>Names as in OpenTelemetry's "Prometheus and OpenMetrics Compatibility".</summary>
internal static class PrometheusName
{
    private static readonly Dictionary<string, string> s_units = new(StringComparer.Ordinal)
    {
        ["s"] = "seconds", ["ms"] = "milliseconds", ["us"] = "microseconds", ["ns"] = "nanoseconds", ["min"] = "minutes", ["h"] = "hours", ["d"] = "days",
        ["By"] = "bytes", ["KiBy"] = "kibibytes", ["MiBy"] = "mebibytes", ["GiBy"] = "gibibytes", ["kBy"] = "kilobytes", ["MBy"] = "megabytes", ["GBy"] = "gigabytes",
        ["Cel"] = "celsius", ["%"] = "percent", ["USD"] = "usd",
    };

    /// <summary>The family's name: allowed characters, the unit spelled out, <c>_total</c> on counters.</summary>
    public static string Of(Metric metric)
    {
        var counter = IsCounter(metric);
        var name = Clean(metric.Name, colons: true);
        if (counter && name.EndsWith("_total", StringComparison.Ordinal))
        {
            name = name[..^"_total".Length];
        }

        if (UnitOf(metric.Unit, metric.MetricType) is { Length: > 0 } unit && !$"_{name}_".Contains($"_{unit}_", StringComparison.Ordinal))
        {
            name = $"{name}_{unit}";
        }

        // _count belongs to histograms: "thread_count" as a gauge is what promtool rejects, "threads" says the same.
        if (metric.MetricType != MetricType.Histogram && name.EndsWith("_count", StringComparison.Ordinal))
        {
            name = Plural(name[..^"_count".Length]);
        }

        return counter ? $"{name}_total" : name;
    }

    /// <summary>Whether it only ever grows. .NET 10 declares two values of its thread pool as counters that are none.</summary>
    public static bool IsCounter(Metric metric) =>
        metric.MetricType is MetricType.LongSum or MetricType.DoubleSum
        && metric.Name is not ("dotnet.thread_pool.thread.count" or "dotnet.thread_pool.queue.length");

    /// <summary>A label's name: allowed characters only.</summary>
    public static string OfLabel(string key) => Clean(key, colons: false);

    private static string UnitOf(string? unit, MetricType type)
    {
        if (string.IsNullOrEmpty(unit))
        {
            return string.Empty;
        }

        if (unit == "1")
        {
            return type is MetricType.LongGauge or MetricType.DoubleGauge ? "ratio" : string.Empty;
        }

        var parts = unit.Split('/', 2);
        var counted = Spell(parts[0]);
        return parts.Length == 1 ? counted : Spell(parts[1]) is { Length: > 0 } per ? $"{counted}_per_{per}".TrimStart('_') : counted;

        // {annotations} count things that the name already tells.
        static string Spell(string part) => part.StartsWith('{') ? string.Empty : s_units.TryGetValue(part, out var word) ? word : Clean(part, colons: false);
    }

    private static string Plural(string name) => name.EndsWith('y') ? $"{name[..^1]}ies" : $"{name}s";

    private static string Clean(string name, bool colons)
    {
        var clean = string.Create(name.Length, (name, colons), static (target, source) =>
        {
            for (var i = 0; i < target.Length; i++)
            {
                var character = source.name[i];
                target[i] = char.IsAsciiLetterOrDigit(character) || (character == ':' && source.colons) ? character : '_';
            }
        });
        while (clean.Contains("__", StringComparison.Ordinal))
        {
            clean = clean.Replace("__", "_", StringComparison.Ordinal);
        }

        return clean.Length > 0 && char.IsAsciiDigit(clean[0]) ? $"_{clean}" : clean;
    }
}
