using System.Buffers;
using System.Text.Json;

namespace Nura.Models;

/// <summary>
/// A call as one line in CloudWatch's embedded metric format (Amazon CloudWatch user guide, "Specification: Embedded metric format"): CloudWatch Logs makes metrics of it,
/// by model and by model and provider. Key, status and tokens can be searched for, and make no metrics of their own.
/// </summary>
internal static class CloudWatchLine
{
    private static readonly (string Name, string Unit)[] s_metrics =
        [("Calls", "Count"), ("Errors", "Count"), ("Latency", "Milliseconds"), ("InputTokens", "Count"), ("OutputTokens", "Count"), ("CacheReadTokens", "Count"), ("Cost", "None")];

    public static void Write(IBufferWriter<byte> output, string @namespace, UsageRow row)
    {
        using var json = new Utf8JsonWriter(output);
        json.WriteStartObject();
        json.WriteStartObject("_aws");
        json.WriteNumber("Timestamp", row.At.ToUnixTimeMilliseconds());
        json.WriteStartArray("CloudWatchMetrics");
        json.WriteStartObject();
        json.WriteString("Namespace", @namespace);
        json.WriteStartArray("Dimensions");
        WriteSet(json, "Model");
        WriteSet(json, "Model", "Provider");
        json.WriteEndArray();
        json.WriteStartArray("Metrics");
        foreach (var (name, unit) in s_metrics)
        {
            WriteMetric(json, name, unit);
        }

        if (row.FirstTokenMs is not null)
        {
            WriteMetric(json, "TimeToFirstToken", "Milliseconds");
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteString("Model", row.Model);
        json.WriteString("Provider", row.Provider);
        json.WriteNumber("Calls", 1);
        json.WriteNumber("Errors", row.Status >= 400 ? 1 : 0);
        json.WriteNumber("Latency", Math.Round(row.ElapsedMs, 3));
        json.WriteNumber("InputTokens", row.Tokens.Prompt);
        json.WriteNumber("OutputTokens", row.Tokens.Output);
        json.WriteNumber("CacheReadTokens", row.Tokens.CacheRead);
        json.WriteNumber("Cost", row.Cost);
        if (row.FirstTokenMs is { } first)
        {
            json.WriteNumber("TimeToFirstToken", Math.Round(first, 3));
        }

        json.WriteNumber("Status", row.Status);
        json.WriteString("Call", row.Id);
        json.WriteEndObject();
    }

    private static void WriteSet(Utf8JsonWriter json, params ReadOnlySpan<string> dimensions)
    {
        json.WriteStartArray();
        foreach (var dimension in dimensions)
        {
            json.WriteStringValue(dimension);
        }

        json.WriteEndArray();
    }

    private static void WriteMetric(Utf8JsonWriter json, string name, string unit)
    {
        json.WriteStartObject();
        json.WriteString("Name", name);
        json.WriteString("Unit", unit);
        json.WriteEndObject();
    }
}
