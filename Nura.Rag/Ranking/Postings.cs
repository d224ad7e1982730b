namespace Nura.Rag.Ranking;

/// <summary>From terms to the chunks that hold them.</summary>
/// <param name="Starts">For each term where its postings begin; one more at the end.</param>
/// <param name="Chunks">The chunks with a term, ascending.</param>
/// <param name="Counts">How often it stands in each, its path included; at most 255.</param>
/// <param name="ChunkFile">For each chunk, counted from the first of these, the index of its file.</param>
/// <param name="Lengths">For each chunk how many terms it has, with repetition.</param>
internal sealed record Postings(int[] Starts, int[] Chunks, byte[] Counts, int[] ChunkFile, int[] Lengths)
{
    // With fewer a second core is not worth its arrays, each as long as the vocabulary.
    private const int FewestChunks = 10_000;

    /// <summary>Inverts the terms of files; of many, in parts at the same time.</summary>
    /// <param name="files">The files, whose chunks follow each other.</param>
    /// <param name="blobs">Their terms.</param>
    /// <param name="paths">The terms of their paths, each with its weight.</param>
    /// <param name="terms">How many terms the vocabulary has.</param>
    /// <param name="firstChunk">Number of the first chunk.</param>
    public static Postings Invert(CorpusFile[] files, IReadOnlyDictionary<long, BlobTerms> blobs, Dictionary<int, int>[] paths, int terms, int firstChunk)
    {
        var chunks = files.Sum(file => file.Chunks);
        var (chunkFile, lengths) = (new int[chunks], new int[chunks]);
        var parts = Enumerable.Range(0, Math.Clamp(chunks / FewestChunks, 1, Environment.ProcessorCount)).Select(_ => new int[terms]).ToArray();
        void Visit(Action<int, int, int, List<(int Term, int Count)>> visit) => Parallel.For(0, parts.Length, part =>
        {
            var merged = new ChunkTerms(terms);
            for (var file = files.Length * part / parts.Length; file < files.Length * (part + 1) / parts.Length; file++)
            {
                merged.Enter(paths[file]);
                for (var chunk = 0; chunk < files[file].Chunks; chunk++)
                {
                    visit(part, file, files[file].FirstChunk + chunk, merged.Of(blobs[files[file].Blob], chunk));
                }
            }
        });

        Visit((part, file, chunk, held) =>
        {
            chunkFile[chunk - firstChunk] = file;
            foreach (var (term, count) in held)
            {
                parts[part][term]++;
                lengths[chunk - firstChunk] += count;
            }
        });

        // From how many postings of a term each part has to where they go.
        var starts = new int[terms + 1];
        for (var term = 0; term < terms; term++)
        {
            starts[term + 1] = starts[term];
            foreach (var next in parts)
            {
                (next[term], starts[term + 1]) = (starts[term + 1], starts[term + 1] + next[term]);
            }
        }

        var (postingChunks, postingCounts) = (new int[starts[^1]], new byte[starts[^1]]);
        Visit((part, _, chunk, held) =>
        {
            var next = parts[part];
            foreach (var (term, count) in held)
            {
                var at = next[term]++;
                postingChunks[at] = chunk;
                postingCounts[at] = (byte)Math.Min(count, byte.MaxValue);
            }
        });
        return new Postings(starts, postingChunks, postingCounts, chunkFile, lengths);
    }
}
