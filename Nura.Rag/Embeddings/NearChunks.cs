namespace Nura.Rag.Embeddings;

/// <summary>The chunks whose vectors lie nearest to a question's.</summary>
/// <param name="ByRepository">By repository, with the cosine of the angle between them.</param>
/// <param name="Missing">Why repositories are missing among them, as a sentence; <see langword="null"/> if none is that should be there.</param>
internal sealed record NearChunks(IReadOnlyDictionary<Guid, IReadOnlyList<NearChunk>> ByRepository, string? Missing = null)
{
    /// <summary>None, as nothing was asked.</summary>
    public static NearChunks None { get; } = new(new Dictionary<Guid, IReadOnlyList<NearChunk>>());
}

/// <summary>A chunk with how near it is.</summary>
/// <param name="Blob">Its blob.</param>
/// <param name="Ordinal">Its place there.</param>
/// <param name="Likeness">The cosine, -1 to 1.</param>
internal readonly record struct NearChunk(long Blob, int Ordinal, float Likeness);
