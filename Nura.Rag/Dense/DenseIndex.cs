using Nura.Rag.History;
using Nura.Rag.Ranking;

namespace Nura.Rag.Dense;

/// <summary>The places of a corpus' chunks in a <see cref="LatentModel"/>, by blob, so that the next corpus takes over what is the same.</summary>
/// <param name="Model">The model.</param>
/// <param name="Blobs">For each blob the vectors of its chunks one after another, each of length 1.</param>
internal sealed record DenseIndex(LatentModel Model, IReadOnlyDictionary<long, float[]> Blobs)
{
    /// <summary>Moves questions before they are compared, if that helps here.</summary>
    public QueryAdapter? Adapter { get; init; }

    /// <summary>Places a corpus' chunks.</summary>
    /// <param name="model">Learned from this corpus or from an earlier one with the same numbers of terms.</param>
    /// <param name="corpus">The corpus.</param>
    /// <param name="known">Blobs placed by this model before.</param>
    public static DenseIndex Place(LatentModel model, Corpus corpus, IReadOnlyDictionary<long, float[]>? known = null)
    {
        var placed = new Dictionary<long, float[]>();
        foreach (var file in corpus.Files.Where(file => file.Chunks > 0 && !placed.ContainsKey(file.Blob)))
        {
            placed.Add(file.Blob, known is not null && known.TryGetValue(file.Blob, out var vectors) ? vectors : Place(model, corpus.Blobs[file.Blob]));
        }

        return new DenseIndex(model, placed);
    }

    /// <summary>The same with an adapter learned from the corpus' history, if that tells enough.</summary>
    public DenseIndex Adapt(Corpus corpus) => this with { Adapter = QueryAdapter.Learn(Examples(corpus)) };

    private IEnumerable<(float[] Message, float[] Target)> Examples(Corpus corpus)
    {
        foreach (var (subject, files) in HistoryIndex.Telling(corpus))
        {
            var message = DenseLane.Place(new SearchQuery(subject), corpus, Model);
            var target = new float[Model.Dimensions];
            foreach (var file in files)
            {
                QueryAdapter.Aim(target, message, Blobs[file.Blob]);
            }

            yield return (message, target);
        }
    }

    private static float[] Place(LatentModel model, BlobTerms blob)
    {
        var vectors = new float[blob.Chunks * model.Dimensions];
        for (var chunk = 0; chunk < blob.Chunks; chunk++)
        {
            var vector = vectors.AsSpan(chunk * model.Dimensions, model.Dimensions);
            var terms = blob.Terms(chunk);
            var counts = blob.Counts(chunk);
            for (var i = 0; i < terms.Length; i++)
            {
                model.Add(terms[i], counts[i], vector);
            }

            Matrix.Normalize(vector);
        }

        return vectors;
    }
}
