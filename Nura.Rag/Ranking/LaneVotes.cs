using System.Buffers;
using Nura.Rag.History;

namespace Nura.Rag.Ranking;

/// <summary>How a lane votes. For each corpus one number for each chunk, or for each file, or both; 0 for no vote.</summary>
/// <param name="Chunks">Votes for chunks; their files get theirs from the best three. An array may be longer than there are chunks.</param>
/// <param name="Files">Votes for files as a whole.</param>
internal sealed record LaneVotes(IReadOnlyList<float[]>? Chunks, IReadOnlyList<float[]>? Files) : IDisposable
{
    /// <summary>Whether the votes for chunks are <see cref="Borrow"/>ed and go back when this is disposed of.</summary>
    public bool Borrowed { get; init; }

    /// <summary>The commits that speak for a file, by corpus and file, most telling first.</summary>
    public IReadOnlyDictionary<(int Corpus, int File), List<HistoryCommit>> Evidence { get; init; } = new Dictionary<(int, int), List<HistoryCommit>>();

    /// <summary>Zeros, one or more for each chunk of a corpus. Made anew for each question they would be so many that the heap is collected all the time.</summary>
    public static float[] Borrow(int chunks)
    {
        var scores = ArrayPool<float>.Shared.Rent(chunks);
        scores.AsSpan(0, chunks).Clear();
        return scores;
    }

    /// <summary>Gives scores back.</summary>
    public static void Return(IEnumerable<float[]> borrowed)
    {
        foreach (var scores in borrowed)
        {
            ArrayPool<float>.Shared.Return(scores);
        }
    }

    public void Dispose()
    {
        if (Borrowed)
        {
            Return(Chunks!);
        }
    }
}
