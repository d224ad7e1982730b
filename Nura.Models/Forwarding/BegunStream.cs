using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Nura.Models;

/// <summary>What of a forwarded stream has reached the caller, so that one that breaks off can be taken up again where it ended: <see cref="AnswerSoFar"/> for bytes.</summary>
/// <param name="request">The request that is being answered.</param>
internal sealed class BegunStream(Envelope request)
{
    private static readonly byte[] s_data = "data:"u8.ToArray();

    private readonly ArrayBufferWriter<byte> _events = new();
    private JsonObject? _first;
    private bool _skipsBlanks;

    /// <summary>Notes events that are given to the caller.</summary>
    public void Note(ReadOnlySpan<byte> events) => _events.Write(events);

    /// <summary>A request that has a model go on from what has been given.</summary>
    /// <returns>The body; <see langword="null"/> if the answer is not text alone so far, has ended, or began with words of the caller.</returns>
    public Envelope? Rest()
    {
        try
        {
            return Request();
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // What a server sends that is no chat completion cannot be handed back.
            return null;
        }
    }

    /// <summary>Makes events of the continuation those of one answer with the events before, and notes them.</summary>
    /// <returns>What to give in their place.</returns>
    public ReadOnlyMemory<byte> Joined(ReadOnlySpan<byte> events)
    {
        var joined = new ArrayBufferWriter<byte>(events.Length);
        foreach (var line in events.Split((byte)'\n'))
        {
            var text = events[line];
            if (Parse(text) is not { } chunk)
            {
                joined.Write(text);
            }
            else
            {
                Join(chunk);
                joined.Write("data: "u8);
                joined.Write(JsonSerializer.SerializeToUtf8Bytes(chunk, ModelsJsonContext.Default.JsonObject));
            }

            if (line.End.Value < events.Length)
            {
                joined.Write("\n"u8);
            }
        }

        Note(joined.WrittenSpan);
        return joined.WrittenMemory;
    }

    private Envelope? Request()
    {
        var text = new StringBuilder();
        var events = _events.WrittenSpan;
        foreach (var line in events.Split((byte)'\n'))
        {
            if (Parse(events[line]) is not { } chunk)
            {
                continue;
            }

            _first ??= chunk;
            if (!Add(chunk, text))
            {
                return null;
            }
        }

        var soFar = text.ToString();
        if (soFar.AsSpan().Trim().IsEmpty
            || JsonNode.Parse(request.Body.Span) is not JsonObject body || body["messages"] is not JsonArray messages
            || (messages is [.., JsonObject last] && (string?)last["role"] == "assistant"))
        {
            return null;
        }

        _skipsBlanks = char.IsWhiteSpace(soFar[^1]);
        // Providers refuse blanks at the end of a last turn.
        messages.Add((JsonNode)new JsonObject { ["role"] = "assistant", ["content"] = soFar.TrimEnd() });
        // vLLM's and SGLang's way to have the last turn gone on with instead of answered.
        body["continue_final_message"] = true;
        body["add_generation_prompt"] = false;
        return Envelope.Read(JsonSerializer.SerializeToUtf8Bytes(body, ModelsJsonContext.Default.JsonObject));
    }

    private void Join(JsonObject chunk)
    {
        chunk["id"] = _first?["id"]?.DeepClone();
        chunk["created"] = _first?["created"]?.DeepClone();
        if (chunk["choices"] is not JsonArray { Count: > 0 } choices || choices[0] is not JsonObject choice || choice["delta"] is not JsonObject delta)
        {
            return;
        }

        // Told already; some clients join what comes twice.
        delta.Remove("role");
        if (_skipsBlanks && delta["content"] is JsonValue content && content.TryGetValue(out string? words))
        {
            // The blanks that were left out of the last turn have been given.
            var rest = words.TrimStart();
            delta["content"] = rest;
            _skipsBlanks = rest.Length == 0;
        }
    }

    private static JsonObject? Parse(ReadOnlySpan<byte> line)
    {
        if (!line.StartsWith(s_data))
        {
            return null;
        }

        try
        {
            return JsonNode.Parse(line[s_data.Length..]) as JsonObject;
        }
        catch (JsonException)
        {
            // "[DONE]", or nothing that anybody understands.
            return null;
        }
    }

    // Whether it is text, and not the end. An error that the server told is the end: the caller has it already.
    private static bool Add(JsonObject chunk, StringBuilder text)
    {
        if (chunk["choices"] is not JsonArray { Count: > 0 } choices)
        {
            return chunk["error"] is null;
        }

        if (choices.Count > 1 || choices[0] is not JsonObject choice || (choice["index"] is JsonValue index && (int)index != 0) || choice["finish_reason"] is not null
            || choice["delta"] is not JsonObject delta || delta.Any(field => field is { Key: not ("role" or "content"), Value: not null }))
        {
            return false;
        }

        text.Append((string?)delta["content"]);
        return true;
    }
}
