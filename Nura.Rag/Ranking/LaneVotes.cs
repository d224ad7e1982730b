using Nura.Rag.History;

namespace Nura.Rag.Ranking;

/// <summary>How a lane votes. For each corpus one number for each chunk, or for each file, or both; 0 for no vote.</summary>
/// <param name="Chunks">Votes for chunks; their files get theirs from the best three.</param>
/// <param name="Files">Votes for files as a whole.</param>
internal sealed record LaneVotes(IReadOnlyList<float[]>? Chunks, IReadOnlyList<float[]>? Files)
{
    /// <summary>The commits that speak for a file, by corpus and file, most telling first.</summary>
    public IReadOnlyDictionary<(int Corpus, int File), List<HistoryCommit>> Evidence { get; init; } = new Dictionary<(int, int), List<HistoryCommit>>();
}
