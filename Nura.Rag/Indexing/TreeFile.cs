namespace Nura.Rag.Indexing;

/// <summary>A file of the commit that is about to become searchable.</summary>
/// <param name="Path">Path from the root.</param>
/// <param name="Blob">Its stored blob, unless the path alone kept it out or it could not be read.</param>
/// <param name="Failed">Whether it could not be read.</param>
/// <param name="Reason">Why it has no blob.</param>
internal sealed record TreeFile(string Path, long? Blob, bool Failed, string? Reason);
