namespace Nura.Rag.Indexing;

/// <summary>A blob that is stored.</summary>
/// <param name="Id">Its row.</param>
/// <param name="Chunks">How many chunks it has.</param>
/// <param name="LeftOut">Whether its content kept it out of the index.</param>
internal sealed record KnownBlob(long Id, int Chunks, bool LeftOut);
