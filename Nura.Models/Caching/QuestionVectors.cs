namespace Nura.Models;

/// <summary>Turns a question into a vector by the configured embedding model, wherever it runs; accounted for like any call.</summary>
internal sealed class QuestionVectors(EmbeddingClients clients)
{
    /// <exception cref="ModelException">The model could not be asked, or answered something else.</exception>
    public async Task<float[]> OfAsync(ModelInfo model, string text, Caller caller, CancellationToken cancellationToken) =>
        (await clients.EmbedAsync(model, [text], null, EmbeddingUse.Query, caller, null, cancellationToken)).Vectors[0];
}
