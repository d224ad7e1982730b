namespace Nura.Manifests.Promotion;

/// <summary>The shared branch, as promotion sees it.</summary>
internal interface IReleaseRepository
{
    /// <summary>Reads the newest state from the remote.</summary>
    Task<ReleaseSnapshot> FetchAsync(CancellationToken cancellationToken);

    /// <summary>Puts one commit on top of <paramref name="basis"/>.</summary>
    /// <returns>Null when somebody else's commit was faster: fetch and judge again.</returns>
    /// <exception cref="ManifestToolException">The remote refuses the push for another reason; nothing has changed.</exception>
    Task<string?> TryPushAsync(ReleaseSnapshot basis, ReleaseChange change, CancellationToken cancellationToken);
}

/// <param name="Stage">The stage it concerns.</param>
/// <param name="Release">New content of its release file; null leaves it.</param>
/// <param name="Record">New content of its record; null leaves it.</param>
/// <param name="Message">Commit message.</param>
/// <param name="Branch">A branch to propose the commit on, instead of the shared one.</param>
internal sealed record ReleaseChange(string Stage, Release? Release, StageRecord? Record, string Message, string? Branch);
