namespace Nura.Models;

/// <summary>What vectors are made for; some models make them differ.</summary>
public enum EmbeddingUse
{
    /// <summary>To be found.</summary>
    Document,

    /// <summary>To find with.</summary>
    Query,
}
