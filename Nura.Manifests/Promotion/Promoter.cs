using System.Globalization;

namespace Nura.Manifests.Promotion;

/// <summary>
/// Moves releases. Each operation reads the newest state, judges, and pushes one commit on top of exactly that state;
/// when somebody was faster it starts over, so that a judgement is never applied to a state it was not made for.
/// </summary>
internal sealed class Promoter(IReleaseRepository repository, TimeProvider time)
{
    private const int MaxAttempts = 20;

    /// <summary>Brings a new release into the first stage.</summary>
    /// <exception cref="ManifestToolException">It was taken back there before, or the remote refuses.</exception>
    public Task<PromotionResult> ReleaseAsync(string stage, Release release, CancellationToken cancellationToken) => ApplyAsync(
        snapshot => snapshot.Stage(stage).After is { } before
            ? throw new ManifestToolException($"'{stage}' takes only what '{before}' has verified. New images start in the first stage.")
            : Move(snapshot, snapshot.Stage(stage), release, "new build"),
        cancellationToken);

    /// <summary>Moves a release that the stage before has verified: the newest one, even if that stage has moved on meanwhile.</summary>
    /// <param name="stage">Where to.</param>
    /// <param name="id">A certain release, or null for the newest.</param>
    /// <param name="cancellationToken">Stops before the push.</param>
    /// <exception cref="ManifestToolException">There is none, or it was taken back, or ran there before, or the remote refuses.</exception>
    public Task<PromotionResult> PromoteAsync(string stage, string? id, CancellationToken cancellationToken) => ApplyAsync(
        snapshot =>
        {
            var target = snapshot.Stage(stage);
            var before = target.After ?? throw new ManifestToolException($"'{stage}' is the first stage: name what was built with --commit and --image.");
            var current = snapshot.Current[before] ?? throw new ManifestToolException($"'{before}' has no release yet, so there is nothing to promote.");
            var record = snapshot.Records[before];
            var release = snapshot.History[before].FirstOrDefault(candidate => (id is null || candidate.Id == id) && record.HasVerified(candidate.Id) && !record.HasRejected(candidate.Id))
                ?? throw new ManifestToolException($"Release '{id ?? current.Id}' is not verified in '{before}', or was taken back there. Verify it first: nura-manifests verify --stage {before}");
            // Backwards is a rollback, with its reason on record.
            return snapshot.Current[stage]?.Id != release.Id && snapshot.History[stage].Any(earlier => earlier.Id == release.Id)
                ? throw new ManifestToolException($"'{stage}' ran '{release.Id}' before and has moved on. To go back: nura-manifests rollback --stage {stage} --to {release.Id}")
                : Move(snapshot, target, release, "verified in " + before);
        },
        cancellationToken);

    /// <summary>Notes that the release a stage runs has proved itself there.</summary>
    /// <param name="stage">The stage.</param>
    /// <param name="id">The release that was tested: it must still be the one that runs.</param>
    /// <param name="evidence">What was seen.</param>
    /// <param name="cancellationToken">Stops before the push.</param>
    public Task<PromotionResult> VerifyAsync(string stage, string id, string evidence, CancellationToken cancellationToken) => ApplyAsync(
        snapshot =>
        {
            var record = snapshot.Records[snapshot.Stage(stage).Name];
            if (snapshot.Current[stage]?.Id != id)
            {
                throw new ManifestToolException($"'{stage}' now runs '{snapshot.Current[stage]?.Id ?? "nothing"}', not '{id}' which was tested. Test again.");
            }

            return record.HasVerified(id)
                ? null
                : new ReleaseChange(stage, null, record with { Verified = [.. record.Verified, Verdict(id, evidence)] }, $"Verify {id} in {stage}\n\n{evidence}", null);
        },
        cancellationToken);

    /// <summary>Takes the release of a stage back, in one commit: to the newest one before it that was not taken back itself.</summary>
    /// <param name="stage">The stage.</param>
    /// <param name="to">An earlier release of that stage, or null for the newest good one.</param>
    /// <param name="reason">Kept in the stage's record.</param>
    /// <param name="cancellationToken">Stops before the push.</param>
    public Task<PromotionResult> RollbackAsync(string stage, string? to, string reason, CancellationToken cancellationToken)
    {
        // Started over after a race, it must not take back the release it has just brought.
        string? bad = null;
        return ApplyAsync(
            snapshot =>
            {
                var record = snapshot.Records[snapshot.Stage(stage).Name];
                var current = snapshot.Current[stage] ?? throw new ManifestToolException($"'{stage}' has no release yet, so there is nothing to take back.");
                bad ??= current.Id;
                if (current.Id != bad)
                {
                    throw new ManifestToolException($"Meanwhile '{stage}' runs '{current.Id}' instead of '{bad}'. Look at it, then roll back again if need be.");
                }

                var good = snapshot.History[stage].FirstOrDefault(release => release.Id != bad && !record.HasRejected(release.Id) && (to is null || release.Id == to))
                    ?? throw new ManifestToolException(to is null
                        ? $"'{stage}' never ran another release that was not taken back."
                        : $"'{stage}' cannot go back to '{to}': it never ran there, or was taken back itself.");
                return new ReleaseChange(
                    stage, good, record with { Rejected = [.. record.Rejected, Verdict(bad, reason)] }, $"Roll {stage} back from {bad} to {good.Id}\n\n{reason}", null);
            },
            cancellationToken);
    }

    private static ReleaseChange? Move(ReleaseSnapshot snapshot, Stage stage, Release release, string why)
    {
        if (snapshot.Records[stage.Name].HasRejected(release.Id))
        {
            throw new ManifestToolException($"Release '{release.Id}' was taken back in '{stage.Name}' before. Build a fixed one.");
        }

        return snapshot.Current[stage.Name]?.Id == release.Id
            ? null
            : new ReleaseChange(
                stage.Name, release, null, $"Promote {release.Id} to {stage.Name}\n\nBuilt from {release.Commit}; {why}.", stage.NeedsApproval ? $"promote/{stage.Name}/{release.Id}" : null);
    }

    private async Task<PromotionResult> ApplyAsync(Func<ReleaseSnapshot, ReleaseChange?> judge, CancellationToken cancellationToken)
    {
        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            var snapshot = await repository.FetchAsync(cancellationToken);
            if (judge(snapshot) is not { } change)
            {
                return new PromotionResult(null, null, "already so; nothing to do");
            }

            if (await repository.TryPushAsync(snapshot, change, cancellationToken) is { } commit)
            {
                return new PromotionResult(commit, change.Branch, change.Message.Split('\n')[0]);
            }
        }

        throw new ManifestToolException($"Others were faster {MaxAttempts} times in a row. Nothing has changed; try again.");
    }

    private Verdict Verdict(string id, string reason) => new(id, time.GetUtcNow().ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture), reason);
}

/// <param name="Commit">The commit that was pushed; null when there was nothing to do.</param>
/// <param name="Branch">The branch it waits on for approval; null when it is in force.</param>
/// <param name="Summary">One line for people.</param>
internal sealed record PromotionResult(string? Commit, string? Branch, string Summary);
