using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Mvc;
using Nura.Api.Errors;
using Nura.Api.OpenAi;
using Nura.ServiceDefaults.Streaming;

namespace Nura.Api.Responses;

/// <summary>Writes an answer as a response object, and on the way there as the events of its stream, in OpenAI's order.</summary>
/// <param name="id">Identity of the response.</param>
/// <param name="created">Unix time.</param>
/// <param name="model">Who answers.</param>
/// <param name="request">What was asked.</param>
internal sealed class ResponseWriter(string id, long created, string model, ResponseRequest request)
{
    private readonly ResponseObject _response = new(id, created, model, request);
    private readonly List<JsonObject> _output = [];
    private readonly StringBuilder _text = new();
    private string? _message;
    private int _sequence;

    /// <summary>Whether the response was kept.</summary>
    public bool Kept { get; set; } = request.Store;

    /// <summary>The response when it has ended.</summary>
    public JsonObject Final(EndPiece end)
    {
        var (status, reason) = end.FinishReason switch
        {
            "length" => ("incomplete", "max_output_tokens"),
            "content_filter" => ("incomplete", "content_filter"),
            _ => ("completed", null),
        };
        var items = _message is null ? _output : [.. _output, Message(_message, _text.ToString(), "completed")];
        return _response.With(status, items, reason, end, Kept);
    }

    /// <summary>Adds a piece without writing events: for an answer that is wanted whole.</summary>
    public void Add(Piece piece) => Write(new ArrayBufferWriter<byte>(), piece);

    /// <summary>The events that a piece becomes.</summary>
    public void Write(IBufferWriter<byte> output, Piece piece)
    {
        Begin(output);
        switch (piece)
        {
            case TextPiece text:
                Open(output);
                _text.Append(text.Text);
                Event(output, "response.output_text.delta", new JsonObject { ["item_id"] = _message, ["output_index"] = _output.Count, ["content_index"] = 0, ["delta"] = text.Text, ["logprobs"] = new JsonArray() });
                break;
            case ToolCallPiece call:
                Close(output);
                Call(output, call);
                break;
            case EndPiece end:
                Close(output);
                var final = Final(end);
                Event(output, (string?)final["status"] == "incomplete" ? "response.incomplete" : "response.completed", new JsonObject { ["response"] = final });
                break;
        }
    }

    /// <summary>The event that says why a stream ends early.</summary>
    public void WriteError(IBufferWriter<byte> output, Exception exception)
    {
        var problem = ErrorHandler.Describe(exception) ?? new ProblemDetails { Status = StatusCodes.Status500InternalServerError, Title = "The answer broke off because of a defect. It is in the log." };
        var code = problem.Status switch
        {
            StatusCodes.Status429TooManyRequests => "rate_limit_exceeded",
            StatusCodes.Status503ServiceUnavailable => "server_is_overloaded",
            _ => problem.Extensions.TryGetValue(ErrorHandler.Code, out var own) && own is string text ? text : "server_error",
        };
        var failed = _response.With("failed", _output, null, null, kept: false);
        Begin(output);
        failed["error"] = new JsonObject { ["code"] = code, ["message"] = ProblemText.Of(problem) };
        Event(output, "response.failed", new JsonObject { ["response"] = failed });
    }

    // Clients take a stream that begins otherwise for broken, whatever it goes on to say.
    private void Begin(IBufferWriter<byte> output)
    {
        if (_sequence == 0)
        {
            Event(output, "response.created", new JsonObject { ["response"] = _response.With("in_progress", [], null, null, Kept) });
            Event(output, "response.in_progress", new JsonObject { ["response"] = _response.With("in_progress", [], null, null, Kept) });
        }
    }

    private void Open(IBufferWriter<byte> output)
    {
        if (_message is null)
        {
            _message = $"msg_{Guid.NewGuid():N}";
            var begun = Message(_message, "", "in_progress");
            begun["content"] = new JsonArray();
            Event(output, "response.output_item.added", new JsonObject { ["output_index"] = _output.Count, ["item"] = begun });
            Event(output, "response.content_part.added", new JsonObject { ["item_id"] = _message, ["output_index"] = _output.Count, ["content_index"] = 0, ["part"] = Text("") });
        }
    }

    private void Close(IBufferWriter<byte> output)
    {
        if (_message is not { } message)
        {
            return;
        }

        var (text, index) = (_text.ToString(), _output.Count);
        Event(output, "response.output_text.done", new JsonObject { ["item_id"] = message, ["output_index"] = index, ["content_index"] = 0, ["text"] = text, ["logprobs"] = new JsonArray() });
        Event(output, "response.content_part.done", new JsonObject { ["item_id"] = message, ["output_index"] = index, ["content_index"] = 0, ["part"] = Text(text) });
        var item = Message(message, text, "completed");
        Event(output, "response.output_item.done", new JsonObject { ["output_index"] = index, ["item"] = item.DeepClone() });
        _output.Add(item);
        _text.Clear();
        _message = null;
    }

    private void Call(IBufferWriter<byte> output, ToolCallPiece call)
    {
        var tool = request.Tools.Called(call.Name);
        var custom = tool.IsCustom;
        var (kind, field, prefix, content) = custom ? ("custom_tool_call", "input", "ctc", CustomText(call.Arguments)) : ("function_call", "arguments", "fc", call.Arguments);
        var (deltas, dones) = custom ? ("response.custom_tool_call_input.delta", "response.custom_tool_call_input.done") : ("response.function_call_arguments.delta", "response.function_call_arguments.done");
        var item = new JsonObject { ["id"] = $"{prefix}_{Guid.NewGuid():N}", ["type"] = kind, ["status"] = "in_progress", ["call_id"] = call.Id, ["name"] = tool.Name, [field] = "" };
        if (tool.Namespace is not null)
        {
            item["namespace"] = tool.Namespace;
        }

        var (itemId, index) = ((string?)item["id"], _output.Count);
        Event(output, "response.output_item.added", new JsonObject { ["output_index"] = index, ["item"] = item.DeepClone() });
        Event(output, deltas, new JsonObject { ["item_id"] = itemId, ["output_index"] = index, ["delta"] = content });
        Event(output, dones, custom ? new JsonObject { ["item_id"] = itemId, ["output_index"] = index, ["input"] = content } : new JsonObject { ["item_id"] = itemId, ["output_index"] = index, ["name"] = tool.Name, ["arguments"] = content });
        item["status"] = "completed";
        item[field] = content;
        Event(output, "response.output_item.done", new JsonObject { ["output_index"] = index, ["item"] = item.DeepClone() });
        _output.Add(item);
    }

    private static string CustomText(string arguments)
    {
        try
        {
            using var json = JsonDocument.Parse(arguments);
            return json.RootElement.Text(ResponseTools.CustomInput) ?? arguments;
        }
        catch (Exception exception) when (exception is JsonException or RequestException)
        {
            return arguments;
        }
    }

    private static JsonObject Message(string message, string text, string status) =>
        new() { ["id"] = message, ["type"] = "message", ["status"] = status, ["role"] = "assistant", ["content"] = new JsonArray(Text(text)) };

    private static JsonObject Text(string text) => new() { ["type"] = "output_text", ["text"] = text, ["annotations"] = new JsonArray(), ["logprobs"] = new JsonArray() };

    private void Event(IBufferWriter<byte> output, string type, JsonObject json)
    {
        json.Insert(0, "type", type);
        json.Insert(1, "sequence_number", _sequence++);
        output.WriteEvent(type, json.ToText());
    }
}
