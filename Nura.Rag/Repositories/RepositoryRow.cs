namespace Nura.Rag.Repositories;

/// <summary>What indexing and searching need to know of a repository.</summary>
/// <param name="Id">Stable identity.</param>
/// <param name="Name">First part of its citations.</param>
/// <param name="Source">Canonical path or URL.</param>
/// <param name="Ref">The ref followed, or <see langword="null"/> for the source's HEAD.</param>
/// <param name="Commit">The searchable commit.</param>
/// <param name="Generation">Grows with each change of what is searchable.</param>
/// <param name="Rules">What its tree was made with.</param>
/// <param name="Parent">The repository that this is a further ref of.</param>
internal sealed record RepositoryRow(Guid Id, string Name, string Source, string? Ref, string? Commit, long Generation, string? Rules = null, Guid? Parent = null)
{
    /// <summary>Whose mirror holds its objects, and whose visibility is its own.</summary>
    public Guid Mirror => Parent ?? Id;
}
