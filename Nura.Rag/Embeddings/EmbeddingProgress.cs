namespace Nura.Rag.Embeddings;

/// <summary>How far the vectors of a repository are. Read while it is written.</summary>
internal sealed class EmbeddingProgress
{
    private long _total;
    private long _done;
    private long _failed;

    /// <summary>Chunks there are.</summary>
    public long Total { get => Volatile.Read(ref _total); set => Volatile.Write(ref _total, value); }

    /// <summary>Chunks that have their vector.</summary>
    public long Done { get => Volatile.Read(ref _done); set => Volatile.Write(ref _done, value); }

    /// <summary>Chunks that the model refused this time.</summary>
    public long Failed { get => Volatile.Read(ref _failed); set => Volatile.Write(ref _failed, value); }
}
