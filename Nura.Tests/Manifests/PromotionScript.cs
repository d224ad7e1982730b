using Nura.Manifests;
using Nura.Manifests.Promotion;
using Nura.Tests.Fakes;

namespace Nura.Tests.Manifests;

/// <summary>A random sequence of what people and pipelines do to releases. The same seed does the same to any repository.</summary>
internal static class PromotionScript
{
    public static readonly IReadOnlyList<Stage> Stages =
        [new("dev", null, false), new("staging", "dev", false), new("production", "staging", true), new("production-dr", "production", false)];

    private static readonly Release[] s_releases = [.. Enumerable.Range(0, 6).Select(number => Nura.Manifests.Promotion.Release.Create(
        new string((char)('a' + number), 40), new Dictionary<string, string> { ["api"] = "sha256:" + new string((char)('0' + number), 64), ["rag"] = "sha256:" + new string('f', 64) }))];

    /// <summary>One step against a repository. What the tool refuses is part of the script: the state must then be unchanged.</summary>
    /// <returns>What was done, for messages.</returns>
    public static async Task<string> StepAsync(IReleaseRepository repository, Random random, Func<Task<IReadOnlyList<string>>> branches, Func<string, Task> merge)
    {
        var promoter = new Promoter(repository, new ManualTime());
        var stage = Stages[random.Next(Stages.Count)].Name;
        var draw = random.Next(100);
        var number = random.Next(6);
        try
        {
            switch (draw)
            {
                case < 4:
                    await CarryAsync(repository, promoter, branches, merge);
                    return "carried all the way";
                case < 22:
                    return $"release {number}: {(await promoter.ReleaseAsync("dev", Release(number), CancellationToken.None)).Summary}";
                case < 45:
                    var snapshot = await repository.FetchAsync(CancellationToken.None);
                    // Now and then the test belongs to a release that is gone.
                    var id = random.Next(8) == 0 ? Release(number).Id : snapshot.Current[stage]?.Id ?? "none";
                    return $"verify {stage}: {(await promoter.VerifyAsync(stage, id, "seen", CancellationToken.None)).Summary}";
                case < 75:
                    return $"promote {stage}: {(await promoter.PromoteAsync(stage, random.Next(5) == 0 ? Release(number).Id : null, CancellationToken.None)).Summary}";
                case < 88:
                    return $"rollback {stage}: {(await promoter.RollbackAsync(stage, random.Next(4) == 0 ? Release(number).Id : null, "bad", CancellationToken.None)).Summary}";
                default:
                    var open = await branches();
                    if (open.Count > 0)
                    {
                        await merge(open[random.Next(open.Count)]);
                    }

                    return $"merge of {open.Count}";
            }
        }
        catch (ManifestToolException exception)
        {
            return "refused: " + exception.Message;
        }
    }

    public static Release Release(int number) => s_releases[number];

    /// <summary>The good day: what dev runs goes all the way.</summary>
    private static async Task CarryAsync(IReleaseRepository repository, Promoter promoter, Func<Task<IReadOnlyList<string>>> branches, Func<string, Task> merge)
    {
        foreach (var stage in Stages.Where(stage => stage.After is not null))
        {
            var state = await repository.FetchAsync(CancellationToken.None);
            await promoter.VerifyAsync(stage.After!, state.Current[stage.After!]?.Id ?? "none", "seen", CancellationToken.None);
            await promoter.PromoteAsync(stage.Name, null, CancellationToken.None);
            foreach (var branch in await branches())
            {
                await merge(branch);
            }
        }
    }
}
