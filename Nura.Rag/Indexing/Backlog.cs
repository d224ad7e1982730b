namespace Nura.Rag.Indexing;

/// <summary>Runs that could start and that nobody works on.</summary>
/// <param name="Waiting">How many.</param>
/// <param name="Oldest">How long the first of them has waited; <see langword="null"/> if none waits.</param>
internal sealed record Backlog(long Waiting, TimeSpan? Oldest);
