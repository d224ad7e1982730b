namespace Nura.Models;

/// <summary>The exact cache of answers, below <c>Nura:Models:Cache</c>. Off unless <see cref="Seconds"/> is set.</summary>
public sealed class CacheOptions
{
    /// <summary>How long an answer is given again to the same request of the same key; 0 to 86,400, 0 for never. With a temperature above 0 the model might have answered otherwise.</summary>
    public int Seconds { get; set; }

    /// <summary>Most memory for answers in this process, in megabytes; 1 to 2,047.</summary>
    public int Megabytes { get; set; } = 32;

    /// <summary>Answers to questions that mean the same; needs <see cref="Seconds"/>.</summary>
    public SemanticCacheOptions Semantic { get; } = new();
}
