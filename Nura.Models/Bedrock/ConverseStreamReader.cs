using System.Buffers;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.AI;

namespace Nura.Models;

/// <summary>Turns the events of ConverseStream into updates. Tool calls are handed on whole; pieces of text that came together are handed on together.</summary>
internal sealed class ConverseStreamReader(ModelInfo model, ToolNames names, string? requestId, DateTimeOffset created)
{
    private readonly SortedDictionary<int, (string Id, string Name, StringBuilder Input)> _calls = [];
    private readonly ArrayBufferWriter<char> _text = new();
    private ChatFinishReason? _finish;
    private EventFrame? _next;

    /// <summary>What the last step brought, if anything.</summary>
    public ChatResponseUpdate? Update { get; private set; }

    /// <summary>Waits for an event, and takes with it the texts that are here already.</summary>
    /// <returns>Whether there was one; <see langword="false"/> at the end of the stream.</returns>
    /// <exception cref="ModelException">It is an exception.</exception>
    /// <exception cref="JsonException">Its body is no JSON.</exception>
    /// <exception cref="InvalidDataException">The stream is broken.</exception>
    public async Task<bool> NextAsync(EventStreamReader frames, Patience patience)
    {
        Update = null;
        if ((_next ?? await frames.NextAsync(patience.Token)) is not { } frame)
        {
            return false;
        }

        patience.Renew();
        _next = null;
        if (!TryText(frame))
        {
            Update = Read(frame);
            return true;
        }

        try
        {
            while (frames.TryNext(out var more))
            {
                if (!TryText(more))
                {
                    _next = more;
                    break;
                }
            }
        }
        catch (InvalidDataException)
        {
            // What came before the broken event is delivered first; the reader stays where it is and fails again.
        }

        Update = With([new TextContent(_text.WrittenSpan.ToString())]);
        _text.ResetWrittenCount();
        return true;
    }

    /// <summary>Nearly every event is a piece of text: <c>{"contentBlockIndex":0,"delta":{"text":"..."}}</c>. It is read without building a document.</summary>
    private bool TryText(in EventFrame frame)
    {
        if (frame.Type != "contentBlockDelta")
        {
            return false;
        }

        var json = new Utf8JsonReader(frame.Payload.Span);
        try
        {
            while (json.Read())
            {
                if (json.TokenType == JsonTokenType.PropertyName && json.CurrentDepth == 2 && json.ValueTextEquals("text"u8) && json.Read() && json.TokenType == JsonTokenType.String)
                {
                    // A character takes one byte at least.
                    _text.Advance(json.CopyString(_text.GetSpan(json.ValueSpan.Length)));
                    return true;
                }
            }
        }
        catch (JsonException)
        {
            // Read says what is wrong with it.
        }

        return false;
    }

    private ChatResponseUpdate? Read(in EventFrame frame)
    {
        if (frame.MessageType != "event")
        {
            throw BedrockError.InStream(frame, model);
        }

        using var document = JsonDocument.Parse(frame.Payload);
        var root = document.RootElement;
        switch (frame.Type)
        {
            case "contentBlockStart" when root.TryGetProperty("start", out var start) && start.TryGetProperty("toolUse", out var use):
                _calls[Index(root)] = (OpenAiResponse.Text(use, "toolUseId") ?? OpenAiResponse.NewCallId(), names.FromWire(OpenAiResponse.Text(use, "name") ?? ""), new StringBuilder());
                return null;
            case "contentBlockDelta" when root.TryGetProperty("delta", out var delta):
                return Delta(delta, Index(root)) is { } content ? With([content]) : null;
            case "messageStop":
                _finish = ConverseResponse.Finish(OpenAiResponse.Text(root, "stopReason"));
                return null;
            case "metadata" when root.TryGetProperty("usage", out var usage):
                return With([new UsageContent(ConverseResponse.Usage(usage))]);
            default:
                return null;
        }
    }

    /// <summary>The stream has ended.</summary>
    /// <exception cref="ModelException">It ended before the answer did.</exception>
    public ChatResponseUpdate End()
    {
        if (_finish is null)
        {
            throw UpstreamFailure.BrokenOff(model);
        }

        var update = With([.. _calls.Values.Select(call => ToolJson.Call(call.Id, call.Name, call.Input.ToString()))]);
        update.FinishReason = _finish;
        return update;
    }

    private TextReasoningContent? Delta(JsonElement delta, int index)
    {
        if (delta.TryGetProperty("toolUse", out var use))
        {
            if (_calls.TryGetValue(index, out var call))
            {
                call.Input.Append(OpenAiResponse.Text(use, "input"));
            }

            return null;
        }

        return delta.TryGetProperty("reasoningContent", out var thinking)
            ? new TextReasoningContent(OpenAiResponse.Text(thinking, "text")) { ProtectedData = OpenAiResponse.Text(thinking, "signature") }
            : null;
    }

    private static int Index(JsonElement root) => root.TryGetProperty("contentBlockIndex", out var index) && index.TryGetInt32(out var value) ? value : 0;

    private ChatResponseUpdate With(IList<AIContent> contents) => new(ChatRole.Assistant, contents)
    {
        ResponseId = requestId,
        MessageId = requestId,
        ModelId = model.Id,
        CreatedAt = created,
    };
}
