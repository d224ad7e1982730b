using System.Buffers;
using System.Text.Json;
using Microsoft.Extensions.AI;

namespace Nura.Models;

/// <summary>Writes a Converse request. Field names and rules: Amazon Bedrock API reference, "Converse".</summary>
internal static class ConverseRequest
{
    /// <summary>Answer length asked for when the caller sets none. Bedrock reserves quota for the model's maximum otherwise, up to 64 times as much as most answers need.</summary>
    public const int UsualMaxTokens = 8192;

    /// <summary>Writes a request.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="model">The model to be asked.</param>
    /// <param name="messages">The conversation.</param>
    /// <param name="options">Its options.</param>
    /// <param name="names">Remembers what tools are called on the wire.</param>
    /// <param name="places">Whether Nura chooses what of the prompt the provider is to keep, if the caller does not.</param>
    public static void Write(IBufferWriter<byte> output, ModelInfo model, IEnumerable<ChatMessage> messages, ChatOptions? options, ToolNames names, bool places)
    {
        var conversation = ConverseTurns.Of(model, messages, options);
        using var json = new Utf8JsonWriter(output);
        json.WriteStartObject();
        // Converse has no word for "none of them": the model is not told of any.
        var tools = options?.ToolMode is NoneChatToolMode ? [] : options?.Tools?.OfType<AIFunctionDeclaration>().ToList() ?? [];
        var points = CachePoints.Of(model, conversation, tools, options, places);
        WriteMessages(json, conversation, names, points);
        if (conversation.System.Count > 0)
        {
            json.WriteStartArray("system");
            foreach (var text in conversation.System)
            {
                json.WriteStartObject();
                json.WriteString("text", text);
                json.WriteEndObject();
            }

            WriteCachePoint(json, points.System);
            json.WriteEndArray();
        }

        WriteInference(json, model, options);
        WriteTools(json, conversation, tools, options, names, points.Tools);
        json.WriteEndObject();
    }

    private static void WriteCachePoint(Utf8JsonWriter json, string? life)
    {
        if (life is not null)
        {
            json.WriteStartObject();
            json.WriteStartObject("cachePoint");
            json.WriteString("type", "default");
            if (life == "1h")
            {
                json.WriteString("ttl", life);
            }

            json.WriteEndObject();
            json.WriteEndObject();
        }
    }

    private static void WriteInference(Utf8JsonWriter json, ModelInfo model, ChatOptions? options)
    {
        json.WriteStartObject("inferenceConfig");
        var most = model.MaxOutput > 0 ? model.MaxOutput : int.MaxValue;
        json.WriteNumber("maxTokens", Math.Min(options?.MaxOutputTokens ?? UsualMaxTokens, most));
        if (options?.Temperature is { } temperature && model.Sampling != SamplingRule.None)
        {
            // OpenAI's range is 0 to 2, Bedrock's 0 to 1.
            json.WriteNumber("temperature", Math.Clamp(temperature, 0, 1));
        }

        if (options?.TopP is { } topP && (model.Sampling == SamplingRule.Any || (model.Sampling == SamplingRule.TemperatureOrTopP && options.Temperature is null)))
        {
            json.WriteNumber("topP", topP);
        }

        var stops = options?.StopSequences?.Where(stop => !string.IsNullOrWhiteSpace(stop)).ToList() ?? [];
        if (stops.Count > 0)
        {
            json.WriteStartArray("stopSequences");
            stops.ForEach(json.WriteStringValue);
            json.WriteEndArray();
        }

        json.WriteEndObject();
    }

    private static void WriteTools(Utf8JsonWriter json, ConverseTurns conversation, List<AIFunctionDeclaration> tools, ChatOptions? options, ToolNames names, string? kept)
    {
        // A history with tool calls is refused without their declarations, also when the caller no longer offers them.
        var undeclared = conversation.Turns.SelectMany(turn => turn.Contents.OfType<FunctionCallContent>()).Select(call => call.Name)
            .Except(tools.Select(tool => tool.Name), StringComparer.Ordinal).Distinct(StringComparer.Ordinal).ToList();
        if (tools.Count == 0 && undeclared.Count == 0)
        {
            return;
        }

        json.WriteStartObject("toolConfig");
        json.WriteStartArray("tools");
        foreach (var tool in tools)
        {
            WriteTool(json, names.ToWire(tool.Name), tool.Description, tool.JsonSchema);
        }

        foreach (var name in undeclared)
        {
            WriteTool(json, names.ToWire(name), "Used earlier; not offered any more.", null);
        }

        WriteCachePoint(json, kept);
        json.WriteEndArray();
        if (tools.Count > 0 && options!.ToolMode is RequiredChatToolMode required)
        {
            json.WriteStartObject("toolChoice");
            json.WriteStartObject(required.RequiredFunctionName is null ? "any" : "tool");
            if (required.RequiredFunctionName is { } name)
            {
                json.WriteString("name", names.ToWire(name));
            }

            json.WriteEndObject();
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static void WriteTool(Utf8JsonWriter json, string name, string description, JsonElement? schema)
    {
        json.WriteStartObject();
        json.WriteStartObject("toolSpec");
        json.WriteString("name", name);
        if (!string.IsNullOrWhiteSpace(description))
        {
            json.WriteString("description", description);
        }

        json.WriteStartObject("inputSchema");
        json.WritePropertyName("json");
        if (schema is { ValueKind: JsonValueKind.Object } given)
        {
            given.WriteTo(json);
        }
        else
        {
            json.WriteRawValue("""{"type":"object"}"""u8);
        }

        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteMessages(Utf8JsonWriter json, ConverseTurns conversation, ToolNames names, CachePoints points)
    {
        json.WriteStartArray("messages");
        foreach (var turn in conversation.Turns)
        {
            json.WriteStartObject();
            json.WriteString("role", turn.IsUser ? "user" : "assistant");
            json.WriteStartArray("content");
            foreach (var content in turn.Contents)
            {
                json.WriteStartObject();
                WriteContent(json, content, names);
                json.WriteEndObject();
                WriteCachePoint(json, points.Contents.GetValueOrDefault(content));
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteContent(Utf8JsonWriter json, AIContent content, ToolNames names)
    {
        switch (content)
        {
            case TextContent text:
                json.WriteString("text", text.Text);
                break;
            case TextReasoningContent thinking:
                json.WriteStartObject("reasoningContent");
                json.WriteStartObject("reasoningText");
                json.WriteString("text", thinking.Text);
                json.WriteString("signature", thinking.ProtectedData);
                json.WriteEndObject();
                json.WriteEndObject();
                break;
            case FunctionCallContent call:
                json.WriteStartObject("toolUse");
                json.WriteString("toolUseId", call.CallId);
                json.WriteString("name", names.ToWire(call.Name));
                json.WritePropertyName("input");
                json.WriteRawValue(ToolJson.Arguments(call));
                json.WriteEndObject();
                break;
            case FunctionResultContent result:
                json.WriteStartObject("toolResult");
                json.WriteString("toolUseId", result.CallId);
                json.WriteStartArray("content");
                json.WriteStartObject();
                json.WriteString("text", ToolJson.Text(result.Result) is { Length: > 0 } said ? said : "(empty)");
                json.WriteEndObject();
                json.WriteEndArray();
                if (result.Exception is not null)
                {
                    json.WriteString("status", "error");
                }

                json.WriteEndObject();
                break;
            case DataContent data when data.HasTopLevelMediaType("image"):
                json.WriteStartObject("image");
                json.WriteString("format", data.MediaType[6..]);
                json.WriteStartObject("source");
                json.WriteBase64String("bytes", data.Data.Span);
                json.WriteEndObject();
                json.WriteEndObject();
                break;
            case UriContent:
                throw new ModelException("Bedrock takes images as data, not as addresses: send base64.", 400, isRetryable: false) { Code = "unsupported_content" };
            default:
                throw new ModelException("Bedrock takes text, images and tool results; the conversation has something else.", 400, isRetryable: false) { Code = "unsupported_content" };
        }
    }
}
