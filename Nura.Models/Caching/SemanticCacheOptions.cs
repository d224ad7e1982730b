namespace Nura.Models;

/// <summary>Answers to questions that mean the same, below <c>Nura:Models:Cache:Semantic</c>. Off unless <see cref="Model"/> is set.</summary>
public sealed class SemanticCacheOptions
{
    /// <summary>Id or alias of the embedding model that compares questions.</summary>
    public string? Model { get; set; }

    /// <summary>Least cosine similarity of two questions that mean the same; 0.5 to 1. What is right depends on the model: try it on questions of your own.</summary>
    public double Similarity { get; set; } = 0.97;

    /// <summary>How long an answer is given again; 1 to 2,592,000.</summary>
    public int Seconds { get; set; } = 3_600;

    /// <summary>Most answers kept for one key; the oldest go first. 1 to 100,000.</summary>
    public int Answers { get; set; } = 1_000;

    /// <summary>Milliseconds that a request waits for its question's vector and the answer nearest to it; then it goes on without. 10 to 60,000.</summary>
    public int DeadlineMs { get; set; } = 2_000;
}
