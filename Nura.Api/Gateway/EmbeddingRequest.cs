using System.Buffers;
using System.Runtime.InteropServices;
using System.Text.Json;
using Nura.Api.Errors;
using Nura.Api.OpenAi;
using Nura.Models;

namespace Nura.Api.Gateway;

/// <summary>An embedding request (OpenAI API reference, "Create embeddings") for a model whose provider speaks another dialect.</summary>
internal sealed class EmbeddingRequest
{
    private const int MostTexts = 2048;

    private readonly bool _asBase64;

    private EmbeddingRequest(bool asBase64) => _asBase64 = asBase64;

    public required IReadOnlyList<string> Texts { get; init; }

    public int? Dimensions { get; private init; }

    /// <exception cref="RequestException">Something is missing or of the wrong type.</exception>
    public static EmbeddingRequest Read(JsonElement body)
    {
        var format = body.Field("encoding_format", JsonValueKind.String)?.GetString() ?? "float";
        if (format is not ("float" or "base64"))
        {
            throw RequestException.BadParameter("encoding_format", "'encoding_format' must be float or base64.");
        }

        return new EmbeddingRequest(format == "base64")
        {
            Texts = body.Field("input") switch
            {
                { ValueKind: JsonValueKind.String } text => [text.GetString()!],
                { ValueKind: JsonValueKind.Array } texts when texts.GetArrayLength() is > 0 and <= MostTexts && texts.EnumerateArray().All(text => text.ValueKind == JsonValueKind.String) =>
                    [.. texts.EnumerateArray().Select(text => text.GetString()!)],
                _ => throw RequestException.BadParameter("input", $"'input' must be a text or a list of 1 to {MostTexts} texts; this model takes no token numbers."),
            },
            Dimensions = body.Field("dimensions") switch
            {
                null => null,
                { ValueKind: JsonValueKind.Number } number when number.TryGetInt32(out var value) && value > 0 => value,
                _ => throw RequestException.BadParameter("dimensions", "'dimensions' must be a whole number above 0."),
            },
        };
    }

    public ReadOnlyMemory<byte> Answer(string model, Embedded embedded)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartObject();
        json.WriteString("object", "list");
        json.WriteStartArray("data");
        for (var i = 0; i < embedded.Vectors.Count; i++)
        {
            json.WriteStartObject();
            json.WriteString("object", "embedding");
            json.WriteNumber("index", i);
            WriteVector(json, embedded.Vectors[i]);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteString("model", model);
        json.WriteStartObject("usage");
        json.WriteNumber("prompt_tokens", embedded.Tokens);
        json.WriteNumber("total_tokens", embedded.Tokens);
        json.WriteEndObject();
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenMemory;
    }

    private void WriteVector(Utf8JsonWriter json, float[] vector)
    {
        if (_asBase64)
        {
            // Little-endian, as every machine that .NET runs on stores it.
            json.WriteBase64String("embedding", MemoryMarshal.AsBytes(vector.AsSpan()));
            return;
        }

        json.WriteStartArray("embedding");
        foreach (var value in vector)
        {
            json.WriteNumberValue(value);
        }

        json.WriteEndArray();
    }
}
