using System.Text;
using System.Text.Json;
using Microsoft.Extensions.AI;

namespace Nura.Models;

/// <summary>Turns the chunks of a streamed completion into updates. Pieces of tool calls are collected and handed on whole, at the end.</summary>
internal sealed class OpenAiStreamReader(ModelInfo model)
{
    private readonly SortedDictionary<int, CallPieces> _calls = [];
    private string? _id;
    private DateTimeOffset? _created;
    private ChatFinishReason? _finish;

    /// <summary>One chunk.</summary>
    /// <returns>What it adds, or <see langword="null"/> if nothing yet.</returns>
    /// <exception cref="ModelException">The chunk is an error.</exception>
    /// <exception cref="JsonException">The chunk is no JSON.</exception>
    public ChatResponseUpdate? Read(string data)
    {
        if (data.Length == 0)
        {
            return null;
        }

        using var document = JsonDocument.Parse(data);
        var chunk = document.RootElement;
        if (chunk.ValueKind != JsonValueKind.Object)
        {
            throw UpstreamFailure.Garbage(model);
        }

        if (chunk.TryGetProperty("error", out var error) && error.ValueKind is JsonValueKind.Object or JsonValueKind.String)
        {
            throw OpenAiError.InStream(error, model);
        }

        _id ??= OpenAiResponse.Text(chunk, "id");
        _created ??= OpenAiResponse.Created(chunk);
        var contents = new List<AIContent>();
        if (chunk.TryGetProperty("choices", out var choices) && choices.ValueKind == JsonValueKind.Array && choices.GetArrayLength() > 0)
        {
            ReadChoice(choices[0], contents);
        }

        if (chunk.TryGetProperty("usage", out var usage) && OpenAiResponse.Usage(usage) is { } details)
        {
            contents.Add(new UsageContent(details));
        }

        return contents.Count > 0 ? Update(contents) : null;
    }

    /// <summary>The stream has ended.</summary>
    /// <returns>Tool calls and the reason for the end.</returns>
    /// <exception cref="ModelException">It ended before the answer did.</exception>
    public ChatResponseUpdate? End()
    {
        if (_finish is null)
        {
            throw UpstreamFailure.BrokenOff(model);
        }

        var update = Update([.. _calls.Values.Select(call => ToolJson.Call(
            call.Id ?? OpenAiResponse.NewCallId(), call.Name ?? throw UpstreamFailure.Garbage(model), call.Arguments.ToString()))]);
        update.FinishReason = _finish;
        return update;
    }

    private void ReadChoice(JsonElement choice, List<AIContent> contents)
    {
        _finish = OpenAiResponse.Finish(choice) ?? _finish;
        if (!choice.TryGetProperty("delta", out var delta) || delta.ValueKind != JsonValueKind.Object)
        {
            return;
        }

        if ((OpenAiResponse.Text(delta, "reasoning_content") ?? OpenAiResponse.Text(delta, "reasoning")) is { Length: > 0 } reasoning)
        {
            contents.Add(new TextReasoningContent(reasoning));
        }

        if ((OpenAiResponse.Text(delta, "content") ?? OpenAiResponse.Text(delta, "refusal")) is { Length: > 0 } text)
        {
            contents.Add(new TextContent(text));
        }

        if (delta.TryGetProperty("tool_calls", out var calls) && calls.ValueKind == JsonValueKind.Array)
        {
            foreach (var call in calls.EnumerateArray())
            {
                ReadCall(call);
            }
        }
    }

    private void ReadCall(JsonElement call)
    {
        // Servers that send a call whole often leave the index out; then each piece is a call of its own.
        var index = call.TryGetProperty("index", out var at) && at.ValueKind == JsonValueKind.Number && at.TryGetInt32(out var given) ? given : _calls.Count;
        if (!_calls.TryGetValue(index, out var pieces))
        {
            _calls[index] = pieces = new CallPieces();
        }

        pieces.Id ??= OpenAiResponse.Text(call, "id");
        if (call.TryGetProperty("function", out var function) && function.ValueKind == JsonValueKind.Object)
        {
            pieces.Name ??= OpenAiResponse.Text(function, "name");
            pieces.Arguments.Append(OpenAiResponse.Text(function, "arguments"));
        }
    }

    private ChatResponseUpdate Update(IList<AIContent> contents) => new(ChatRole.Assistant, contents)
    {
        ResponseId = _id,
        MessageId = _id,
        ModelId = model.Id,
        CreatedAt = _created,
    };

    private sealed class CallPieces
    {
        public string? Id { get; set; }

        public string? Name { get; set; }

        public StringBuilder Arguments { get; } = new();
    }
}
