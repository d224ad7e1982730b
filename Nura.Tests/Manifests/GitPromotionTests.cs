using Nura.Manifests;
using Nura.Manifests.Promotion;
using Nura.Tests.Fakes;

namespace Nura.Tests.Manifests;

/// <summary>Promotion over real git: a bare remote, several clones, hooks that refuse.</summary>
public sealed class GitPromotionTests
{
    private static readonly Release s_first = PromotionScript.Release(1);
    private static readonly Release s_second = PromotionScript.Release(2);

    [Fact]
    public async Task Release_ThroughAllStages_ArrivesAsTheSameBytes()
    {
        using var sandbox = await GitSandbox.CreateAsync();
        var clone = await sandbox.CloneAsync();
        string[] at = ["--repository", clone];

        await SucceedsAsync(["promote", "--to", "dev", "--commit", s_first.Commit, .. s_first.Images.SelectMany(image => (string[])["--image", $"{image.Key}={image.Value}"]), .. at]);
        await RefusedAsync("not verified in 'dev'", ["promote", "--to", "staging", .. at]);
        await SucceedsAsync(["verify", "--stage", "dev", "--evidence", "tests", .. at]);
        await SucceedsAsync(["promote", "--to", "staging", .. at]);
        await SucceedsAsync(["verify", "--stage", "staging", "--evidence", "tests", .. at]);
        var proposal = await SucceedsAsync(["promote", "--to", "production", .. at]);
        Assert.Contains($"pull request from 'promote/production/{s_first.Id}'", proposal, StringComparison.Ordinal);
        Assert.Contains("production       nothing yet", await SucceedsAsync(["status", .. at]), StringComparison.Ordinal);
        await RefusedAsync("proposed already", ["promote", "--to", "production", .. at]);
        Assert.True(await GitSandbox.MergeAsync(await sandbox.CloneAsync(), $"promote/production/{s_first.Id}"));
        await SucceedsAsync(["verify", "--stage", "production", "--evidence", "canary", .. at]);
        await SucceedsAsync(["promote", "--to", "production-dr", .. at]);

        var texts = new HashSet<string>();
        foreach (var stage in PromotionScript.Stages)
        {
            texts.Add(await GitSandbox.GitAsync(sandbox.Remote, "show", $"main:manifests/environments/{stage.Name}/release.yaml"));
        }

        Assert.Single(texts);
        Assert.Contains("already so", await SucceedsAsync(["promote", "--to", "production-dr", .. at]), StringComparison.Ordinal);
        await SucceedsAsync(["status", "--check", "--json", .. at]);
    }

    [Fact]
    public async Task Rollback_OfABadRelease_IsOneCommitAndFinal()
    {
        using var sandbox = await GitSandbox.CreateAsync();
        var repository = await sandbox.RepositoryAsync();
        var promoter = new Promoter(repository, new ManualTime());
        await promoter.ReleaseAsync("dev", s_first, CancellationToken.None);
        await promoter.ReleaseAsync("dev", s_second, CancellationToken.None);
        var before = await GitSandbox.GitAsync(sandbox.Remote, "rev-parse", "main");

        var result = await promoter.RollbackAsync("dev", null, "answers were empty", CancellationToken.None);

        Assert.Equal(before, await GitSandbox.GitAsync(sandbox.Remote, "rev-parse", "main^"));
        Assert.Equal(result.Commit, await GitSandbox.GitAsync(sandbox.Remote, "rev-parse", "main"));
        Assert.Equal(
            "manifests/environments/dev/record.yaml\nmanifests/environments/dev/release.yaml", await GitSandbox.GitAsync(sandbox.Remote, "diff", "--name-only", "main^", "main"));
        var after = await repository.FetchAsync(CancellationToken.None);
        Assert.Equal(s_first.Id, after.Current["dev"]!.Id);
        Assert.Equal("answers were empty", Assert.Single(after.Records["dev"].Rejected).Reason);
        // It does not come back, neither by promotion nor by a second rollback.
        Assert.Contains("taken back", (await Assert.ThrowsAsync<ManifestToolException>(() => promoter.ReleaseAsync("dev", s_second, CancellationToken.None))).Message, StringComparison.Ordinal);
        Assert.Contains("never ran another", (await Assert.ThrowsAsync<ManifestToolException>(() => promoter.RollbackAsync("dev", null, "x", CancellationToken.None))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Push_RefusedByTheRemote_SaysWhyAndChangesNothing()
    {
        using var sandbox = await GitSandbox.CreateAsync();
        sandbox.Hook("pre-receive", "echo 'main is protected' >&2\nexit 1\n");
        var clone = await sandbox.CloneAsync();
        File.WriteAllText(Path.Combine(clone, "README.md"), "work in progress\n");
        var before = await GitSandbox.GitAsync(sandbox.Remote, "for-each-ref");
        var local = await GitSandbox.GitAsync(clone, "for-each-ref");

        await RefusedAsync("refuses the push", ["promote", "--to", "dev", "--commit", s_first.Commit, "--image", "api=" + s_first.Images["api"], "--repository", clone]);

        Assert.Equal(before, await GitSandbox.GitAsync(sandbox.Remote, "for-each-ref"));
        Assert.Equal(local, await GitSandbox.GitAsync(clone, "for-each-ref"));
        Assert.Equal("M README.md", await GitSandbox.GitAsync(clone, "status", "--porcelain"));
        Assert.Equal("work in progress\n", File.ReadAllText(Path.Combine(clone, "README.md")));
    }

    [Fact]
    public async Task Promotions_AtTheSameTime_AllArriveInOneLine()
    {
        using var sandbox = await GitSandbox.CreateAsync();
        var seed = await sandbox.RepositoryAsync();
        await new Promoter(seed, new ManualTime()).ReleaseAsync("dev", s_first, CancellationToken.None);
        await new Promoter(seed, new ManualTime()).VerifyAsync("dev", s_first.Id, "tests", CancellationToken.None);
        var clones = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => sandbox.RepositoryAsync()));

        await Task.WhenAll(
            new Promoter(clones[0], new ManualTime()).PromoteAsync("staging", null, CancellationToken.None),
            new Promoter(clones[1], new ManualTime()).ReleaseAsync("dev", s_second, CancellationToken.None),
            Task.Run(async () => await Outcome(new Promoter(clones[2], new ManualTime()).VerifyAsync("staging", s_first.Id, "tests", CancellationToken.None))),
            Task.Run(async () => await Outcome(new Promoter(clones[3], new ManualTime()).PromoteAsync("staging", null, CancellationToken.None))));

        var state = await seed.FetchAsync(CancellationToken.None);
        Assert.Equal(s_second.Id, state.Current["dev"]!.Id);
        Assert.Equal(s_first.Id, state.Current["staging"]!.Id);
        Assert.Empty(ReleaseAudit.Find(state));
        // No merge, and nobody's commit overwritten: a line of commits of which each touched one stage.
        Assert.Equal("", await GitSandbox.GitAsync(sandbox.Remote, "rev-list", "--merges", "main"));

        static async Task<string> Outcome(Task<PromotionResult> work)
        {
            try
            {
                return (await work).Summary;
            }
            catch (ManifestToolException exception)
            {
                return exception.Message;
            }
        }
    }

    [Fact]
    public async Task Push_OvertakenByAnother_LeavesTheOthersCommitInPlace()
    {
        using var sandbox = await GitSandbox.CreateAsync();
        var slow = await sandbox.RepositoryAsync();
        var judged = await slow.FetchAsync(CancellationToken.None);
        await new Promoter(await sandbox.RepositoryAsync(), new ManualTime()).ReleaseAsync("dev", s_first, CancellationToken.None);
        var tip = await GitSandbox.GitAsync(sandbox.Remote, "rev-parse", "main");

        var pushed = await slow.TryPushAsync(judged, new ReleaseChange("dev", s_second, null, "too late", null), CancellationToken.None);

        Assert.Null(pushed);
        Assert.Equal(tip, await GitSandbox.GitAsync(sandbox.Remote, "rev-parse", "main"));
    }

    [Fact]
    public async Task Proposal_OvertakenByARollback_IsNotMerged()
    {
        using var sandbox = await GitSandbox.CreateAsync();
        var repository = await sandbox.RepositoryAsync();
        var promoter = new Promoter(repository, new ManualTime());
        foreach (var release in (Release[])[s_first, s_second])
        {
            await promoter.ReleaseAsync("dev", release, CancellationToken.None);
            await promoter.VerifyAsync("dev", release.Id, "tests", CancellationToken.None);
            await promoter.PromoteAsync("staging", null, CancellationToken.None);
            await promoter.VerifyAsync("staging", release.Id, "tests", CancellationToken.None);
            await promoter.PromoteAsync("production", null, CancellationToken.None);
            if (release == s_first)
            {
                Assert.True(await GitSandbox.MergeAsync(await sandbox.CloneAsync(), $"promote/production/{release.Id}"));
            }
        }

        // The same proposal a second time, by somebody else; the first is merged and found bad.
        var proposal = $"promote/production/{s_second.Id}";
        var clone = await sandbox.CloneAsync();
        var late = await GitSandbox.GitAsync(clone, "commit-tree", $"origin/{proposal}^{{tree}}", "-p", $"origin/{proposal}^", "-m", "The same, later");
        await GitSandbox.GitAsync(clone, "push", "--quiet", "origin", late + ":refs/heads/promote/production/late");
        Assert.True(await GitSandbox.MergeAsync(await sandbox.CloneAsync(), proposal));
        await promoter.RollbackAsync("production", null, "bad", CancellationToken.None);

        Assert.False(await GitSandbox.MergeAsync(await sandbox.CloneAsync(), "promote/production/late"));
        Assert.Equal(s_first.Id, (await repository.FetchAsync(CancellationToken.None)).Current["production"]!.Id);
    }

    [Fact]
    public async Task ReleaseFile_EditedByHand_IsRefused()
    {
        using var sandbox = await GitSandbox.CreateAsync();
        var clone = await sandbox.CloneAsync();
        await new Promoter(await sandbox.RepositoryAsync(), new ManualTime()).ReleaseAsync("dev", s_first, CancellationToken.None);
        await GitSandbox.GitAsync(clone, "pull", "--quiet");
        var path = Path.Combine(clone, "manifests", "environments", "dev", "release.yaml");
        File.WriteAllText(path, File.ReadAllText(path).Replace(new string('1', 64), new string('9', 64), StringComparison.Ordinal));
        await GitSandbox.GitAsync(clone, "commit", "--quiet", "--all", "--message", "sneak");

        await RefusedAsync("changed by hand", ["status", "--check", "--revision", "HEAD", "--repository", clone]);
    }

    /// <summary>A history, and as many more as NURA_GIT_HISTORIES says: each costs hundreds of git processes.</summary>
    public static TheoryData<int> Seeds =>
        [23, .. Enumerable.Range(1000, int.TryParse(Environment.GetEnvironmentVariable("NURA_GIT_HISTORIES"), out var more) ? more : 0)];

    // The model of git that carries the two thousand histories is itself held against git.
    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task Git_SameHistory_EndsAsTheModelDoes(int seed)
    {
        using var sandbox = await GitSandbox.CreateAsync();
        var git = await sandbox.RepositoryAsync();
        var merges = await sandbox.CloneAsync();
        var model = new MemoryReleaseRepository(PromotionScript.Stages);
        var (gitRandom, modelRandom) = (new Random(seed), new Random(seed));
        for (var step = 0; step < 20; step++)
        {
            var inGit = await PromotionScript.StepAsync(git, gitRandom, sandbox.BranchesAsync, branch => GitSandbox.MergeAsync(merges, branch));
            var inModel = await PromotionScript.StepAsync(model, modelRandom, () => Task.FromResult<IReadOnlyList<string>>([.. model.Branches.Keys.Order(StringComparer.Ordinal)]), branch => Task.FromResult(model.Merge(branch)));
            Assert.Equal(inModel.StartsWith("refused", StringComparison.Ordinal), inGit.StartsWith("refused", StringComparison.Ordinal));
        }

        var (expected, actual) = (await model.FetchAsync(CancellationToken.None), await git.FetchAsync(CancellationToken.None));
        foreach (var stage in PromotionScript.Stages)
        {
            Assert.Equal(expected.Current[stage.Name]?.ToYaml(), actual.Current[stage.Name]?.ToYaml());
            Assert.Equal(expected.Records[stage.Name].ToYaml(), actual.Records[stage.Name].ToYaml());
            Assert.Equal(expected.History[stage.Name].Select(release => release.Id), actual.History[stage.Name].Select(release => release.Id));
        }
    }

    private static async Task<string> SucceedsAsync(string[] arguments)
    {
        var (code, output, error) = await ManifestTools.RunAsync(arguments);
        Assert.True(code == 0, error);
        return output;
    }

    private static async Task RefusedAsync(string hint, string[] arguments)
    {
        var (code, _, error) = await ManifestTools.RunAsync(arguments);
        Assert.Equal(1, code);
        Assert.Contains(hint, error, StringComparison.Ordinal);
    }
}
