using System.Text.Json;
using Microsoft.Extensions.AI;

namespace Nura.Models;

/// <summary>Reads a whole chat completion.</summary>
internal static class OpenAiResponse
{
    public static ChatResponse Read(JsonElement root, ModelInfo model)
    {
        if (root.ValueKind != JsonValueKind.Object)
        {
            throw UpstreamFailure.Garbage(model);
        }

        // Some servers answer 200 and say inside that it went wrong.
        if (root.TryGetProperty("error", out var error) && error.ValueKind is JsonValueKind.Object or JsonValueKind.String)
        {
            throw OpenAiError.InStream(error, model);
        }

        if (!root.TryGetProperty("choices", out var choices) || choices.ValueKind != JsonValueKind.Array || choices.GetArrayLength() == 0
            || !choices[0].TryGetProperty("message", out var message) || message.ValueKind != JsonValueKind.Object)
        {
            throw UpstreamFailure.Garbage(model);
        }

        var contents = new List<AIContent>();
        if (Text(message, "reasoning_content") is { Length: > 0 } reasoning)
        {
            contents.Add(new TextReasoningContent(reasoning));
        }

        if ((Text(message, "content") ?? Text(message, "refusal")) is { Length: > 0 } text)
        {
            contents.Add(new TextContent(text));
        }

        if (message.TryGetProperty("tool_calls", out var calls) && calls.ValueKind == JsonValueKind.Array)
        {
            foreach (var call in calls.EnumerateArray())
            {
                if (!call.TryGetProperty("function", out var function) || Text(function, "name") is not { } name)
                {
                    throw UpstreamFailure.Garbage(model);
                }

                contents.Add(ToolJson.Call(Text(call, "id") ?? NewCallId(), name, Text(function, "arguments") ?? ""));
            }
        }

        return new ChatResponse(new ChatMessage(ChatRole.Assistant, contents))
        {
            ResponseId = Text(root, "id"),
            ModelId = model.Id,
            CreatedAt = Created(root),
            FinishReason = Finish(choices[0]),
            Usage = root.TryGetProperty("usage", out var usage) ? Usage(usage) : null,
        };
    }

    public static string NewCallId() => $"call_{Guid.CreateVersion7():N}";

    public static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    public static DateTimeOffset? Created(JsonElement root) =>
        root.TryGetProperty("created", out var created) && created.ValueKind == JsonValueKind.Number && created.TryGetInt64(out var seconds) && seconds is > 0 and < 253_402_300_800
            ? DateTimeOffset.FromUnixTimeSeconds(seconds)
            : null;

    public static ChatFinishReason? Finish(JsonElement choice) => Text(choice, "finish_reason") is { Length: > 0 } reason ? new ChatFinishReason(reason) : null;

    public static UsageDetails? Usage(JsonElement usage)
    {
        if (usage.ValueKind != JsonValueKind.Object)
        {
            return null;
        }

        var read = Count(usage, "prompt_tokens");
        var written = Count(usage, "completion_tokens");
        return new UsageDetails
        {
            InputTokenCount = read,
            OutputTokenCount = written,
            TotalTokenCount = Count(usage, "total_tokens") ?? read + written,
            CachedInputTokenCount = usage.TryGetProperty("prompt_tokens_details", out var prompt) && prompt.ValueKind == JsonValueKind.Object ? Count(prompt, "cached_tokens") : null,
            ReasoningTokenCount = usage.TryGetProperty("completion_tokens_details", out var completion) && completion.ValueKind == JsonValueKind.Object ? Count(completion, "reasoning_tokens") : null,
        };
    }

    /// <summary>A count; negative or fractional ones are none.</summary>
    private static long? Count(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var count) && count >= 0 ? count : null;
}
