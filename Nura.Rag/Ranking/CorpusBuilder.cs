using Nura.Rag.Files;
using Nura.Rag.History;
using Nura.Rag.Text;

namespace Nura.Rag.Ranking;

/// <summary>Inverts the terms of a commit's files.</summary>
internal static class CorpusBuilder
{
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
        var postings = Postings.Invert(corpusFiles, blobs, paths, vocabulary.Count, firstChunk);
        var average = averageLength ?? (chunks == 0 ? 1 : (float)postings.Lengths.Average(length => (double)length));
        var past = history?.Invoke(corpusFiles.Select((file, i) => (file.Path, i)).ToDictionary(pair => pair.Path, pair => pair.i, StringComparer.Ordinal));
        var corpus = new Corpus
        {
            Repository = head.Repository,
            Name = head.Name,
            Commit = head.Commit,
            Generation = head.Generation,
            Vocabulary = vocabulary,
            Files = corpusFiles,
            FirstChunk = firstChunk,
            ChunkFile = postings.ChunkFile,
            ChunkNorms = Array.ConvertAll(postings.Lengths, length => Bm25.Norm(length, average)),
            PostingStarts = postings.Starts,
            PostingChunks = postings.Chunks,
            PostingCounts = postings.Counts,
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
                var term = vocabulary.Add(tokenizer.Vocabulary.Text(id));
                terms[term] = terms.GetValueOrDefault(term) + PathWeight;
            }

            return terms;
        });
    }
}
