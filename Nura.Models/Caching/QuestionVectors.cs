using System.Text.Json;

namespace Nura.Models;

/// <summary>Turns a question into a vector by the configured embedding model, wherever it runs; accounted for like any call.</summary>
internal sealed class QuestionVectors(Forwarder forwarder, EmbeddingClients clients)
{
    /// <exception cref="ModelException">The model could not be asked, or answered something else.</exception>
    public async Task<float[]> OfAsync(ModelInfo model, string text, Caller caller, CancellationToken cancellationToken)
    {
        if (!forwarder.CanForward(model))
        {
            return (await clients.EmbedAsync(model, [text], null, EmbeddingUse.Query, caller, null, cancellationToken)).Vectors[0];
        }

        var request = JsonSerializer.SerializeToUtf8Bytes(new { model = model.UpstreamName, input = text, encoding_format = "float" });
        await using var answer = await forwarder.SendAsync(model, Operations.Embeddings, Envelope.Read(request), caller, cancellationToken);
        var body = await answer.WholeAsync();
        try
        {
            using var json = JsonDocument.Parse(body);
            return [.. json.RootElement.GetProperty("data")[0].GetProperty("embedding").EnumerateArray().Select(value => value.GetSingle())];
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException or IndexOutOfRangeException)
        {
            throw UpstreamFailure.Garbage(model, exception);
        }
    }
}
