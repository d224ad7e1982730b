using System.Buffers;
using System.Text.Json;

namespace Nura.Models;

/// <summary>Embeddings of a container on SageMaker, such as bge-m3: Text Embeddings Inference's body, or OpenAI's.</summary>
internal sealed class SageMakerEmbedder(SageMakerHttp sageMaker, TimeProvider time)
{
    /// <summary>Texts in a call: what Text Embeddings Inference takes unless told otherwise.</summary>
    private const int Batch = 32;

    private const int AtOnce = 4;

    public async Task<Embedded> EmbedAsync(ModelInfo model, string wire, IReadOnlyList<string> texts, CancellationToken cancellationToken)
    {
        var vectors = new float[texts.Count][];
        var counted = 0L;
        await Parallel.ForEachAsync(
            Enumerable.Range(0, (texts.Count + Batch - 1) / Batch),
            new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken },
            async (batch, stop) =>
            {
                var part = texts.Skip(batch * Batch).Take(Batch).ToArray();
                var (found, tokens) = await BatchAsync(model, wire, part, stop);
                found.CopyTo(vectors, batch * Batch);
                // Text Embeddings Inference does not count.
                Interlocked.Add(ref counted, tokens ?? part.Sum(text => (long)TokenEstimate.Of(text)));
            });
        return new Embedded(vectors, counted);
    }

    private async Task<(float[][] Vectors, long? Tokens)> BatchAsync(ModelInfo model, string wire, string[] texts, CancellationToken cancellationToken)
    {
        using var patience = new Patience(sageMaker.Timeout, time, cancellationToken);
        try
        {
            using var response = await sageMaker.PostAsync(model, Write(model, wire, texts), stream: false, patience);
            await using var body = await response.Content.ReadAsStreamAsync(patience.Token);
            using var answer = await JsonDocument.ParseAsync(body, cancellationToken: patience.Token);
            var read = Read(answer.RootElement);
            return read.Vectors.Length == texts.Length && read.Vectors.All(vector => vector.Length == model.Dimensions[0]) ? read : throw UpstreamFailure.Garbage(model);
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

    private static ReadOnlyMemory<byte> Write(ModelInfo model, string wire, string[] texts)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartObject();
        if (wire == "openai")
        {
            json.WriteString("model", model.UpstreamName);
        }
        else
        {
            json.WriteBoolean("truncate", true);
        }

        json.WriteStartArray(wire == "openai" ? "input" : "inputs");
        foreach (var text in texts)
        {
            json.WriteStringValue(text);
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenMemory;
    }

    private static (float[][] Vectors, long? Tokens) Read(JsonElement root)
    {
        if (root.ValueKind == JsonValueKind.Array)
        {
            return ([.. root.EnumerateArray().Select(Vector)], null);
        }

        long? tokens = root.TryGetProperty("usage", out var usage) ? usage.GetProperty("prompt_tokens").GetInt64() : null;
        return ([.. root.GetProperty("data").EnumerateArray().OrderBy(entry => entry.GetProperty("index").GetInt32()).Select(entry => Vector(entry.GetProperty("embedding")))], tokens);
    }

    private static float[] Vector(JsonElement array) => [.. array.EnumerateArray().Select(value => value.GetSingle())];
}
