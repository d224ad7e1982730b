namespace Nura.Contracts;

/// <summary>How far the vectors of a repository are.</summary>
/// <param name="Model">The configured embedding model.</param>
/// <param name="State">Where they stand.</param>
/// <param name="ChunksTotal">Chunks of the searchable commits of the repository and its further refs, when the work began.</param>
/// <param name="ChunksDone">Those that have a vector.</param>
/// <param name="ChunksFailed">Those that the model refused.</param>
/// <param name="Searchable">Whether each had its turn once, so that vectors take part in searches.</param>
/// <param name="Indexed">Whether they have an approximate index; else they are compared one by one.</param>
/// <param name="Error">Why vectors are missing, as a sentence.</param>
/// <param name="RetryAt">When that is tried again.</param>
/// <param name="UpdatedAt">When these figures were taken; <see langword="null"/> before the work began.</param>
public sealed record EmbeddingStatus(
    string Model,
    EmbeddingState State,
    long ChunksTotal,
    long ChunksDone,
    long ChunksFailed,
    bool Searchable,
    bool Indexed,
    string? Error,
    DateTimeOffset? RetryAt,
    DateTimeOffset? UpdatedAt);

/// <summary>Where vectors stand.</summary>
public enum EmbeddingState
{
    /// <summary>There are new chunks, or none is searchable yet.</summary>
    Waiting,

    /// <summary>They are being made.</summary>
    Working,

    /// <summary>Every chunk has its vector.</summary>
    Ready,

    /// <summary>Some are missing; it is tried again.</summary>
    Failed,
}
