using Nura.Rag.Dense;
using Nura.Rag.Files;
using Nura.Rag.History;
using Nura.Rag.Text;

namespace Nura.Rag.Ranking;

/// <summary>
/// One repository's searchable commit in memory: files, and an inverted index over their chunks. It never changes; a new commit gets a
/// new one, which takes over what is the same.
/// </summary>
internal sealed record Corpus
{
    private FileNames? _names;

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

    /// <summary>The files, by path; those added since everything was inverted come last, and one without chunks is no more.</summary>
    public required CorpusFile[] Files { get; init; }

    /// <summary>The files by what people call them.</summary>
    public FileNames Names => _names ??= new FileNames(Files);

    /// <summary>For each chunk the index of its file. Chunks of a file follow each other. For a dead chunk, of the file it was of.</summary>
    public required int[] ChunkFile { get; init; }

    /// <summary>Number of the first chunk of these postings.</summary>
    public int FirstChunk { get; init; }

    /// <summary>For each chunk of these postings, from <see cref="FirstChunk"/> on, its <see cref="Bm25.Norm"/>.</summary>
    public required float[] ChunkNorms { get; init; }

    /// <summary>For each term where its postings begin; one more at the end.</summary>
    public required int[] PostingStarts { get; init; }

    /// <summary>The chunks with a term, ascending.</summary>
    public required int[] PostingChunks { get; init; }

    /// <summary>How often the term stands in each, its path included; at most 255.</summary>
    public required byte[] PostingCounts { get; init; }

    /// <summary>Mean number of terms of a chunk that the norms were made with.</summary>
    public required float AverageLength { get; init; }

    /// <summary>What blobs consist of, to build the next corpus from.</summary>
    public required IReadOnlyDictionary<long, BlobTerms> Blobs { get; init; }

    /// <summary>Its past commits, once they are read.</summary>
    public HistoryIndex? History { get; init; }

    /// <summary>Where its chunks lie in a space of meanings, if that counts here and has been learned.</summary>
    public DenseIndex? Dense { get; init; }

    /// <summary>How much lanes count here, as far as self-evaluation found that it should be otherwise.</summary>
    public LaneWeights Weights { get; init; } = LaneWeights.Usual;

    /// <summary>What its past commits teach about words.</summary>
    public TermLessons Lessons { get; init; } = TermLessons.None;

    /// <summary>The corpus whose postings these are, if files have changed since; <see cref="CorpusDelta"/> made this one.</summary>
    public Corpus? Original { get; init; }

    /// <summary>The chunks of files changed since, numbered behind all others.</summary>
    public Corpus? Added { get; init; }

    /// <summary>Chunks that are no more, though postings still name them.</summary>
    public int[] Dead { get; init; } = [];

    /// <summary>In how many dead chunks terms stand.</summary>
    public IReadOnlyDictionary<int, int> DeadFrequency { get; init; } = new Dictionary<int, int>();

    /// <summary>How many chunks there are numbers for, dead ones included.</summary>
    public int Chunks => ChunkFile.Length;

    /// <summary>How many chunks there are.</summary>
    public int LiveChunks => ChunkFile.Length - Dead.Length;

    /// <summary>How many chunks have a term; 0 for an unknown one (-1).</summary>
    public int Frequency(int term) =>
        term < 0 ? 0 : Span(term).Length + (Added?.Span(term).Length ?? 0) - (Dead.Length == 0 ? 0 : DeadFrequency.GetValueOrDefault(term));

    /// <summary>The chunks that have a term; none for an unknown one (-1).</summary>
    public IEnumerable<int> ChunksWith(int term)
    {
        var dead = Dead.ToHashSet();
        int[] chunks = term < 0 ? [] : [.. PostingChunks.AsSpan(Span(term).Start, Span(term).Length), .. Added is null ? default : Added.PostingChunks.AsSpan(Added.Span(term).Start, Added.Span(term).Length)];
        return chunks.Where(chunk => !dead.Contains(chunk));
    }

    /// <summary>Where a term's postings stand in this segment; terms met later have none in it.</summary>
    public (int Start, int Length) Span(int term) =>
        term < 0 || term + 1 >= PostingStarts.Length ? (0, 0) : (PostingStarts[term], PostingStarts[term + 1] - PostingStarts[term]);
}

/// <summary>A file of a corpus.</summary>
/// <param name="Path">Path from the root.</param>
/// <param name="Blob">Row of its blob.</param>
/// <param name="Language">Its language.</param>
/// <param name="Kind">What it is for.</param>
/// <param name="FirstChunk">Index of its first chunk.</param>
/// <param name="Chunks">How many it has.</param>
internal sealed record CorpusFile(string Path, long Blob, string Language, FileKind Kind, int FirstChunk, int Chunks);
