using Nura.Rag.History;

namespace Nura.Rag.Ranking;

/// <summary>A chunk in the order of an answer.</summary>
/// <param name="Corpus">Where it is.</param>
/// <param name="File">Its file.</param>
/// <param name="Ordinal">Its place in the file.</param>
/// <param name="Score">Comparable within one answer.</param>
/// <param name="Lanes">The lanes that voted for it or its file.</param>
/// <param name="Commits">Past commits that speak for its file.</param>
internal sealed record RankedChunk(Corpus Corpus, CorpusFile File, int Ordinal, double Score, IReadOnlyList<string> Lanes, IReadOnlyList<HistoryCommit> Commits);
