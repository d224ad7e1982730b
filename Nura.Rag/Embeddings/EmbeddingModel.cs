using Microsoft.Extensions.Options;
using Nura.Models;
using Nura.Rag.Search;
using Nura.ServiceDefaults.Text;

namespace Nura.Rag.Embeddings;

/// <summary>The configured model that turns pieces of files and questions into vectors.</summary>
internal sealed class EmbeddingModel(IOptions<RagOptions> options, ModelCatalog catalog, EmbeddingClients clients, SearchCaller caller)
{
    /// <summary>Most numbers of a vector: what pgvector can index of half precision, less the rest of a row.</summary>
    private const int MostDimensions = 3900;

    private static readonly Caller s_indexing = new(Agent: "index");

    /// <summary>Whether one is configured.</summary>
    public bool IsConfigured => options.Value.EmbeddingModel is { Length: > 0 };

    /// <summary>The model, or what replaces it since its end; <see langword="null"/> if none is configured or the catalog lost it.</summary>
    public ModelInfo? Info => IsConfigured && catalog.Find(options.Value.EmbeddingModel!) is { Kind: ModelKind.Embedding } named ? catalog.Current(named) : null;

    /// <summary>Vectors of texts, each of length 1, in the texts' order.</summary>
    /// <param name="model">The model; see <see cref="Info"/>.</param>
    /// <param name="texts">1 to 2,048 texts; each is cut to what the model surely takes.</param>
    /// <param name="use">Whether they are to be found, or to find with.</param>
    /// <param name="cancellationToken">Stops the calls.</param>
    /// <exception cref="ModelException">The model could not be asked, refused, or answered no usable vectors.</exception>
    public async Task<IReadOnlyList<float[]>> EmbedAsync(ModelInfo model, IReadOnlyList<string> texts, EmbeddingUse use, CancellationToken cancellationToken)
    {
        // A token of code has seldom fewer than two characters.
        var most = Math.Max(500, model.Context * 2);
        var cut = texts.Select(text => text.AtMost(most)).ToArray();
        var embedded = await clients.EmbedAsync(model, cut, null, use, use == EmbeddingUse.Query ? caller.Current : s_indexing, null, cancellationToken);
        foreach (var vector in embedded.Vectors)
        {
            if (vector.Length is 0 or > MostDimensions || vector.Length != embedded.Vectors[0].Length || vector.AsSpan().ContainsAny(float.NaN, float.PositiveInfinity, float.NegativeInfinity))
            {
                throw new ModelException($"'{model.Id}' answered vectors that cannot be used: each must have the same 1 to {MostDimensions:N0} finite numbers.", 502, isRetryable: false);
            }

            Dense.Matrix.Normalize(vector);
        }

        return embedded.Vectors;
    }
}
