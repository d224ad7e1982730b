using Nura.Rag.Files;
using Nura.Rag.History;
using Nura.Rag.Text;

namespace Nura.Rag.Ranking;

/// <summary>
/// One repository's searchable commit in memory: files, and an inverted index over their chunks. It never changes; a new commit gets a
/// new one, which takes over what is the same.
/// </summary>
internal sealed class Corpus
{
    /// <summary>The repository.</summary>
    public required Guid Repository { get; init; }

    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>The commit.</summary>
    public required string Commit { get; init; }

    /// <summary>The repository's generation this was made from.</summary>
    public required long Generation { get; init; }

    /// <summary>Terms of the files and paths.</summary>
    public required Vocabulary Vocabulary { get; init; }

    /// <summary>The files, by path.</summary>
    public required CorpusFile[] Files { get; init; }

    /// <summary>For each chunk the index of its file. Chunks of a file follow each other.</summary>
    public required int[] ChunkFile { get; init; }

    /// <summary>For each term where its postings begin; one more at the end.</summary>
    public required int[] PostingStarts { get; init; }

    /// <summary>The chunks with a term, ascending.</summary>
    public required int[] PostingChunks { get; init; }

    /// <summary>How much the term says about each: BM25's term-frequency part, to be multiplied by the term's rarity.</summary>
    public required float[] PostingWeights { get; init; }

    /// <summary>What blobs consist of, to build the next corpus from.</summary>
    public required IReadOnlyDictionary<long, BlobTerms> Blobs { get; init; }

    /// <summary>Its past commits, once they are read.</summary>
    public HistoryIndex? History { get; init; }

    /// <summary>How many chunks.</summary>
    public int Chunks => ChunkFile.Length;

    /// <summary>How many chunks have a term; 0 for an unknown one (-1).</summary>
    public int Frequency(int term) => term < 0 ? 0 : PostingStarts[term + 1] - PostingStarts[term];

    /// <summary>The chunks that have a term; none for an unknown one (-1).</summary>
    public IEnumerable<int> ChunksWith(int term) =>
        term < 0 ? Array.Empty<int>() : new ArraySegment<int>(PostingChunks, PostingStarts[term], PostingStarts[term + 1] - PostingStarts[term]);
}

/// <summary>A file of a corpus.</summary>
/// <param name="Path">Path from the root.</param>
/// <param name="Blob">Row of its blob.</param>
/// <param name="Language">Its language.</param>
/// <param name="Kind">What it is for.</param>
/// <param name="FirstChunk">Index of its first chunk.</param>
/// <param name="Chunks">How many it has.</param>
internal sealed record CorpusFile(string Path, long Blob, string Language, FileKind Kind, int FirstChunk, int Chunks);
