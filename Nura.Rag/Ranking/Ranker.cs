namespace Nura.Rag.Ranking;

/// <summary>
/// Mixes lanes and ranks chunks. Each lane is divided by its best file's score and weighted; mixing by rank would let a weak lane spoil
/// a good one (measured: recall of the first ten from 75 % to 64 %).
/// </summary>
internal sealed class Ranker(IEnumerable<IRankingLane> lanes)
{
    // A file counts by its three best chunks.
    private static readonly float[] s_places = [1f, 0.5f, 0.25f];

    // What tests and documents are worth when they were not asked for.
    private const float UnaskedKind = 0.35f;

    // How much of a chunk's place is owed to its file.
    private const float FileShare = 0.5f;

    private readonly IRankingLane[] _lanes = [.. lanes];

    /// <summary>The best chunks.</summary>
    /// <param name="query">The question.</param>
    /// <param name="corpora">What the caller may see.</param>
    /// <param name="accept">Which files may be among them.</param>
    /// <param name="limit">Most chunks.</param>
    public List<RankedChunk> Rank(SearchQuery query, IReadOnlyList<Corpus> corpora, Func<CorpusFile, bool> accept, int limit)
    {
        var votes = _lanes.Select(lane => lane.Score(query, corpora)).ToArray();
        var factors = corpora.Select(corpus => Factors(query, corpus, accept)).ToArray();
        var chunks = corpora.Select(corpus => new float[corpus.Chunks]).ToArray();
        var files = corpora.Select(corpus => new float[corpus.Files.Length]).ToArray();
        for (var lane = 0; lane < _lanes.Length; lane++)
        {
            Mix(corpora, votes[lane], factors, chunks, files, _lanes[lane].Weight);
        }

        var best = new PriorityQueue<(int Corpus, int Chunk), (float Score, int Order)>();
        var order = 0;
        for (var i = 0; i < corpora.Count; i++)
        {
            for (var chunk = 0; chunk < chunks[i].Length; chunk++)
            {
                if (chunks[i][chunk] > 0)
                {
                    // Among equals the earlier one stays: ascending priority puts later ones out first.
                    Offer(best, (i, chunk), (chunks[i][chunk] + (FileShare * files[i][corpora[i].ChunkFile[chunk]]), --order), limit);
                }
            }
        }

        var ranked = new List<RankedChunk>();
        while (best.TryDequeue(out var place, out var priority))
        {
            var corpus = corpora[place.Corpus];
            var file = corpus.Files[corpus.ChunkFile[place.Chunk]];
            var voters = _lanes.Where((_, lane) => votes[lane][place.Corpus][place.Chunk] > 0).Select(lane => lane.Name).ToList();
            ranked.Add(new RankedChunk(corpus, file, place.Chunk - file.FirstChunk, priority.Score, voters));
        }

        ranked.Reverse();
        return ranked;
    }

    private static float[] Factors(SearchQuery query, Corpus corpus, Func<CorpusFile, bool> accept) =>
        Array.ConvertAll(corpus.Files, file => !accept(file) ? 0 : query.Wants(file.Kind) ? 1 : UnaskedKind);

    private static void Mix(
        IReadOnlyList<Corpus> corpora, IReadOnlyList<float[]> votes, float[][] factors, float[][] chunks, float[][] files, double weight)
    {
        var fileVotes = corpora.Select((corpus, i) => FileVotes(corpus, votes[i], factors[i])).ToArray();
        var best = fileVotes.Max(scores => scores.Length == 0 ? 0 : scores.Max());
        if (best <= 0)
        {
            return;
        }

        var scale = (float)weight / best;
        for (var i = 0; i < corpora.Count; i++)
        {
            for (var file = 0; file < files[i].Length; file++)
            {
                files[i][file] += scale * fileVotes[i][file];
            }

            for (var chunk = 0; chunk < chunks[i].Length; chunk++)
            {
                chunks[i][chunk] += scale * votes[i][chunk] * factors[i][corpora[i].ChunkFile[chunk]];
            }
        }
    }

    private static float[] FileVotes(Corpus corpus, float[] votes, float[] factors)
    {
        var scores = new float[corpus.Files.Length];
        Span<float> top = stackalloc float[s_places.Length];
        for (var f = 0; f < scores.Length; f++)
        {
            top.Clear();
            foreach (var vote in votes.AsSpan(corpus.Files[f].FirstChunk, corpus.Files[f].Chunks))
            {
                Insert(top, vote);
            }

            for (var place = 0; place < top.Length; place++)
            {
                scores[f] += top[place] * s_places[place];
            }

            scores[f] *= factors[f];
        }

        return scores;
    }

    private static void Insert(Span<float> top, float vote)
    {
        for (var place = 0; place < top.Length && vote > 0; place++)
        {
            if (vote > top[place])
            {
                (top[place], vote) = (vote, top[place]);
            }
        }
    }

    private static void Offer(
        PriorityQueue<(int Corpus, int Chunk), (float Score, int Order)> best, (int Corpus, int Chunk) place, (float Score, int Order) priority, int limit)
    {
        if (best.Count < limit)
        {
            best.Enqueue(place, priority);
        }
        else if (best.TryPeek(out _, out var worst) && priority.CompareTo(worst) > 0)
        {
            best.DequeueEnqueue(place, priority);
        }
    }
}
