namespace Nura.Rag.Ranking;

/// <summary>What a corpus is of.</summary>
/// <param name="Repository">The repository.</param>
/// <param name="Name">Its name.</param>
/// <param name="Commit">The commit.</param>
/// <param name="Generation">The repository's generation.</param>
/// <param name="ChangesSince">The generation from which on changes are known one by one.</param>
/// <param name="HistoryGeneration">The generation that last changed its history.</param>
internal sealed record CorpusHead(Guid Repository, string Name, string Commit, long Generation, long ChangesSince = 0, long HistoryGeneration = 0);
