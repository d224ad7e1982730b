namespace Nura.Manifests.Promotion;

/// <summary>Everything about releases at one commit of the shared branch.</summary>
internal sealed record ReleaseSnapshot
{
    /// <summary>The commit; a change is accepted only on top of it.</summary>
    public required string Tip { get; init; }

    public required IReadOnlyList<Stage> Stages { get; init; }

    /// <summary>What each stage runs; null before its first release.</summary>
    public required IReadOnlyDictionary<string, Release?> Current { get; init; }

    public required IReadOnlyDictionary<string, StageRecord> Records { get; init; }

    /// <summary>Releases each stage has had, newest first, the current one included.</summary>
    public required IReadOnlyDictionary<string, IReadOnlyList<Release>> History { get; init; }

    /// <exception cref="ManifestToolException">There is no such stage.</exception>
    public Stage Stage(string name) => Stages.FirstOrDefault(stage => stage.Name == name)
        ?? throw new ManifestToolException($"There is no stage '{name}'. Known: {string.Join(", ", Stages.Select(stage => stage.Name))}.");
}
