using System.Buffers;
using System.Globalization;
using System.Text.Json;

namespace Nura.Models;

/// <summary>Embeddings of Amazon Titan and Cohere through Bedrock's InvokeModel. Bodies: Amazon Bedrock user guide, "Inference request parameters".</summary>
internal sealed class BedrockEmbedder(BedrockHttp bedrock, TimeProvider time)
{
    /// <summary>Titan takes one text a call; so many are under way at once.</summary>
    private const int AtOnce = 8;

    /// <summary>Most texts in a call to Cohere.</summary>
    private const int CohereBatch = 96;

    public async Task<Embedded> EmbedAsync(ModelInfo model, string wire, IReadOnlyList<string> texts, int? dimensions, EmbeddingUse use, CancellationToken cancellationToken)
    {
        var size = wire.StartsWith("titan", StringComparison.Ordinal) ? 1 : CohereBatch;
        var vectors = new float[texts.Count][];
        var tokens = 0L;
        await Parallel.ForEachAsync(
            Enumerable.Range(0, (texts.Count + size - 1) / size),
            new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken },
            async (batch, stop) =>
            {
                var (first, count) = (batch * size, Math.Min(size, texts.Count - (batch * size)));
                var part = await BatchAsync(model, wire, [.. texts.Skip(first).Take(count)], dimensions, use, stop);
                for (var i = 0; i < count; i++)
                {
                    vectors[first + i] = part.Vectors[i];
                }

                Interlocked.Add(ref tokens, part.Tokens);
            });
        return new Embedded(vectors, tokens);
    }

    private async Task<Embedded> BatchAsync(ModelInfo model, string wire, string[] texts, int? dimensions, EmbeddingUse use, CancellationToken cancellationToken)
    {
        using var patience = new Patience(bedrock.Timeout, time, cancellationToken);
        try
        {
            using var response = await bedrock.PostAsync(model, "invoke", Write(wire, texts, dimensions, use), patience);
            await using var body = await response.Content.ReadAsStreamAsync(patience.Token);
            using var answer = await JsonDocument.ParseAsync(body, cancellationToken: patience.Token);
            var embedded = Read(answer.RootElement, response, texts);
            return embedded.Vectors.Count == texts.Length ? embedded : throw UpstreamFailure.Garbage(model);
        }
        catch (Exception exception) when (exception is KeyNotFoundException or InvalidOperationException)
        {
            throw UpstreamFailure.Garbage(model, exception);
        }
        catch (Exception exception) when (UpstreamFailure.Of(exception, model, patience) is { } failure)
        {
            throw failure;
        }
    }

    private static ReadOnlyMemory<byte> Write(string wire, string[] texts, int? dimensions, EmbeddingUse use)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartObject();
        if (wire.StartsWith("titan", StringComparison.Ordinal))
        {
            json.WriteString("inputText", texts[0]);
            if (wire == "titan2")
            {
                json.WriteNumber("dimensions", dimensions ?? 1024);
                json.WriteBoolean("normalize", true);
            }
        }
        else
        {
            json.WriteStartArray("texts");
            foreach (var text in texts)
            {
                json.WriteStringValue(text);
            }

            json.WriteEndArray();
            json.WriteString("input_type", use == EmbeddingUse.Query ? "search_query" : "search_document");
            json.WriteString("truncate", "END");
            if (wire == "cohere4")
            {
                json.WriteNumber("output_dimension", dimensions ?? 1536);
                json.WriteStartArray("embedding_types");
                json.WriteStringValue("float");
                json.WriteEndArray();
            }
        }

        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenMemory;
    }

    private static Embedded Read(JsonElement root, HttpResponseMessage response, string[] texts)
    {
        if (root.TryGetProperty("embedding", out var single))
        {
            return new Embedded([Vector(single)], root.GetProperty("inputTextTokenCount").GetInt64());
        }

        var embeddings = root.GetProperty("embeddings");
        var list = embeddings.ValueKind == JsonValueKind.Object ? embeddings.GetProperty("float") : embeddings;
        // Cohere counts in a header.
        var counted = response.Headers.TryGetValues("X-Amzn-Bedrock-Input-Token-Count", out var values)
            && long.TryParse(values.First(), NumberStyles.None, CultureInfo.InvariantCulture, out var count) ? count : texts.Sum(text => (long)TokenEstimate.Of(text));
        return new Embedded([.. list.EnumerateArray().Select(Vector)], counted);
    }

    private static float[] Vector(JsonElement array) => [.. array.EnumerateArray().Select(value => value.GetSingle())];
}
