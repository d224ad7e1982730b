using Nura.Rag.Files;
using Nura.Rag.History;
using Nura.Rag.Text;

namespace Nura.Rag.Ranking;

/// <summary>
/// Moves a corpus to a new commit by the files that changed. What was inverted stays: chunks of changed files are dead in it, and all
/// chunks of files changed since stand in one small segment behind. Only the mean chunk length stays that of the whole before.
/// </summary>
internal static class CorpusDelta
{
    // Beyond this share of dead and added chunks, inverting everything anew is worth its time.
    private const double MostShare = 0.2;
    private const int AlwaysFew = 500;

    /// <summary>Applies changes.</summary>
    /// <param name="previous">The corpus before.</param>
    /// <param name="head">What the new one is of.</param>
    /// <param name="changes">Paths that changed, with their present blob; none if they are not in the index.</param>
    /// <param name="blobs">The terms of all blobs, those of the changes included, in the numbers of <paramref name="vocabulary"/>.</param>
    /// <param name="vocabulary">A copy of the previous one, to which terms may be added.</param>
    /// <param name="history">Makes the index of past commits, given the files' indices by path.</param>
    /// <returns>The new corpus, or <see langword="null"/> if too much has changed since everything was inverted.</returns>
    public static Corpus? Apply(
        Corpus previous, CorpusHead head, IEnumerable<(string Path, long? Blob, string? Language)> changes, IReadOnlyDictionary<long, BlobTerms> blobs, Vocabulary vocabulary,
        Func<IReadOnlyDictionary<string, int>, HistoryIndex?> history)
    {
        var original = previous.Original ?? previous;
        var files = previous.Files.ToList();
        var added = new SortedSet<int>(Enumerable.Range(0, files.Count).Where(i => files[i].FirstChunk >= original.Chunks && files[i].Chunks > 0));
        var index = files.Select((file, i) => (file.Path, i)).ToDictionary(pair => pair.Path, pair => pair.i, StringComparer.Ordinal);
        foreach (var (path, blob, language) in changes)
        {
            if (!index.TryGetValue(path, out var at))
            {
                if (blob is null)
                {
                    continue;
                }

                // At the end, so that the history's numbers stay right.
                at = files.Count;
                index.Add(path, at);
                files.Add(null!);
            }

            added.Remove(at);
            if (blob is null)
            {
                files[at] = files[at] with { FirstChunk = 0, Chunks = 0 };
            }
            else if (at < original.Files.Length && original.Files[at].Blob == blob && original.Files[at].Language == language)
            {
                files[at] = original.Files[at];
            }
            else
            {
                files[at] = new CorpusFile(path, blob.Value, language!, FileKinds.Of(path, language!), 0, 0);
                added.Add(at);
            }
        }

        var dead = Enumerable.Range(0, original.Files.Length).Where(i => files[i] != original.Files[i]).SelectMany(i => Chunks(original.Files[i])).ToArray();
        var news = added.Sum(i => blobs[files[i].Blob].Chunks);
        if (dead.Length + news > Math.Max(AlwaysFew, original.Chunks * MostShare))
        {
            return null;
        }

        var segment = CorpusBuilder.Build(
            head, [.. added.Select(i => (files[i].Path, files[i].Blob, files[i].Language))], blobs, vocabulary, firstChunk: original.Chunks, averageLength: original.AverageLength);
        var places = added.ToArray();
        for (var i = 0; i < places.Length; i++)
        {
            files[places[i]] = segment.Files[i];
        }

        var past = history(index.Where(pair => files[pair.Value].Chunks > 0).ToDictionary(StringComparer.Ordinal));
        var corpus = new Corpus
        {
            Repository = head.Repository,
            Name = head.Name,
            Commit = head.Commit,
            Generation = head.Generation,
            Vocabulary = vocabulary,
            Files = [.. files],
            ChunkFile = [.. original.ChunkFile, .. segment.ChunkFile.Select(local => places[local])],
            PostingStarts = original.PostingStarts,
            PostingChunks = original.PostingChunks,
            PostingCounts = original.PostingCounts,
            ChunkNorms = original.ChunkNorms,
            AverageLength = original.AverageLength,
            // Versions of files that are no more would pile up with every push; those that were inverted are the original's.
            Blobs = files.Where(file => file.Chunks > 0).DistinctBy(file => file.Blob).ToDictionary(file => file.Blob, file => blobs[file.Blob]),
            History = past,
            Lessons = previous.Lessons,
            Original = original,
            Added = segment,
            Dead = dead,
            DeadFrequency = Frequencies(original, files, vocabulary),
        };
        return past is null || past == previous.History ? corpus : corpus with { Lessons = TermLessons.Learn(corpus, past) };
    }

    private static IEnumerable<int> Chunks(CorpusFile file) => Enumerable.Range(file.FirstChunk, file.Chunks);

    // In how many dead chunks each term stands, by its text or its path.
    private static Dictionary<int, int> Frequencies(Corpus original, List<CorpusFile> files, Vocabulary vocabulary)
    {
        var gone = original.Files.Where((file, i) => files[i] != file).ToArray();
        var paths = CorpusBuilder.PathTerms(gone, vocabulary);
        var merged = new ChunkTerms(vocabulary.Count);
        var frequencies = new Dictionary<int, int>();
        for (var f = 0; f < gone.Length; f++)
        {
            var blob = original.Blobs[gone[f].Blob];
            merged.Enter(paths[f]);
            for (var c = 0; c < blob.Chunks; c++)
            {
                foreach (var (term, _) in merged.Of(blob, c))
                {
                    frequencies[term] = frequencies.GetValueOrDefault(term) + 1;
                }
            }
        }

        return frequencies;
    }
}
