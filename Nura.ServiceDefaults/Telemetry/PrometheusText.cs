using System.Globalization;
using System.Text;
using OpenTelemetry;
using OpenTelemetry.Metrics;

namespace Nura.ServiceDefaults.Telemetry;

/// <summary>Writes metrics in the Prometheus text format, named as OpenTelemetry's compatibility rules say.</summary>
internal static class PrometheusText
{
    /// <summary>Metrics of one name from several meters form one family, which may appear only once.</summary>
    public static void Write(StringBuilder text, in Batch<Metric> batch)
    {
        var families = new SortedDictionary<string, List<Metric>>(StringComparer.Ordinal);
        foreach (var metric in batch)
        {
            var name = PrometheusName.Of(metric);
            if (!families.TryGetValue(name, out var family))
            {
                families[name] = family = [];
            }

            if (family.Count == 0 || family[0].MetricType == metric.MetricType)
            {
                family.Add(metric);
            }
        }

        foreach (var (name, family) in families)
        {
            WriteFamily(text, name, family);
        }
    }

    private static void WriteFamily(StringBuilder text, string name, List<Metric> family)
    {
        var first = family[0];
        var help = string.IsNullOrWhiteSpace(first.Description) ? $"{first.Name} of {first.MeterName}." : first.Description;
        text.Append("# HELP ").Append(name).Append(' ').AppendEscaped(help, quotes: false).Append('\n');
        text.Append("# TYPE ").Append(name).Append(' ').Append(TypeOf(first)).Append('\n');
        foreach (var metric in family)
        {
            foreach (ref readonly var point in metric.GetMetricPoints())
            {
                WritePoint(text, name, metric.MetricType, point);
            }
        }
    }

    private static void WritePoint(StringBuilder text, string name, MetricType type, in MetricPoint point)
    {
        switch (type)
        {
            case MetricType.Histogram:
                WriteHistogram(text, name, point);
                break;
            case MetricType.LongSum or MetricType.LongSumNonMonotonic:
                WriteSample(text, name, string.Empty, point, point.GetSumLong());
                break;
            case MetricType.DoubleSum or MetricType.DoubleSumNonMonotonic:
                WriteSample(text, name, string.Empty, point, point.GetSumDouble());
                break;
            case MetricType.LongGauge:
                WriteSample(text, name, string.Empty, point, point.GetGaugeLastValueLong());
                break;
            case MetricType.DoubleGauge:
                WriteSample(text, name, string.Empty, point, point.GetGaugeLastValueDouble());
                break;
            default:
                // Exponential histograms have no form in this format; none of our meters asks for one.
                break;
        }
    }

    private static void WriteHistogram(StringBuilder text, string name, in MetricPoint point)
    {
        long count = 0;
        foreach (var bucket in point.GetHistogramBuckets())
        {
            count += bucket.BucketCount;
            WriteSample(text, name, "_bucket", point, count, Number(bucket.ExplicitBound));
        }

        WriteSample(text, name, "_sum", point, point.GetHistogramSum());
        WriteSample(text, name, "_count", point, point.GetHistogramCount());
    }

    private static void WriteSample(StringBuilder text, string name, string suffix, in MetricPoint point, double value, string? upTo = null)
    {
        text.Append(name).Append(suffix);
        var separator = '{';
        foreach (var (key, label) in point.Tags)
        {
            text.Append(separator).Append(PrometheusName.OfLabel(key)).Append("=\"")
                .AppendEscaped(Label(label), quotes: true).Append('"');
            separator = ',';
        }

        if (upTo is not null)
        {
            text.Append(separator).Append("le=\"").Append(upTo).Append('"');
            separator = ',';
        }

        text.Append(separator == ',' ? "} " : " ").Append(Number(value)).Append('\n');
    }

    private static string Label(object? value) => value switch
    {
        bool flag => flag ? "true" : "false",
        _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? string.Empty,
    };

    private static string Number(double value) =>
        double.IsPositiveInfinity(value) ? "+Inf" : double.IsNegativeInfinity(value) ? "-Inf" : value.ToString("R", CultureInfo.InvariantCulture);

    private static string TypeOf(Metric metric) =>
        metric.MetricType == MetricType.Histogram ? "histogram" : PrometheusName.IsCounter(metric) ? "counter" : "gauge";

    private static StringBuilder AppendEscaped(this StringBuilder text, string value, bool quotes)
    {
        foreach (var character in value)
        {
            _ = character switch
            {
                '\\' => text.Append(@"\\"),
                '\n' => text.Append(@"\n"),
                '"' when quotes => text.Append("\\\""),
                _ => text.Append(character),
            };
        }

        return text;
    }
}
