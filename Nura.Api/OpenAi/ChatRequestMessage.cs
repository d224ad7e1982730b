using System.Text.Json;
using Nura.Api.Errors;

namespace Nura.Api.OpenAi;

/// <summary>One message: <c>content</c> is a text, a list of parts, or absent beside tool calls.</summary>
/// <param name="Role"><c>system</c> (also for <c>developer</c>), <c>user</c>, <c>assistant</c> or <c>tool</c>.</param>
/// <param name="Text">All its text.</param>
/// <param name="Images">Addresses of its images: <c>https:</c> or <c>data:</c>.</param>
/// <param name="ToolCalls">The calls an assistant made.</param>
/// <param name="ToolCallId">The call whose result a tool's message is.</param>
internal sealed record ChatRequestMessage(string Role, string Text, IReadOnlyList<string> Images, IReadOnlyList<ToolCallPiece> ToolCalls, string? ToolCallId)
{
    public static ChatRequestMessage Read(JsonElement message, int index)
    {
        var at = $"messages[{index}]";
        if (message.ValueKind != JsonValueKind.Object)
        {
            throw RequestException.BadParameter(at, "A message must be an object.", "invalid_type");
        }

        var role = message.Text("role") switch
        {
            "system" or "developer" => "system",
            "user" => "user",
            "assistant" => "assistant",
            "tool" => "tool",
            var other => throw RequestException.BadParameter($"{at}.role", $"'{other}' is no role: use system, developer, user, assistant or tool."),
        };
        var images = new List<string>();
        var text = message.Field("content") switch
        {
            null => "",
            { ValueKind: JsonValueKind.String } plain => plain.GetString()!,
            { ValueKind: JsonValueKind.Array } parts => string.Concat(parts.EnumerateArray().Select(part => PartText(part, images, $"{at}.content"))),
            _ => throw RequestException.BadParameter($"{at}.content", "'content' must be a text or a list of parts.", "invalid_type"),
        };
        var calls = message.Field("tool_calls", JsonValueKind.Array) is { } list ? list.EnumerateArray().Select(call => Call(call, at)).ToList() : [];
        var result = message.Text("tool_call_id");
        if (role == "tool" && result is null)
        {
            throw RequestException.BadParameter($"{at}.tool_call_id", "A tool's message names the call it answers.", "missing_required_parameter");
        }

        if (role == "tool" && images.Count > 0)
        {
            throw RequestException.Unsupported($"{at}.content", "What a tool gave back is text: send its images in a user's message after it.");
        }

        return new ChatRequestMessage(role, text, images, calls, result);
    }

    private static string PartText(JsonElement part, List<string> images, string at)
    {
        switch (part.Text("type"))
        {
            case "text":
                return part.Text("text") ?? "";
            case "refusal":
                return part.Text("refusal") ?? "";
            case "image_url":
                images.Add(part.Field("image_url", JsonValueKind.Object)?.Text("url") ?? throw RequestException.BadParameter(at, "An image needs 'image_url.url'.", "missing_required_parameter"));
                return "";
            case var other:
                throw RequestException.Unsupported(at, $"Parts of type '{other}' are not supported: send text or image_url.");
        }
    }

    private static ToolCallPiece Call(JsonElement call, string at)
    {
        var function = call.Field("function", JsonValueKind.Object);
        return call.Text("id") is { } id && function?.Text("name") is { } name
            ? new ToolCallPiece(id, name, function?.Text("arguments") ?? "{}")
            : throw RequestException.BadParameter($"{at}.tool_calls", "A tool call needs 'id' and 'function.name'.", "missing_required_parameter");
    }
}
