using Nura.Rag.Dense;

namespace Nura.Rag.Ranking;

/// <summary>How much lanes count in one repository.</summary>
/// <param name="Changed">Weights by lane that differ from the usual; 0 leaves a lane out.</param>
internal sealed record LaneWeights(IReadOnlyDictionary<string, double> Changed)
{
    /// <summary>Every lane as it is.</summary>
    public static LaneWeights Usual { get; } = new(new Dictionary<string, double>());

    /// <summary>Lanes whose questions are moved before they are compared.</summary>
    public IReadOnlyList<string> Adapted { get; init; } = [];

    /// <summary>Moves questions for the lane of the embedding model, if that helps here.</summary>
    public QueryAdapter? EmbeddingAdapter { get; init; }

    /// <summary>When they were measured.</summary>
    public DateTimeOffset? At { get; init; }

    /// <summary>Whether a lane counts here that has no weight usually.</summary>
    public bool Counts(string lane) => Changed.TryGetValue(lane, out var weight) && weight > 0;

    /// <summary>A lane's weight here.</summary>
    public double Of(IRankingLane lane) => Changed.TryGetValue(lane.Name, out var weight) ? weight : lane.Weight;
}
