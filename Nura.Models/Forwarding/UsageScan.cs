using System.Text.Json;

namespace Nura.Models;

/// <summary>Finds the usage in an answer of OpenAI's shape without reading the rest.</summary>
internal static class UsageScan
{
    /// <summary>The tokens of a whole answer, or of one chunk.</summary>
    /// <param name="json">One JSON object.</param>
    /// <returns>The tokens, or <see langword="null"/> if it gives none, or is no JSON.</returns>
    public static TokenUsage? Of(ReadOnlySpan<byte> json) => Read(EventScan.LastValue(json, "\"usage\""u8, (byte)'{'));

    /// <summary>The tokens of a usage field.</summary>
    /// <param name="usage">Everything from its value on.</param>
    /// <returns>The tokens, or <see langword="null"/> if the value is not whole, or is no JSON.</returns>
    public static TokenUsage? Read(ReadOnlySpan<byte> usage)
    {
        try
        {
            var reader = new Utf8JsonReader(usage, isFinalBlock: false, default);
            return reader.Read() && reader.TokenType == JsonTokenType.StartObject ? Counts(ref reader) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static TokenUsage? Counts(ref Utf8JsonReader reader)
    {
        var (prompt, completion, cached, written) = (0L, 0L, 0L, 0L);
        while (true)
        {
            if (!reader.Read())
            {
                return null;
            }

            if (reader.TokenType == JsonTokenType.EndObject && reader.CurrentDepth == 0)
            {
                break;
            }

            if (reader.TokenType != JsonTokenType.PropertyName)
            {
                continue;
            }

            if (reader.ValueTextEquals("prompt_tokens"u8) || reader.ValueTextEquals("input_tokens"u8))
            {
                prompt = Number(ref reader);
            }
            else if (reader.ValueTextEquals("completion_tokens"u8) || reader.ValueTextEquals("output_tokens"u8))
            {
                completion = Number(ref reader);
            }
            else if (reader.ValueTextEquals("cached_tokens"u8))
            {
                cached = Number(ref reader);
            }
            else if (reader.ValueTextEquals("cache_write_tokens"u8))
            {
                written = Number(ref reader);
            }
        }

        // A provider that counts more cached tokens than tokens is not believed.
        cached = Math.Min(cached, prompt);
        written = Math.Min(written, prompt - cached);
        return new TokenUsage { Input = prompt - cached - written, Output = completion, CacheRead = cached, CacheWrite5m = written };
    }

    private static long Number(ref Utf8JsonReader reader) =>
        reader.Read() && reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out var value) && value > 0 ? value : 0;
}
