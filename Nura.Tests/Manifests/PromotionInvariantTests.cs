namespace Nura.Tests.Manifests;

/// <summary>Two thousand random histories, with races, and what must hold after each commit of each.</summary>
public sealed class PromotionInvariantTests
{
    private const int Histories = 2_000;
    private const int Steps = 30;

    [Fact]
    public async Task Histories_AtRandom_NeverBreakTheRules()
    {
        var commits = 0;
        var production = 0;
        var races = 0;
        var rollbacks = 0;
        for (var seed = 0; seed < Histories; seed++)
        {
            var random = new Random(seed);
            var repository = new MemoryReleaseRepository(PromotionScript.Stages);
            var log = new List<string>();
            for (var step = 0; step < Steps; step++)
            {
                if (random.Next(5) == 0)
                {
                    // Somebody else acts between this step's look and its push.
                    var other = new Random(random.Next());
                    repository.Meanwhile = async () =>
                    {
                        races++;
                        log.Add("  meanwhile " + await PromotionScript.StepAsync(repository, other, Branches, Merge));
                    };
                }

                var before = repository.Commits.Count;
                log.Add(await PromotionScript.StepAsync(repository, random, Branches, Merge));
                repository.Meanwhile = null;
                rollbacks += log[^1].StartsWith("rollback", StringComparison.Ordinal) ? 1 : 0;
                for (var index = Math.Max(1, before); index < repository.Commits.Count; index++)
                {
                    Check(repository, index, seed, log);
                }
            }

            commits += repository.Commits.Count;
            production += repository.Commits.Count(commit => commit.Current["production-dr"] is not null);

            Task<IReadOnlyList<string>> Branches() => Task.FromResult<IReadOnlyList<string>>([.. repository.Branches.Keys]);

            Task Merge(string branch)
            {
                repository.Merge(branch);
                return Task.CompletedTask;
            }
        }

        // The histories are worth something only if much of everything happened in them.
        Assert.True(commits > Histories * 10, $"only {commits} commits");
        Assert.True(production > Histories, $"only {production} commits with a release that went all the way");
        Assert.True(races > Histories, $"only {races} races");
        Assert.True(rollbacks > Histories / 2, $"only {rollbacks} rollbacks");
    }

    private static void Check(MemoryReleaseRepository repository, int index, int seed, List<string> log)
    {
        var state = repository.Commits[index];
        var previous = repository.Commits[index - 1];
        foreach (var stage in PromotionScript.Stages)
        {
            var release = state.Current[stage.Name];
            if (stage.Name != state.Stage)
            {
                Holds(ReferenceEquals(release, previous.Current[stage.Name]) && ReferenceEquals(state.Records[stage.Name], previous.Records[stage.Name]), "one commit changed two stages");
            }

            if (release is null)
            {
                continue;
            }

            Holds(!state.Records[stage.Name].HasRejected(release.Id), $"{stage.Name} runs what was taken back there");
            Holds(state.Records[stage.Name].Rejected.Count >= previous.Records[stage.Name].Rejected.Count, "a verdict was lost");
            Holds(state.Records[stage.Name].Verified.Count >= previous.Records[stage.Name].Verified.Count, "a verification was lost");
            if (stage.After is { } before)
            {
                Holds(
                    repository.Commits.Take(index + 1).Any(commit => ReferenceEquals(commit.Current[before], release) && commit.Records[before].HasVerified(release.Id)),
                    $"{stage.Name} runs '{release.Id}', never verified while {before} ran it");
            }
        }

        void Holds(bool condition, string rule) => Assert.True(condition, $"seed {seed}, commit {index}: {rule}\n{string.Join('\n', log)}");
    }
}
