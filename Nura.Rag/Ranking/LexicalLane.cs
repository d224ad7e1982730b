namespace Nura.Rag.Ranking;

/// <summary>BM25 over chunks: words shared with the question, rare ones counting more, and so those that used to tell where a change belongs.</summary>
internal sealed class LexicalLane : IRankingLane
{
    public string Name => "lexical";

    public double Weight => 1;

    public LaneVotes Vote(SearchQuery query, IReadOnlyList<Corpus> corpora)
    {
        var scores = corpora.Select(corpus => LaneVotes.Borrow(corpus.Chunks)).ToArray();
        var total = corpora.Sum(corpus => (long)corpus.LiveChunks);
        var terms = new int[corpora.Count];
        foreach (var (term, times) in query.Terms)
        {
            // A term's rarity is that in everything the caller may see, which makes repositories comparable.
            long frequency = 0;
            for (var i = 0; i < corpora.Count; i++)
            {
                terms[i] = corpora[i].Vocabulary.Find(term);
                frequency += corpora[i].Frequency(terms[i]);
            }

            if (frequency == 0)
            {
                continue;
            }

            var weight = Math.Log(1 + ((total - frequency + 0.5) / (frequency + 0.5))) * times;
            for (var i = 0; i < corpora.Count; i++)
            {
                if (terms[i] >= 0)
                {
                    var told = (float)(weight * corpora[i].Lessons.Weight(terms[i]));
                    Add(corpora[i], terms[i], told, scores[i]);
                    Add(corpora[i].Added, terms[i], told, scores[i]);
                }
            }
        }

        return new LaneVotes(scores, null) { Borrowed = true };
    }

    private static void Add(Corpus? segment, int term, float weight, float[] scores)
    {
        if (segment is null)
        {
            return;
        }

        var (start, length) = segment.Span(term);
        var chunks = segment.PostingChunks.AsSpan(start, length);
        var counts = segment.PostingCounts.AsSpan(start, length);
        var norms = segment.ChunkNorms;
        for (var i = 0; i < chunks.Length; i++)
        {
            scores[chunks[i]] += weight * Bm25.Weight(counts[i], norms[chunks[i] - segment.FirstChunk]);
        }
    }
}
