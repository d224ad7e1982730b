using System.Text.Json;
using Microsoft.Extensions.AI;

namespace Nura.Models;

/// <summary>Writes a chat completion request as OpenAI's reference describes it.</summary>
internal static class OpenAiRequest
{
    public static byte[] Write(ModelInfo model, IEnumerable<ChatMessage> messages, ChatOptions? options, bool stream)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("model", model.UpstreamName);
            json.WriteStartArray("messages");
            if (options?.Instructions is { Length: > 0 } instructions)
            {
                WriteText(json, "system", instructions);
            }

            var isBegun = false;
            foreach (var message in messages)
            {
                WriteMessage(json, message);
                isBegun = message.Role == ChatRole.Assistant;
            }

            json.WriteEndArray();
            if (isBegun && model.Can(Capabilities.Prefill))
            {
                // vLLM's and SGLang's way to have the last turn gone on with instead of answered.
                json.WriteBoolean("continue_final_message", true);
                json.WriteBoolean("add_generation_prompt", false);
            }

            WriteOptions(json, model, options);
            if (stream)
            {
                json.WriteBoolean("stream", true);
                json.WriteStartObject("stream_options");
                json.WriteBoolean("include_usage", true);
                json.WriteEndObject();
            }

            json.WriteEndObject();
        }

        return buffer.ToArray();
    }

    private static void WriteOptions(Utf8JsonWriter json, ModelInfo model, ChatOptions? options)
    {
        // max_tokens is the older name: every server knows it, not every one knows max_completion_tokens.
        var limit = (options?.MaxOutputTokens, model.MaxOutput) switch
        {
            ({ } asked, > 0) => Math.Min(asked, model.MaxOutput),
            ({ } asked, _) => asked,
            _ => 0,
        };
        if (limit > 0)
        {
            json.WriteNumber("max_tokens", limit);
        }

        if (options is null)
        {
            return;
        }

        if (options.Temperature is { } temperature && model.Sampling != SamplingRule.None)
        {
            json.WriteNumber("temperature", temperature);
        }

        if (options.TopP is { } topP && (model.Sampling == SamplingRule.Any || (model.Sampling == SamplingRule.TemperatureOrTopP && options.Temperature is null)))
        {
            json.WriteNumber("top_p", topP);
        }

        WriteNumber(json, "frequency_penalty", options.FrequencyPenalty);
        WriteNumber(json, "presence_penalty", options.PresencePenalty);
        if (options.Seed is { } seed)
        {
            json.WriteNumber("seed", seed);
        }

        if (options.StopSequences is { Count: > 0 } stops)
        {
            json.WriteStartArray("stop");
            foreach (var stop in stops)
            {
                json.WriteStringValue(stop);
            }

            json.WriteEndArray();
        }

        WriteFormat(json, options.ResponseFormat);
        WriteTools(json, options);
    }

    private static void WriteFormat(Utf8JsonWriter json, ChatResponseFormat? format)
    {
        if (format is not ChatResponseFormatJson wanted)
        {
            return;
        }

        json.WriteStartObject("response_format");
        json.WriteString("type", wanted.Schema is null ? "json_object" : "json_schema");
        if (wanted.Schema is { } schema)
        {
            json.WriteStartObject("json_schema");
            json.WriteString("name", wanted.SchemaName ?? "answer");
            if (wanted.SchemaDescription is { } description)
            {
                json.WriteString("description", description);
            }

            json.WritePropertyName("schema");
            schema.WriteTo(json);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static void WriteTools(Utf8JsonWriter json, ChatOptions options)
    {
        var tools = options.Tools?.OfType<AIFunctionDeclaration>().ToList() ?? [];
        if (tools.Count == 0)
        {
            return;
        }

        json.WriteStartArray("tools");
        foreach (var tool in tools)
        {
            json.WriteStartObject();
            json.WriteString("type", "function");
            json.WriteStartObject("function");
            json.WriteString("name", tool.Name);
            json.WriteString("description", tool.Description);
            json.WritePropertyName("parameters");
            tool.JsonSchema.WriteTo(json);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        switch (options.ToolMode)
        {
            case RequiredChatToolMode { RequiredFunctionName: { } name }:
                json.WriteStartObject("tool_choice");
                json.WriteString("type", "function");
                json.WriteStartObject("function");
                json.WriteString("name", name);
                json.WriteEndObject();
                json.WriteEndObject();
                break;
            case RequiredChatToolMode:
                json.WriteString("tool_choice", "required");
                break;
            case NoneChatToolMode:
                json.WriteString("tool_choice", "none");
                break;
        }

        if (options.AllowMultipleToolCalls is { } several)
        {
            json.WriteBoolean("parallel_tool_calls", several);
        }
    }

    private static void WriteMessage(Utf8JsonWriter json, ChatMessage message)
    {
        // A tool's results are messages of their own on this wire, one for each call.
        foreach (var result in message.Contents.OfType<FunctionResultContent>())
        {
            json.WriteStartObject();
            json.WriteString("role", "tool");
            json.WriteString("tool_call_id", result.CallId);
            json.WriteString("content", ToolJson.Text(result.Result));
            json.WriteEndObject();
        }

        var calls = message.Contents.OfType<FunctionCallContent>().ToList();
        var parts = message.Contents.Where(content => content is TextContent or DataContent or UriContent).ToList();
        if (parts.Count == 0 && calls.Count == 0)
        {
            if (message.Contents.Count == 0)
            {
                WriteText(json, message.Role.Value, "");
            }

            return;
        }

        json.WriteStartObject();
        json.WriteString("role", message.Role.Value);
        if (parts.TrueForAll(part => part is TextContent))
        {
            var text = message.Text;
            if (text.Length == 0 && calls.Count > 0)
            {
                json.WriteNull("content");
            }
            else
            {
                json.WriteString("content", text);
            }
        }
        else
        {
            WriteParts(json, parts);
        }

        WriteCalls(json, calls);
        json.WriteEndObject();
    }

    private static void WriteParts(Utf8JsonWriter json, List<AIContent> parts)
    {
        json.WriteStartArray("content");
        foreach (var part in parts)
        {
            json.WriteStartObject();
            if (part is TextContent text)
            {
                json.WriteString("type", "text");
                json.WriteString("text", text.Text);
            }
            else
            {
                json.WriteString("type", "image_url");
                json.WriteStartObject("image_url");
                json.WriteString("url", part is DataContent data ? data.Uri : ((UriContent)part).Uri.AbsoluteUri);
                json.WriteEndObject();
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteCalls(Utf8JsonWriter json, List<FunctionCallContent> calls)
    {
        if (calls.Count == 0)
        {
            return;
        }

        json.WriteStartArray("tool_calls");
        foreach (var call in calls)
        {
            json.WriteStartObject();
            json.WriteString("id", call.CallId);
            json.WriteString("type", "function");
            json.WriteStartObject("function");
            json.WriteString("name", call.Name);
            json.WriteString("arguments", ToolJson.Arguments(call));
            json.WriteEndObject();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteText(Utf8JsonWriter json, string role, string text)
    {
        json.WriteStartObject();
        json.WriteString("role", role);
        json.WriteString("content", text);
        json.WriteEndObject();
    }

    private static void WriteNumber(Utf8JsonWriter json, string name, float? value)
    {
        if (value is { } number)
        {
            json.WriteNumber(name, number);
        }
    }
}
