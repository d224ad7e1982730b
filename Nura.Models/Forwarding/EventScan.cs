using System.Text.Json;

namespace Nura.Models;

/// <summary>Finds in an answer of OpenAI's shape what forwarding must know, without reading the rest.</summary>
/// <remarks>Inside a text quotes and line ends are escaped: a name in quotes before a colon is a field, and what begins a line is no part of an answer's words.</remarks>
internal static class EventScan
{
    private static ReadOnlySpan<byte> Blanks => " \t\r\n"u8;

    /// <summary>The last value of a field that begins with a certain byte.</summary>
    /// <param name="json">JSON, or events that hold JSON.</param>
    /// <param name="name">The field's name, in quotes.</param>
    /// <param name="begin">What the value begins with, such as <c>{</c>; others are passed over.</param>
    /// <returns>Everything from the value on; empty if there is none.</returns>
    public static ReadOnlySpan<byte> LastValue(ReadOnlySpan<byte> json, ReadOnlySpan<byte> name, byte begin)
    {
        for (var end = json.Length; json[..end].LastIndexOf(name) is >= 0 and var at; end = at)
        {
            var colon = json[(at + name.Length)..].TrimStart(Blanks);
            if (colon is [(byte)':', ..] && colon[1..].TrimStart(Blanks) is [var first, ..] value && first == begin)
            {
                return value;
            }
        }

        return default;
    }

    /// <summary>Whether events tell that the answer is complete.</summary>
    /// <param name="events">Complete events.</param>
    public static bool IsEnd(ReadOnlySpan<byte> events) => LastValue(events, "\"finish_reason\""u8, (byte)'"') is [_, not (byte)'"', ..] || IsDone(events);

    /// <summary>Whether a chunk brings nothing of an answer: such a one brings usage alone.</summary>
    /// <param name="chunk">One event.</param>
    public static bool HasNoChoices(ReadOnlySpan<byte> chunk) => LastValue(chunk, "\"choices\""u8, (byte)'[') is [_, .. var rest] && rest.TrimStart(Blanks) is [(byte)']', ..];

    /// <summary>Where the last of the complete events ends; 0 if none is complete.</summary>
    /// <param name="bytes">Events as they come; lines end with LF or CRLF.</param>
    public static int LastEnd(ReadOnlySpan<byte> bytes)
    {
        var lf = bytes.LastIndexOf("\n\n"u8) + 2;
        var start = lf < 2 ? 0 : lf;
        return bytes[start..].LastIndexOf("\r\n\r\n"u8) is >= 0 and var crlf ? start + crlf + 4 : start;
    }

    /// <summary>Where the first event ends; 0 if it is not complete.</summary>
    /// <param name="bytes">Events as they come.</param>
    public static int FirstEnd(ReadOnlySpan<byte> bytes)
    {
        var lf = bytes.IndexOf("\n\n"u8) + 2;
        var until = lf < 2 ? bytes.Length : lf;
        return bytes[..until].IndexOf("\r\n\r\n"u8) is >= 0 and var crlf ? crlf + 4 : lf < 2 ? 0 : lf;
    }

    /// <summary>Everything to the end of the first line that brings data: comments, which keep connections open, bring none.</summary>
    /// <param name="events">Complete events.</param>
    /// <returns>The lines; empty if none brings data.</returns>
    public static ReadOnlySpan<byte> ToFirstData(ReadOnlySpan<byte> events)
    {
        var start = events.StartsWith("data:"u8) ? 0 : events.IndexOf("\ndata:"u8) is >= 0 and var before ? before + 1 : events.Length;
        return start == events.Length ? default : events[..(start + events[start..].IndexOf((byte)'\n') + 1)];
    }

    /// <summary>The failure that events tell, if they do.</summary>
    /// <param name="events">Complete lines.</param>
    public static JsonElement? Error(ReadOnlySpan<byte> events)
    {
        for (var rest = events; rest.IndexOf("\"error\""u8) is >= 0 and var at;)
        {
            var start = rest[..at].LastIndexOf((byte)'\n') + 1;
            var end = rest[at..].IndexOf((byte)'\n') is >= 0 and var length ? at + length : rest.Length;
            if (rest[start..end] is var line && line.StartsWith("data:"u8) && ErrorOf(line[5..]) is { } error)
            {
                return error;
            }

            rest = rest[end..];
        }

        return null;
    }

    /// <summary>The failure that a whole answer or a chunk tells, if it does.</summary>
    /// <param name="json">One JSON object.</param>
    public static JsonElement? ErrorOf(ReadOnlySpan<byte> json)
    {
        try
        {
            var reader = new Utf8JsonReader(json);
            var chunk = JsonElement.ParseValue(ref reader);
            return chunk.ValueKind == JsonValueKind.Object && chunk.TryGetProperty("error", out var error) && error.ValueKind is JsonValueKind.Object or JsonValueKind.String ? error : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static bool IsDone(ReadOnlySpan<byte> events)
    {
        // Nothing follows it, so of several the last is the one.
        var at = events.LastIndexOf("[DONE]"u8);
        var before = at < 0 ? default : events[..at].TrimEnd((byte)' ');
        return before.EndsWith("data:"u8) && before[..^5] is [] or [.., (byte)'\n'];
    }
}
