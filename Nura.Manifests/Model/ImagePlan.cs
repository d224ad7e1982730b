namespace Nura.Manifests.Model;

/// <summary>How images are built, as far as the caller decides it.</summary>
internal sealed record ImagePlan
{
    /// <summary>"docker" or "podman".</summary>
    public string Builder { get; init; } = "docker";

    /// <summary>Runtimes of the images, separated by ";".</summary>
    public string Runtimes { get; init; } = "linux-x64;linux-arm64";

    /// <summary>Whether a Dockerfile beside a project wins over the SDK.</summary>
    public bool PreferDockerfile { get; init; }

    /// <summary>Build context of such projects; null is the project's folder.</summary>
    public string? Context { get; init; }

    /// <summary>"name=value" for every Dockerfile.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>Resources whose images are built; empty means all.</summary>
    public IReadOnlyList<string> Components { get; init; } = [];
}
