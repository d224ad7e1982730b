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
        var votes = new List<LaneVotes>();
        var chunks = corpora.Select(corpus => LaneVotes.Borrow(corpus.Chunks)).ToArray();
        try
        {
            votes.AddRange(_lanes.Select(lane => Living(lane.Vote(query, corpora), corpora)));
            return Rank(query, corpora, votes, chunks, accept, limit);
        }
        finally
        {
            votes.ForEach(vote => vote.Dispose());
            LaneVotes.Return(chunks);
        }
    }

    private List<RankedChunk> Rank(
        SearchQuery query, IReadOnlyList<Corpus> corpora, List<LaneVotes> votes, float[][] chunks, Func<CorpusFile, bool> accept, int limit)
    {
        var factors = corpora.Select(corpus => Factors(query, corpus, accept)).ToArray();
        var files = corpora.Select(corpus => new float[corpus.Files.Length]).ToArray();
        var weights = _lanes.Select(lane => corpora.Select(corpus => (float)corpus.Weights.Of(lane)).ToArray()).ToArray();
        var mixed = _lanes.Select((_, i) => Mix(corpora, votes[i], factors, chunks, files, weights[i])).ToArray();

        var best = Best(corpora, chunks, files, limit);
        var ranked = new List<RankedChunk>();
        while (best.TryDequeue(out var place, out var priority))
        {
            var corpus = corpora[place.Corpus];
            var file = corpus.ChunkFile[place.Chunk];
            var factor = factors[place.Corpus][file];
            var shares = _lanes.Select((lane, i) => new LaneShare(
                    lane.Name, weights[i][place.Corpus], mixed[i].Scales[place.Corpus] * (votes[i].Chunks?[place.Corpus][place.Chunk] ?? 0) * factor, mixed[i].Scales[place.Corpus] * mixed[i].Files[place.Corpus][file] * FileShare))
                .Where(share => share.Chunk > 0 || share.File > 0).ToList();
            ranked.Add(new RankedChunk(
                corpus, corpus.Files[file], place.Chunk - corpus.Files[file].FirstChunk, priority.Score,
                [.. _lanes.Where((_, lane) => weights[lane][place.Corpus] > 0 && (votes[lane].Chunks?[place.Corpus][place.Chunk] > 0 || votes[lane].Files?[place.Corpus][file] > 0)).Select(lane => lane.Name)],
                [.. votes.Where((_, lane) => weights[lane][place.Corpus] > 0).SelectMany(vote => vote.Evidence.TryGetValue((place.Corpus, file), out var commits) ? commits : [])], shares, factor));
        }

        ranked.Reverse();
        return ranked;
    }

    private static LaneVotes Living(LaneVotes votes, IReadOnlyList<Corpus> corpora)
    {
        for (var i = 0; votes.Chunks is not null && i < corpora.Count; i++)
        {
            foreach (var chunk in corpora[i].Dead)
            {
                votes.Chunks[i][chunk] = 0;
            }
        }

        return votes;
    }

    private static float[] Factors(SearchQuery query, Corpus corpus, Func<CorpusFile, bool> accept) =>
        Array.ConvertAll(corpus.Files, file => file.Chunks == 0 || !accept(file) ? 0 : query.Wants(file.Kind) ? 1 : UnaskedKind);

    // Adds a lane to the mixture. Returns what its votes were multiplied by in each corpus, and those for files.
    private static (float[] Scales, float[][] Files) Mix(
        IReadOnlyList<Corpus> corpora, LaneVotes votes, float[][] factors, float[][] chunks, float[][] files, float[] weights)
    {
        var fileVotes = corpora.Select((corpus, i) => FileVotes(corpus, votes.Chunks?[i], votes.Files?[i], factors[i])).ToArray();
        var best = fileVotes.Where((_, i) => weights[i] > 0).Select(scores => scores.Length == 0 ? 0 : scores.Max()).DefaultIfEmpty().Max();
        if (best <= 0)
        {
            return (new float[corpora.Count], fileVotes);
        }

        var scales = Array.ConvertAll(weights, weight => weight / best);
        for (var i = 0; i < corpora.Count; i++)
        {
            for (var file = 0; file < files[i].Length; file++)
            {
                files[i][file] += scales[i] * fileVotes[i][file];
            }

            if (votes.Chunks is not null)
            {
                AddChunks(votes.Chunks[i], scales[i], factors[i], corpora[i].ChunkFile, chunks[i]);
            }
        }

        return (scales, fileVotes);
    }

    private static void AddChunks(float[] votes, float scale, float[] factors, int[] chunkFile, float[] sums)
    {
        for (var chunk = 0; chunk < chunkFile.Length; chunk++)
        {
            sums[chunk] += scale * votes[chunk] * factors[chunkFile[chunk]];
        }
    }

    private static float[] FileVotes(Corpus corpus, float[]? chunks, float[]? files, float[] factors)
    {
        var scores = files is null ? new float[corpus.Files.Length] : (float[])files.Clone();
        Span<float> top = stackalloc float[s_places.Length];
        for (var f = 0; f < scores.Length; f++)
        {
            top.Clear();
            foreach (var vote in chunks is null ? default : chunks.AsSpan(corpus.Files[f].FirstChunk, corpus.Files[f].Chunks))
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

    /// <summary>The chunks with the highest scores, among equals the earlier ones.</summary>
    private static PriorityQueue<(int Corpus, int Chunk), (float Score, int Order)> Best(IReadOnlyList<Corpus> corpora, float[][] chunks, float[][] files, int limit)
    {
        var best = new PriorityQueue<(int Corpus, int Chunk), (float Score, int Order)>(limit);
        var (worst, order) = (0f, 0);
        for (var i = 0; i < corpora.Count; i++)
        {
            var chunkFile = corpora[i].ChunkFile;
            for (var chunk = 0; chunk < chunkFile.Length; chunk++)
            {
                var file = chunkFile[chunk];
                var score = chunks[i][chunk] + (FileShare * files[i][file]);

                // Nearly all end here: the look at the queue costs much more.
                if (score <= worst)
                {
                    continue;
                }

                // A file that only its history speaks for is shown by its beginning.
                if (chunks[i][chunk] <= 0 && chunk != corpora[i].Files[file].FirstChunk)
                {
                    continue;
                }

                if (best.Count < limit)
                {
                    best.Enqueue((i, chunk), (score, --order));
                }
                else
                {
                    best.DequeueEnqueue((i, chunk), (score, --order));
                }

                worst = best.Count < limit ? 0 : best.TryPeek(out _, out var least) ? least.Score : 0;
            }
        }

        return best;
    }
}
