using System.Text.Json;
using System.Text.Json.Nodes;
using Nura.Api.Errors;
using Nura.Api.OpenAi;

namespace Nura.Api.Responses;

/// <summary>A request of OpenAI's Responses API. Fields that are hints or unknown are ignored; one that would change the answer and that Nura cannot honour is refused by name.</summary>
internal sealed class ResponseRequest
{
    private static readonly string[] s_samples = ["temperature", "top_p", "parallel_tool_calls", "stream"];

    private ResponseRequest(JsonObject body, JsonArray input) => (Body, Input) = (body, input);

    /// <summary>As it came.</summary>
    public JsonObject Body { get; }

    /// <summary>The items of this request alone.</summary>
    public JsonArray Input { get; }

    public required string Model { get; init; }

    public bool Stream { get; private init; }

    /// <summary>Whether to keep the response; OpenAI's default is to do so.</summary>
    public bool Store { get; private init; }

    public string? PreviousId { get; private init; }

    public required ResponseTools Tools { get; init; }

    /// <exception cref="RequestException">Something is missing, of the wrong type, or not supported.</exception>
    public static ResponseRequest Read(JsonElement body)
    {
        if (body.ValueKind != JsonValueKind.Object)
        {
            throw new RequestException(StatusCodes.Status400BadRequest, "The body must be a JSON object.");
        }

        if (body.Flag("background") == true)
        {
            throw RequestException.Unsupported("background", "Nura answers while you wait: leave 'background' out. Runs at /api/runs go on by themselves.");
        }

        foreach (var name in (ReadOnlySpan<string>)["conversation", "prompt"])
        {
            if (body.Field(name) is not null)
            {
                throw RequestException.Unsupported(name, $"Nura keeps no '{name}' for this API: send 'input', and 'previous_response_id' to go on.");
            }
        }

        var input = body.Field("input") switch
        {
            { ValueKind: JsonValueKind.String } text => new JsonArray(new JsonObject { ["type"] = "message", ["role"] = "user", ["content"] = new JsonArray(new JsonObject { ["type"] = "input_text", ["text"] = text.GetString() }) }),
            { ValueKind: JsonValueKind.Array } items when items.GetArrayLength() > 0 => JsonNode.Parse(items.GetRawText())!.AsArray(),
            _ => throw RequestException.BadParameter("input", "'input' must be a text or a list of items.", "missing_required_parameter"),
        };
        return new ResponseRequest(JsonNode.Parse(body.GetRawText())!.AsObject(), input)
        {
            Model = body.Text("model") is { Length: > 0 } model ? model : throw RequestException.BadParameter("model", "Name a model or an agent in 'model'. GET /v1/models lists them.", "missing_required_parameter"),
            Stream = body.Flag("stream") ?? false,
            Store = body.Flag("store") ?? true,
            PreviousId = body.Text("previous_response_id") is { Length: > 0 } previous ? previous : null,
            Tools = new ResponseTools(body.Field("tools", JsonValueKind.Array)),
        };
    }

    /// <summary>The same as a chat completion.</summary>
    /// <param name="history">Items said before this request, oldest first.</param>
    /// <exception cref="RequestException">An item or a setting is broken.</exception>
    public ChatRequest ToChat(IEnumerable<JsonNode> history)
    {
        try
        {
            return Chat(history);
        }
        catch (InvalidOperationException exception) when (!ErrorHandler.IsBadText(exception))
        {
            throw RequestException.BadParameter("tools", "A field of 'tools', 'tool_choice' or 'text' is of the wrong type.", "invalid_type");
        }
    }

    private ChatRequest Chat(IEnumerable<JsonNode> history)
    {
        // Checked alone first: positions in messages of errors are then those of this request.
        ResponseItems.ToMessages(Input);
        var messages = ResponseItems.ToMessages(history.Concat(Input.OfType<JsonNode>()));
        if (Body["instructions"] is JsonValue instructions && instructions.TryGetValue<string>(out var text) && text.Length > 0)
        {
            messages.Insert(0, new JsonObject { ["role"] = "system", ["content"] = text });
        }

        if (messages.Count == 0)
        {
            throw RequestException.BadParameter("input", "'input' holds nothing that a model could read.");
        }

        var chat = new JsonObject { ["model"] = Model, ["messages"] = messages };
        foreach (var name in s_samples)
        {
            chat[name] = Body[name]?.DeepClone();
        }

        chat["max_completion_tokens"] = Body["max_output_tokens"]?.DeepClone();
        chat["response_format"] = Format((Body["text"] as JsonObject)?["format"] as JsonObject);
        if (Tools.Functions.Count > 0)
        {
            chat["tools"] = new JsonArray([.. Tools.Functions.Select(function => function.DeepClone())]);
            chat["tool_choice"] = Choice(Body["tool_choice"]);
        }

        using var document = JsonDocument.Parse(chat.ToJsonString());
        // The request reads the element as long as it is used, so it gets one of its own.
        return ChatRequest.Read(document.RootElement.Clone());
    }

    private static JsonNode? Choice(JsonNode? choice) => choice switch
    {
        JsonObject named when (string?)named["type"] is "function" or "custom" => new JsonObject { ["type"] = "function", ["function"] = new JsonObject { ["name"] = named["name"]?.DeepClone() } },
        JsonObject allowed when (string?)allowed["type"] == "allowed_tools" => allowed["mode"]?.DeepClone(),
        JsonObject => "auto",
        _ => choice?.DeepClone(),
    };

    private static JsonNode? Format(JsonObject? format) => (string?)format?["type"] switch
    {
        "json_schema" => new JsonObject { ["type"] = "json_schema", ["json_schema"] = new JsonObject { ["name"] = format!["name"]?.DeepClone(), ["description"] = format["description"]?.DeepClone(), ["schema"] = format["schema"]?.DeepClone() } },
        null or "text" => null,
        _ => format!.DeepClone(),
    };
}
