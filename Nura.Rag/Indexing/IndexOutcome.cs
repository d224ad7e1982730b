namespace Nura.Rag.Indexing;

/// <summary>How an index run ended.</summary>
internal enum IndexOutcome
{
    /// <summary>Its commit is searchable.</summary>
    Ready,

    /// <summary>The source had not moved.</summary>
    Unchanged,

    /// <summary>By an error, which the repository shows.</summary>
    Failed,

    /// <summary>It was paused, cancelled, or taken over by another process.</summary>
    Lost,
}
