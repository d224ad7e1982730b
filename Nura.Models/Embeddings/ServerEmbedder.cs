using System.Buffers;
using System.Text.Json;

namespace Nura.Models;

/// <summary>Embeddings of an OpenAI-compatible server. Wire format: OpenAI "create embeddings", with numbers as numbers.</summary>
internal sealed class ServerEmbedder(Forwarder forwarder)
{
    /// <summary>Texts in a call: what the smallest servers take unless told otherwise.</summary>
    private const int Batch = 32;

    private const int AtOnce = 4;

    /// <summary>Vectors of texts. Each call is accounted for, and tried again as any that is forwarded.</summary>
    public async Task<Embedded> EmbedAsync(ModelInfo model, IReadOnlyList<string> texts, int? dimensions, Caller caller, Receipt? receipt, CancellationToken cancellationToken)
    {
        var vectors = new float[texts.Count][];
        var counted = 0L;
        var booking = new Lock();
        await Parallel.ForEachAsync(
            Enumerable.Range(0, (texts.Count + Batch - 1) / Batch),
            new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken },
            async (batch, stop) =>
            {
                var part = texts.Skip(batch * Batch).Take(Batch).ToArray();
                await using var answer = await forwarder.SendAsync(model, Operations.Embeddings, Envelope.Read(Write(model, part, dimensions)), caller, stop);
                var (found, tokens) = Read(model, answer.Status, await answer.WholeAsync(), part);
                found.CopyTo(vectors, batch * Batch);
                Interlocked.Add(ref counted, tokens);
                lock (booking)
                {
                    receipt?.Add(answer.Call);
                }
            });
        return new Embedded(vectors, counted);
    }

    private static ReadOnlyMemory<byte> Write(ModelInfo model, string[] texts, int? dimensions)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartObject();
        json.WriteString("model", model.UpstreamName);
        json.WriteStartArray("input");
        foreach (var text in texts)
        {
            json.WriteStringValue(text);
        }

        json.WriteEndArray();
        json.WriteString("encoding_format", "float");
        if (dimensions is { } length)
        {
            json.WriteNumber("dimensions", length);
        }

        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenMemory;
    }

    private static (float[][] Vectors, long Tokens) Read(ModelInfo model, int status, ReadOnlyMemory<byte> body, string[] texts)
    {
        if (status >= 400)
        {
            throw OpenAiError.Of(model, status, body.Span);
        }

        try
        {
            using var json = JsonDocument.Parse(body);
            var root = json.RootElement;
            var vectors = root.GetProperty("data").EnumerateArray().OrderBy(entry => entry.GetProperty("index").GetInt32())
                .Select(entry => entry.GetProperty("embedding").EnumerateArray().Select(value => value.GetSingle()).ToArray()).ToArray();
            var tokens = root.TryGetProperty("usage", out var usage) && usage.TryGetProperty("prompt_tokens", out var counted) ? counted.GetInt64() : texts.Sum(text => (long)TokenEstimate.Of(text));
            return vectors.Length == texts.Length ? (vectors, tokens) : throw UpstreamFailure.Garbage(model);
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw UpstreamFailure.Garbage(model, exception);
        }
    }
}
