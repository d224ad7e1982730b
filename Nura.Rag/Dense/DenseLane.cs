using Nura.Rag.Ranking;

namespace Nura.Rag.Dense;

/// <summary>
/// Chunks that lie near the question in what was learned from the repository's words. It counts only where self-evaluation found that it
/// helps: measured over six repositories it is good alone, and beside the other lanes it helps some and harms others.
/// </summary>
internal sealed class DenseLane : IRankingLane
{
    /// <summary>As <see cref="Name"/>.</summary>
    public const string LaneName = "dense";

    // Everything has some likeness with everything; far from the best it means nothing.
    private const float LeastShare = 0.5f;

    public string Name => LaneName;

    public double Weight => 0;

    public LaneVotes Vote(SearchQuery query, IReadOnlyList<Corpus> corpora)
    {
        if (!corpora.Any(Counts))
        {
            return new LaneVotes(null, null);
        }

        var votes = corpora.Select(corpus => LaneVotes.Borrow(corpus.Chunks)).ToArray();
        var best = 0f;
        for (var i = 0; i < corpora.Count; i++)
        {
            if (Counts(corpora[i]))
            {
                best = Math.Max(best, Compare(query, corpora[i], corpora[i].Dense!, votes[i]));
            }
        }

        foreach (var chunks in votes)
        {
            foreach (ref var vote in chunks.AsSpan())
            {
                vote = vote >= best * LeastShare ? vote : 0;
            }
        }

        return new LaneVotes(votes, null) { Borrowed = true };
    }

    /// <summary>Where a question lies.</summary>
    public static float[] Place(SearchQuery query, Corpus corpus, LatentModel model)
    {
        var vector = new float[model.Dimensions];
        foreach (var (term, weight) in query.Terms)
        {
            model.Add(corpus.Vocabulary.Find(term), 1, vector, (float)(weight * corpus.Lessons.Weight(corpus.Vocabulary.Find(term))));
        }

        Matrix.Normalize(vector);
        return vector;
    }

    private bool Counts(Corpus corpus) => corpus.Dense is not null && corpus.Weights.Of(this) > 0;

    private static float Compare(SearchQuery query, Corpus corpus, DenseIndex dense, float[] votes)
    {
        var model = dense.Model;
        var vector = Place(query, corpus, model);
        vector = dense.Adapter?.Moved(vector) ?? vector;
        var best = 0f;
        foreach (var file in corpus.Files.Where(file => file.Chunks > 0))
        {
            var vectors = dense.Blobs[file.Blob];
            for (var chunk = 0; chunk < file.Chunks; chunk++)
            {
                var vote = Math.Max(0, Matrix.Dot(vector, vectors.AsSpan(chunk * model.Dimensions, model.Dimensions)));
                votes[file.FirstChunk + chunk] = vote;
                best = Math.Max(best, vote);
            }
        }

        return best;
    }
}
