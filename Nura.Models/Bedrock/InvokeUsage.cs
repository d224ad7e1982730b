using System.Globalization;
using System.Text.Json;

namespace Nura.Models;

/// <summary>Tokens of an InvokeModel call: each family of models counts in its own words, and Bedrock counts in headers.</summary>
internal static class InvokeUsage
{
    /// <summary>The tokens of a whole answer.</summary>
    /// <returns><see langword="null"/> if nobody counted.</returns>
    public static TokenUsage? Of(JsonElement root, HttpResponseMessage response)
    {
        if (root.ValueKind == JsonValueKind.Object)
        {
            if (Named(root, null) is { } named)
            {
                return named;
            }

            if (Count(root, "inputTextTokenCount") is { } texts)
            {
                return new TokenUsage { Input = texts };
            }

            if (Count(root, "prompt_token_count") is { } prompt)
            {
                return new TokenUsage { Input = prompt, Output = Count(root, "generation_token_count") ?? 0 };
            }
        }

        return Header(response, "X-Amzn-Bedrock-Input-Token-Count") is { } input
            ? new TokenUsage { Input = input, Output = Header(response, "X-Amzn-Bedrock-Output-Token-Count") ?? 0 }
            : null;
    }

    /// <summary>Adds what a chunk of a stream tells to what is known: Claude counts the input at its beginning and the output at its end.</summary>
    public static TokenUsage? Add(TokenUsage? known, JsonElement chunk)
    {
        if (chunk.ValueKind != JsonValueKind.Object)
        {
            return known;
        }

        if ((chunk.TryGetProperty("message", out var message) ? Named(message, known) : null) is { } begin)
        {
            return begin;
        }

        if (Named(chunk, known) is { } end)
        {
            return end;
        }

        // Other families count in the last chunk only; Claude has said more by then.
        return known is null && chunk.TryGetProperty("amazon-bedrock-invocationMetrics", out var metrics) && Count(metrics, "inputTokenCount") is { } input
            ? new TokenUsage { Input = input, Output = Count(metrics, "outputTokenCount") ?? 0 }
            : known;
    }

    /// <summary>The field <c>usage</c> in the words of Converse, of Claude or of OpenAI (gpt-oss and others); <see langword="null"/> if it is not there or has none of them.</summary>
    private static TokenUsage? Named(JsonElement parent, TokenUsage? known) =>
        parent.ValueKind != JsonValueKind.Object || !parent.TryGetProperty("usage", out var usage) ? null
        : Count(usage, "inputTokens") is not null ? MeteredChatClient.Classes(ConverseResponse.Usage(usage))
        : (Count(usage, "input_tokens") ?? Count(usage, "output_tokens")) is not null ? Claude(usage, known ?? new TokenUsage())
        : (Count(usage, "prompt_tokens") ?? Count(usage, "completion_tokens")) is not null ? MeteredChatClient.Classes(OpenAiResponse.Usage(usage)!)
        : null;

    private static TokenUsage Claude(JsonElement usage, TokenUsage known)
    {
        var written = Count(usage, "cache_creation_input_tokens") ?? known.CacheWrite5m + known.CacheWrite1h;
        var hour = usage.TryGetProperty("cache_creation", out var classes) ? Count(classes, "ephemeral_1h_input_tokens") ?? 0 : known.CacheWrite1h;
        return new TokenUsage
        {
            Input = Count(usage, "input_tokens") ?? known.Input,
            Output = Count(usage, "output_tokens") ?? known.Output,
            CacheRead = Count(usage, "cache_read_input_tokens") ?? known.CacheRead,
            CacheWrite5m = Math.Max(written - hour, 0),
            CacheWrite1h = Math.Min(hour, written),
        };
    }

    private static long? Count(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var count) && count >= 0 ? count : null;

    private static long? Header(HttpResponseMessage response, string name) =>
        response.Headers.TryGetValues(name, out var values) && long.TryParse(values.First(), NumberStyles.None, CultureInfo.InvariantCulture, out var count) ? count : null;
}
