using System.Text.Json;

namespace Nura.Models;

/// <summary>What must be known of an OpenAI body to forward it; everything else passes as it came.</summary>
public sealed class Envelope
{
    private readonly ReadOnlyMemory<byte> _body;
    private int _modelStart;
    private int _modelEnd;
    private int _lastFieldEnd;

    private Envelope(ReadOnlyMemory<byte> body) => _body = body;

    /// <summary>The model asked for; empty if the body names none.</summary>
    public string Model { get; private set; } = "";

    /// <summary>Whether the answer is to be streamed.</summary>
    public bool Stream { get; private set; }

    /// <summary>Whether the caller asks for usage at the end of the stream.</summary>
    public bool IncludeUsage { get; private set; }

    /// <summary>Tokens that the answer may have at most, if the caller says.</summary>
    public long? MaxTokens { get; private set; }

    /// <summary>How many answers are asked for; each may have <see cref="MaxTokens"/>.</summary>
    public long Answers { get; private set; } = 1;

    /// <summary>Whether the body has options for the stream, whichever they are.</summary>
    public bool HasStreamOptions { get; private set; }

    /// <summary>Length of the body in bytes.</summary>
    public int Length => _body.Length;

    /// <summary>The body as it came.</summary>
    public ReadOnlyMemory<byte> Body => _body;

    /// <summary>Reads the outer fields; what stands inside them is skipped.</summary>
    /// <param name="body">UTF-8. Must stay unchanged as long as this is used.</param>
    /// <exception cref="JsonException">It is no JSON object.</exception>
    public static Envelope Read(ReadOnlyMemory<byte> body)
    {
        var envelope = new Envelope(body);
        var json = new Utf8JsonReader(body.Span);
        if (!json.Read() || json.TokenType != JsonTokenType.StartObject)
        {
            throw new JsonException("The body must be a JSON object.");
        }

        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            envelope.ReadField(ref json);
            envelope._lastFieldEnd = (int)json.BytesConsumed;
        }

        while (json.Read())
        {
        }

        return envelope;
    }

    /// <summary>The body with another model, and with usage asked for if it is to be streamed and the caller has said nothing about it.</summary>
    /// <param name="model">The name at the provider.</param>
    public ReadOnlyMemory<byte> For(string model)
    {
        var askForUsage = Stream && !HasStreamOptions;
        if (model == Model && !askForUsage)
        {
            return _body;
        }

        var body = _body.Span;
        var name = JsonSerializer.SerializeToUtf8Bytes(model, ModelsJsonContext.Default.String);
        var extra = askForUsage ? ",\"stream_options\":{\"include_usage\":true}"u8 : default;
        var patched = new byte[body.Length - (_modelEnd - _modelStart) + name.Length + extra.Length];
        var target = patched.AsSpan();
        Put(body[.._modelStart], ref target);
        Put(name, ref target);
        Put(body[_modelEnd.._lastFieldEnd], ref target);
        Put(extra, ref target);
        Put(body[_lastFieldEnd..], ref target);
        return patched;
    }

    private static void Put(ReadOnlySpan<byte> part, ref Span<byte> target)
    {
        part.CopyTo(target);
        target = target[part.Length..];
    }

    private void ReadField(ref Utf8JsonReader json)
    {
        if (json.ValueTextEquals("model"u8))
        {
            json.Read();
            _modelStart = (int)json.TokenStartIndex;
            _modelEnd = (int)json.BytesConsumed;
            Model = json.TokenType == JsonTokenType.String ? json.GetString()! : "";
        }
        else if (json.ValueTextEquals("stream"u8))
        {
            json.Read();
            Stream = json.TokenType == JsonTokenType.True;
        }
        else if (json.ValueTextEquals("max_tokens"u8) || json.ValueTextEquals("max_completion_tokens"u8))
        {
            json.Read();
            MaxTokens = json.TokenType == JsonTokenType.Number && json.TryGetInt64(out var most) && most > 0 ? most : MaxTokens;
        }
        else if (json.ValueTextEquals("n"u8))
        {
            json.Read();
            Answers = json.TokenType == JsonTokenType.Number && json.TryGetInt64(out var answers) && answers > 1 ? answers : 1;
        }
        else if (json.ValueTextEquals("stream_options"u8))
        {
            json.Read();
            HasStreamOptions = json.TokenType != JsonTokenType.Null;
            var depth = json.CurrentDepth;
            while (json.TokenType == JsonTokenType.StartObject || json.CurrentDepth > depth)
            {
                json.Read();
                if (json.TokenType == JsonTokenType.PropertyName && json.ValueTextEquals("include_usage"u8))
                {
                    json.Read();
                    IncludeUsage = json.TokenType == JsonTokenType.True;
                }

                if (json.TokenType == JsonTokenType.EndObject && json.CurrentDepth == depth)
                {
                    break;
                }
            }
        }
        else
        {
            json.Read();
        }

        json.Skip();
    }
}
