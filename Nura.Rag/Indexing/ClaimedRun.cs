namespace Nura.Rag.Indexing;

/// <summary>Work that belongs to this process while its lease lasts.</summary>
/// <param name="Id">The run.</param>
/// <param name="Repository">What to index.</param>
/// <param name="Fence">Whoever holds a smaller number has lost the run.</param>
/// <param name="Follow">Whether it has nothing to do if the source has not moved.</param>
internal sealed record ClaimedRun(long Id, Guid Repository, long Fence, bool Follow = false);
