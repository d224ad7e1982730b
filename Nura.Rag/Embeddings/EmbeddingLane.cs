using Nura.Rag.Ranking;

namespace Nura.Rag.Embeddings;

/// <summary>Chunks that the configured model finds like the question. What lies nearest was looked up before.</summary>
internal sealed class EmbeddingLane : IRankingLane
{
    /// <summary>As <see cref="Name"/>.</summary>
    public const string LaneName = "embedding";

    public string Name => LaneName;

    // Until self-evaluation says otherwise. Measured: with this weight not even a bad lane costs anything.
    public double Weight => 0.3;

    public LaneVotes Vote(SearchQuery query, IReadOnlyList<Corpus> corpora)
    {
        var near = corpora.SelectMany((corpus, i) => Weighs(corpus) && query.Near.ByRepository.TryGetValue(corpus.Repository, out var chunks) ? Place(corpus, i, chunks) : [])
            .OrderByDescending(place => place.Likeness).Take(NearestChunks.Most).ToList();
        if (near.Count == 0)
        {
            return new LaneVotes(null, null);
        }

        // Everything has some likeness with everything, and models differ in how much. That of the last one says nothing, as that of all behind it.
        var (best, least) = (near[0].Likeness, near[^1].Likeness);
        var votes = corpora.Select(corpus => LaneVotes.Borrow(corpus.Chunks)).ToArray();
        foreach (var (corpus, chunk, likeness) in near)
        {
            votes[corpus][chunk] = best > least ? (likeness - least) / (best - least) : 1;
        }

        return new LaneVotes(votes, null) { Borrowed = true };
    }

    /// <summary>Whether it counts in a repository at all.</summary>
    public bool Weighs(Corpus corpus) => corpus.Weights.Of(this) > 0;

    // Where they stand in the corpus; what is of another ref, or gone, is in none of its files.
    private static IEnumerable<(int Corpus, int Chunk, float Likeness)> Place(Corpus corpus, int index, IReadOnlyList<NearChunk> chunks)
    {
        var wanted = chunks.ToLookup(chunk => chunk.Blob);
        foreach (var file in corpus.Files)
        {
            foreach (var chunk in file.Chunks > 0 ? wanted[file.Blob] : [])
            {
                if (chunk.Ordinal < file.Chunks)
                {
                    yield return (index, file.FirstChunk + chunk.Ordinal, chunk.Likeness);
                }
            }
        }
    }
}
