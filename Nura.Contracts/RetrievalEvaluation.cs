namespace Nura.Contracts;

/// <summary>How well search does on a repository's own past: its newest commits are hidden, and their subjects asked for the files they changed.</summary>
/// <param name="Commit">The searchable commit when it was measured.</param>
/// <param name="At">When.</param>
/// <param name="Seconds">How long it took.</param>
/// <param name="Reason">Why nothing could be measured, as a sentence; <see langword="null"/> if it was.</param>
/// <param name="Questions">Commits asked for, at most 100.</param>
/// <param name="State">The commit whose files and history were searched.</param>
/// <param name="Lanes">Each lane alone, <c>mix</c> for all with their usual weights, <c>mix without …</c> for all but one, <c>mix with …</c> for one more. <c>adapted</c>: with its questions moved to where past commits that said something like them changed files.</param>
/// <param name="Weights">Weights by lane that differ from the usual since then; 0 for one that is left out here.</param>
/// <param name="EmbeddingModel">The embedding model whose vectors were there.</param>
/// <param name="EmbeddingIssue">Why its lane could not be measured, as a sentence; it has its usual weight then.</param>
/// <param name="Adapted">Lanes whose questions are moved so since then.</param>
public sealed record RetrievalEvaluation(
    string Commit,
    DateTimeOffset At,
    double Seconds,
    string? Reason,
    int Questions,
    string? State,
    IReadOnlyList<LaneEvaluation> Lanes,
    IReadOnlyDictionary<string, double> Weights,
    string? EmbeddingModel = null,
    string? EmbeddingIssue = null,
    IReadOnlyList<string>? Adapted = null);

/// <summary>What was measured of a lane or a mixture.</summary>
/// <param name="Name">Which.</param>
/// <param name="Recall10">Share of the changed files among the first ten, 0 to 1.</param>
/// <param name="Mrr10">Mean of one through the rank of the first changed file, 0 if none is among the first ten.</param>
public sealed record LaneEvaluation(string Name, double Recall10, double Mrr10);
