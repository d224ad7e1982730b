using System.Text.Json;
using Microsoft.Extensions.AI;

namespace Nura.Models;

/// <summary>Reads a whole Converse answer.</summary>
internal static class ConverseResponse
{
    /// <summary>Keys in <see cref="UsageDetails.AdditionalCounts"/> for tokens put into the provider's prompt cache.</summary>
    public const string CacheWrite5m = "cacheWrite5m";

    /// <inheritdoc cref="CacheWrite5m"/>
    public const string CacheWrite1h = "cacheWrite1h";

    public static ChatResponse Read(JsonElement root, ModelInfo model, ToolNames names, string? requestId, DateTimeOffset now)
    {
        if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("output", out var output) || output.ValueKind != JsonValueKind.Object
            || !output.TryGetProperty("message", out var message) || !message.TryGetProperty("content", out var blocks) || blocks.ValueKind != JsonValueKind.Array)
        {
            throw UpstreamFailure.Garbage(model);
        }

        var contents = new List<AIContent>();
        foreach (var block in blocks.EnumerateArray())
        {
            if (block.TryGetProperty("text", out var text))
            {
                contents.Add(new TextContent(text.GetString()));
            }
            else if (block.TryGetProperty("toolUse", out var use))
            {
                contents.Add(ToolJson.Call(use.GetProperty("toolUseId").GetString()!, names.FromWire(use.GetProperty("name").GetString()!), use.GetProperty("input").GetRawText()));
            }
            else if (block.TryGetProperty("reasoningContent", out var reasoning) && reasoning.TryGetProperty("reasoningText", out var thinking))
            {
                contents.Add(new TextReasoningContent(OpenAiResponse.Text(thinking, "text")) { ProtectedData = OpenAiResponse.Text(thinking, "signature") });
            }
        }

        return new ChatResponse(new ChatMessage(ChatRole.Assistant, contents))
        {
            ResponseId = requestId,
            ModelId = model.Id,
            CreatedAt = now,
            FinishReason = Finish(OpenAiResponse.Text(root, "stopReason")),
            Usage = root.TryGetProperty("usage", out var usage) ? Usage(usage) : null,
        };
    }

    public static ChatFinishReason Finish(string? reason) => reason switch
    {
        "max_tokens" or "model_context_window_exceeded" => ChatFinishReason.Length,
        "tool_use" => ChatFinishReason.ToolCalls,
        "content_filtered" or "guardrail_intervened" => ChatFinishReason.ContentFilter,
        _ => ChatFinishReason.Stop,
    };

    /// <summary>Bedrock counts cached tokens apart from the input's; here the input has them all, as on OpenAI's wire.</summary>
    public static UsageDetails Usage(JsonElement usage)
    {
        var read = Count(usage, "cacheReadInputTokens");
        var written = Count(usage, "cacheWriteInputTokens");
        var hour = 0L;
        if (usage.TryGetProperty("cacheDetails", out var details) && details.ValueKind == JsonValueKind.Array)
        {
            hour = details.EnumerateArray().Where(detail => OpenAiResponse.Text(detail, "ttl") == "1h").Sum(detail => Count(detail, "inputTokens"));
        }

        var input = Count(usage, "inputTokens") + read + written;
        var output = Count(usage, "outputTokens");
        var result = new UsageDetails { InputTokenCount = input, OutputTokenCount = output, TotalTokenCount = input + output, CachedInputTokenCount = read };
        if (written > 0)
        {
            result.AdditionalCounts = new() { [CacheWrite5m] = Math.Max(written - hour, 0), [CacheWrite1h] = Math.Min(hour, written) };
        }

        return result;
    }

    private static long Count(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var count) && count > 0 ? count : 0;
}
