using Nura.Rag.Files;
using Nura.Rag.History;
using Nura.Rag.Text;

namespace Nura.Rag.Ranking;

/// <summary>Inverts the terms of a commit's files. BM25 after Robertson and Zaragoza, "The Probabilistic Relevance Framework", 2009.</summary>
internal static class CorpusBuilder
{
    // Measured for chunks of 800 characters of ink.
    private const float K1 = 2f;
    private const float B = 0.5f;

    // Words of the path count as if they stood in every chunk three times.
    private const int PathWeight = 3;

    /// <summary>Builds a corpus.</summary>
    /// <param name="head">What it is of.</param>
    /// <param name="files">The indexed files with their blobs, by path.</param>
    /// <param name="blobs">The terms of those blobs, in the numbers of <paramref name="vocabulary"/>.</param>
    /// <param name="vocabulary">Receives the terms of the paths.</param>
    /// <param name="history">Makes the index of past commits, given the files' indices by path.</param>
    /// <param name="firstChunk">Number of the first chunk.</param>
    /// <param name="averageLength">Mean number of terms of a chunk, if not that of these.</param>
    public static Corpus Build(
        CorpusHead head, IReadOnlyList<(string Path, long Blob, string Language)> files, IReadOnlyDictionary<long, BlobTerms> blobs, Vocabulary vocabulary,
        Func<IReadOnlyDictionary<string, int>, HistoryIndex?>? history = null, int firstChunk = 0, float? averageLength = null)
    {
        var corpusFiles = new CorpusFile[files.Count];
        var chunks = 0;
        for (var i = 0; i < files.Count; i++)
        {
            var (path, blob, language) = files[i];
            corpusFiles[i] = new CorpusFile(path, blob, language, FileKinds.Of(path, language), firstChunk + chunks, blobs[blob].Chunks);
            chunks += blobs[blob].Chunks;
        }

        var paths = PathTerms(corpusFiles, vocabulary);
        var starts = Starts(corpusFiles, blobs, paths, vocabulary.Count);
        var postingChunks = new int[starts[^1]];
        var weights = new float[starts[^1]];
        var chunkFile = new int[chunks];
        var lengths = Lengths(corpusFiles, blobs, paths, chunks, firstChunk);
        var average = averageLength ?? (chunks == 0 ? 1 : (float)lengths.Average(length => (double)length));
        var next = starts[..^1];
        for (var f = 0; f < corpusFiles.Length; f++)
        {
            var file = corpusFiles[f];
            var terms = blobs[file.Blob];
            for (var c = 0; c < file.Chunks; c++)
            {
                var chunk = file.FirstChunk + c;
                chunkFile[chunk - firstChunk] = f;
                var norm = K1 * (1 - B + (B * lengths[chunk - firstChunk] / average));
                Merge(terms.Terms(c), terms.Counts(c), paths[f], (term, count) =>
                {
                    var at = next[term]++;
                    postingChunks[at] = chunk;
                    weights[at] = count * (K1 + 1) / (count + norm);
                });
            }
        }

        var past = history?.Invoke(corpusFiles.Select((file, i) => (file.Path, i)).ToDictionary(pair => pair.Path, pair => pair.i, StringComparer.Ordinal));
        var corpus = new Corpus
        {
            Repository = head.Repository,
            Name = head.Name,
            Commit = head.Commit,
            Generation = head.Generation,
            Vocabulary = vocabulary,
            Files = corpusFiles,
            ChunkFile = chunkFile,
            PostingStarts = starts,
            PostingChunks = postingChunks,
            PostingWeights = weights,
            AverageLength = average,
            Blobs = blobs,
            History = past,
        };
        return past is null ? corpus : corpus with { Lessons = TermLessons.Learn(corpus, past) };
    }

    /// <summary>The terms of paths, each with its weight.</summary>
    public static Dictionary<int, int>[] PathTerms(CorpusFile[] files, Vocabulary vocabulary)
    {
        var tokenizer = new CodeTokenizer();
        var ids = new List<int>();
        return Array.ConvertAll(files, file =>
        {
            ids.Clear();
            tokenizer.Tokenize(file.Path, ids);
            var terms = new Dictionary<int, int>();
            foreach (var id in ids)
            {
                var term = vocabulary.Add(tokenizer.Vocabulary[id]);
                terms[term] = terms.GetValueOrDefault(term) + PathWeight;
            }

            return terms;
        });
    }

    private static int[] Starts(CorpusFile[] files, IReadOnlyDictionary<long, BlobTerms> blobs, Dictionary<int, int>[] paths, int terms)
    {
        var starts = new int[terms + 1];
        for (var f = 0; f < files.Length; f++)
        {
            var blob = blobs[files[f].Blob];
            for (var c = 0; c < files[f].Chunks; c++)
            {
                Merge(blob.Terms(c), blob.Counts(c), paths[f], (term, _) => starts[term + 1]++);
            }
        }

        for (var term = 0; term < terms; term++)
        {
            starts[term + 1] += starts[term];
        }

        return starts;
    }

    private static int[] Lengths(CorpusFile[] files, IReadOnlyDictionary<long, BlobTerms> blobs, Dictionary<int, int>[] paths, int chunks, int firstChunk)
    {
        var lengths = new int[chunks];
        for (var f = 0; f < files.Length; f++)
        {
            var path = paths[f].Values.Sum();
            for (var c = 0; c < files[f].Chunks; c++)
            {
                var length = path;
                foreach (var count in blobs[files[f].Blob].Counts(c))
                {
                    length += count;
                }

                lengths[files[f].FirstChunk - firstChunk + c] = length;
            }
        }

        return lengths;
    }

    /// <summary>Visits each term of a chunk or of its path once.</summary>
    public static void Merge(ReadOnlySpan<int> terms, ReadOnlySpan<ushort> counts, Dictionary<int, int> path, Action<int, int> visit)
    {
        var seen = 0;
        for (var i = 0; i < terms.Length; i++)
        {
            if (path.TryGetValue(terms[i], out var extra))
            {
                seen++;
            }

            visit(terms[i], counts[i] + extra);
        }

        if (seen == path.Count)
        {
            return;
        }

        foreach (var (term, count) in path)
        {
            if (!terms.Contains(term))
            {
                visit(term, count);
            }
        }
    }
}
