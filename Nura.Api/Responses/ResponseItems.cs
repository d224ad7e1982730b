using System.Text.Json.Nodes;
using Nura.Api.Errors;
using Nura.Api.Gateway;

namespace Nura.Api.Responses;

/// <summary>Turns the items of a conversation (OpenAI API reference, "Responses") into the messages of a chat completion.</summary>
internal static class ResponseItems
{
    /// <exception cref="RequestException">An item is broken.</exception>
    public static JsonArray ToMessages(IEnumerable<JsonNode?> items)
    {
        var messages = new JsonArray();
        // Results of one turn stay together; what they show comes after them.
        var shown = new JsonArray();
        var index = 0;
        foreach (var item in items)
        {
            var at = $"input[{index++}]";
            if (item is not JsonObject one)
            {
                throw RequestException.BadParameter(at, $"'{at}' must be an object.", "invalid_type");
            }

            var type = Text(one, "type", at);
            if (type is not ("function_call_output" or "custom_tool_call_output"))
            {
                Show();
            }

            switch (type)
            {
                case null or "message":
                    messages.Add((JsonNode)Message(one, at));
                    break;
                case "function_call":
                    AddCall(messages, one, Text(one, "arguments", at) is { Length: > 0 } arguments ? arguments : "{}", at);
                    break;
                case "custom_tool_call":
                    AddCall(messages, one, new JsonObject { [ResponseTools.CustomInput] = Text(one, "input", at) ?? "" }.ToJsonString(), at);
                    break;
                case "function_call_output" or "custom_tool_call_output":
                    messages.Add((JsonNode)new JsonObject { ["role"] = "tool", ["tool_call_id"] = Needed(one, "call_id", at), ["content"] = Output(one["output"], shown, at) });
                    break;
                case "item_reference":
                    throw RequestException.Unsupported(at, "Nura does not keep single items: send the item itself, or 'previous_response_id'.");
                default:
                    // Reasoning of other models and calls of hosted services say nothing to this one.
                    break;
            }
        }

        Show();
        return messages;

        void Show()
        {
            if (shown.Count > 0)
            {
                messages.Add((JsonNode)new JsonObject { ["role"] = "user", ["content"] = shown });
                shown = [];
            }
        }
    }

    private static JsonObject Message(JsonObject item, string at)
    {
        var role = Needed(item, "role", at);
        var content = item["content"] switch
        {
            null => new JsonArray(),
            JsonArray list => list,
            JsonValue text when text.TryGetValue<string>(out var plain) => new JsonArray(Part("text", "text", plain)),
            _ => throw RequestException.BadParameter($"{at}.content", $"'{at}.content' must be a text or a list of parts.", "invalid_type"),
        };
        return new JsonObject { ["role"] = role, ["content"] = new JsonArray([.. content.Select(part => Part(part, $"{at}.content"))]) };
    }

    private static JsonObject Part(JsonNode? part, string at)
    {
        if (part is not JsonObject one)
        {
            throw RequestException.BadParameter(at, $"A part of '{at}' must be an object.", "invalid_type");
        }

        switch (Text(one, "type", at))
        {
            case "input_text" or "output_text" or "text" or "summary_text":
                return Part("text", "text", Text(one, "text", at) ?? "");
            case "refusal":
                return Part("text", "text", Text(one, "refusal", at) ?? "");
            case "input_image":
                return new JsonObject
                {
                    ["type"] = "image_url",
                    ["image_url"] = new JsonObject { ["url"] = Text(one, "image_url", at) ?? throw RequestException.Unsupported(at, "An image needs 'image_url': Nura keeps no files.") },
                };
            case var other:
                throw RequestException.Unsupported(at, $"Parts of type '{other}' are not supported: send input_text or input_image.");
        }
    }

    private static JsonObject Part(string type, string field, string text) => new() { ["type"] = type, [field] = text };

    /// <summary>A call belongs to the assistant's message before it, if there is one.</summary>
    private static void AddCall(JsonArray messages, JsonObject item, string arguments, string at)
    {
        var call = new JsonObject
        {
            ["id"] = Needed(item, "call_id", at),
            ["type"] = "function",
            ["function"] = new JsonObject { ["name"] = ResponseTools.FunctionName(Text(item, "namespace", at), Needed(item, "name", at)), ["arguments"] = arguments },
        };
        if (messages.Count > 0 && messages[^1] is JsonObject last && (string?)last["role"] == "assistant")
        {
            (last["tool_calls"] ??= new JsonArray()).AsArray().Add((JsonNode)call);
            return;
        }

        messages.Add((JsonNode)new JsonObject { ["role"] = "assistant", ["content"] = null, ["tool_calls"] = new JsonArray(call) });
    }

    private static string Output(JsonNode? output, JsonArray shown, string at)
    {
        switch (output)
        {
            case JsonValue text when text.TryGetValue<string>(out var plain):
                return plain;
            case JsonArray list:
                var parts = list.Select(part => Part(part, $"{at}.output")).ToLookup(part => (string?)part["type"] == "text");
                foreach (var image in parts[false])
                {
                    shown.Add((JsonNode)image);
                }

                return ShownResult.Text(string.Join('\n', parts[true].Select(part => (string?)part["text"])), parts[false].Any());
            case null:
                throw RequestException.BadParameter($"{at}.output", "A call's output needs 'output'.", "missing_required_parameter");
            default:
                return output.ToJsonString();
        }
    }

    private static string Needed(JsonObject item, string name, string at) =>
        Text(item, name, at) is { Length: > 0 } text ? text : throw RequestException.BadParameter($"{at}.{name}", $"'{at}.{name}' is missing.", "missing_required_parameter");

    private static string? Text(JsonObject item, string name, string at) => item[name] switch
    {
        null => null,
        JsonValue value when value.TryGetValue<string>(out var text) => text,
        _ => throw RequestException.BadParameter($"{at}.{name}", $"'{at}.{name}' must be a text.", "invalid_type"),
    };
}
