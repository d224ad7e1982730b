using Nura.Rag.History;

namespace Nura.Rag.Ranking;

/// <summary>A chunk in the order of an answer.</summary>
/// <param name="Corpus">Where it is.</param>
/// <param name="File">Its file.</param>
/// <param name="Ordinal">Its place in the file.</param>
/// <param name="Score">Comparable within one answer.</param>
/// <param name="Lanes">The lanes that voted for it or its file.</param>
/// <param name="Commits">Past commits that speak for its file.</param>
/// <param name="Shares">What each of those lanes gave to the score.</param>
/// <param name="Factor">What its file's kind is worth for this question.</param>
internal sealed record RankedChunk(
    Corpus Corpus, CorpusFile File, int Ordinal, double Score, IReadOnlyList<string> Lanes, IReadOnlyList<HistoryCommit> Commits, IReadOnlyList<LaneShare> Shares, double Factor);

/// <summary>What a lane gave to a chunk's score.</summary>
/// <param name="Lane">Its name.</param>
/// <param name="Weight">Its share in the mixture.</param>
/// <param name="Chunk">For the chunk itself.</param>
/// <param name="File">For its file.</param>
internal sealed record LaneShare(string Lane, double Weight, double Chunk, double File);
