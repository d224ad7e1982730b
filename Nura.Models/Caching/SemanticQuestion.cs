using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Nura.Models;

/// <summary>The last question of a chat request, and a guard over everything else in it: dialect, model, parameters, tools, system prompt, earlier turns.</summary>
/// <param name="Text">The question.</param>
/// <param name="Guard">SHA-256; two requests with the same guard differ in nothing but the question.</param>
internal sealed record SemanticQuestion(string Text, byte[] Guard)
{
    /// <summary>A long question is usually about what it quotes, where one changed line changes the answer and hardly the vector.</summary>
    private const int MostCharacters = 1_000;

    /// <summary>Reads a request.</summary>
    /// <param name="model">The model that is to answer.</param>
    /// <param name="comparedBy">The embedding model; vectors of another cannot be compared.</param>
    /// <param name="operation">What is asked for, in which dialect.</param>
    /// <param name="body">A chat completion request, or one for messages.</param>
    /// <returns><see langword="null"/> if it does not end with a short question in words, or is part of a tool loop.</returns>
    public static SemanticQuestion? Of(ModelInfo model, ModelInfo comparedBy, string operation, ReadOnlySpan<byte> body)
    {
        if (Find(body) is not { } place)
        {
            return null;
        }

        var text = JsonSerializer.Deserialize(body[place], ModelsJsonContext.Default.String)!;
        if (text.Length > MostCharacters || string.IsNullOrWhiteSpace(text))
        {
            return null;
        }

        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes($"{model.Id}\n{comparedBy.Id}\n{operation}\n{place.Start.Value}\n"));
        hash.AppendData(body[..place.Start]);
        hash.AppendData(body[place.End..]);
        return new SemanticQuestion(text, hash.GetHashAndReset());
    }

    /// <summary>Whether an answer may be given again: it ended by itself and calls no tool.</summary>
    /// <param name="answer">A chat completion or a message, or all events of one.</param>
    public static bool CanAnswer(ReadOnlySpan<byte> answer)
    {
        // Inside a text quotes are escaped, so these are fields.
        var chat = Values(answer, "\"finish_reason\""u8, "\"stop\""u8);
        var message = Values(answer, "\"stop_reason\""u8, "\"end_turn\""u8);
        var calls = Values(answer, "\"tool_calls\""u8, "null"u8);
        return (chat.Any || message.Any) && !(chat.Other || message.Other || calls.Other);
    }

    /// <summary>Whether a field has a value anywhere, and whether it has another one; <c>null</c> is no value.</summary>
    private static (bool Any, bool Other) Values(ReadOnlySpan<byte> answer, ReadOnlySpan<byte> field, ReadOnlySpan<byte> value)
    {
        var (any, other) = (false, false);
        for (var rest = answer; rest.IndexOf(field) is >= 0 and var at;)
        {
            rest = rest[(at + field.Length)..].TrimStart(": \t\r\n"u8);
            any |= rest.StartsWith(value);
            other |= !rest.StartsWith(value) && !rest.StartsWith("null"u8);
        }

        return (any, other);
    }

    /// <summary>Where the content of the last message stands, with its quotes.</summary>
    private static Range? Find(ReadOnlySpan<byte> body)
    {
        var json = new Utf8JsonReader(body);
        Range? messages = null;
        json.Read();
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            var isMessages = json.ValueTextEquals("messages"u8);
            json.Read();
            var start = (int)json.TokenStartIndex;
            json.Skip();
            messages = isMessages ? start..(int)json.BytesConsumed : messages;
        }

        if (messages is not { } list || body[list.Start.Value] != '[')
        {
            return null;
        }

        // Of messages in Anthropic's dialect; inside a text quotes are escaped.
        if (body[list].IndexOf("\"tool_use\""u8) >= 0 || body[list].IndexOf("\"tool_result\""u8) >= 0)
        {
            return null;
        }

        Range? last = null;
        var reader = new Utf8JsonReader(body[list]);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.StartObject)
        {
            if (!Message(ref reader, list.Start.Value, out last))
            {
                return null;
            }
        }

        return last;
    }

    /// <summary>Reads a message.</summary>
    /// <param name="json">At its beginning; then at its end.</param>
    /// <param name="offset">Of the list in the body.</param>
    /// <param name="content">Its place, if it is a user's and a text.</param>
    /// <returns>Whether it has nothing to do with tools.</returns>
    private static bool Message(ref Utf8JsonReader json, int offset, out Range? content)
    {
        var (isUser, isTool, place) = (false, false, (Range?)null);
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            if (json.ValueTextEquals("role"u8))
            {
                json.Read();
                isUser = json.TokenType == JsonTokenType.String && json.ValueTextEquals("user"u8);
                isTool |= json.TokenType == JsonTokenType.String && (json.ValueTextEquals("tool"u8) || json.ValueTextEquals("function"u8));
            }
            else if (json.ValueTextEquals("content"u8))
            {
                json.Read();
                place = json.TokenType == JsonTokenType.String ? (offset + (int)json.TokenStartIndex)..(offset + (int)json.BytesConsumed) : null;
            }
            else
            {
                var isCall = json.ValueTextEquals("tool_calls"u8) || json.ValueTextEquals("function_call"u8);
                json.Read();
                isTool |= isCall && json.TokenType != JsonTokenType.Null;
            }

            json.Skip();
        }

        content = isUser ? place : null;
        return !isTool;
    }
}
