using System.Text;
using System.Text.Json;
using Microsoft.Extensions.AI;

namespace Nura.Models;

/// <summary>Turns the events of ConverseStream into updates. Tool calls are handed on whole.</summary>
internal sealed class ConverseStreamReader(ModelInfo model, ToolNames names, string? requestId, DateTimeOffset created)
{
    private readonly SortedDictionary<int, (string Id, string Name, StringBuilder Input)> _calls = [];
    private ChatFinishReason? _finish;

    /// <summary>Whether the answer itself has ended; its usage may still come.</summary>
    public bool IsComplete => _finish is not null;

    /// <summary>One event.</summary>
    /// <exception cref="ModelException">It is an exception.</exception>
    /// <exception cref="JsonException">Its body is no JSON.</exception>
    public ChatResponseUpdate? Read(in EventFrame frame)
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
                return Delta(delta, Index(root)) is { } content ? Update([content]) : null;
            case "messageStop":
                _finish = ConverseResponse.Finish(OpenAiResponse.Text(root, "stopReason"));
                return null;
            case "metadata" when root.TryGetProperty("usage", out var usage):
                return Update([new UsageContent(ConverseResponse.Usage(usage))]);
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

        var update = Update([.. _calls.Values.Select(call => ToolJson.Call(call.Id, call.Name, call.Input.ToString()))]);
        update.FinishReason = _finish;
        return update;
    }

    private AIContent? Delta(JsonElement delta, int index)
    {
        if (delta.TryGetProperty("text", out var text))
        {
            return text.GetString() is { Length: > 0 } value ? new TextContent(value) : null;
        }

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

    private ChatResponseUpdate Update(IList<AIContent> contents) => new(ChatRole.Assistant, contents)
    {
        ResponseId = requestId,
        MessageId = requestId,
        ModelId = model.Id,
        CreatedAt = created,
    };
}
