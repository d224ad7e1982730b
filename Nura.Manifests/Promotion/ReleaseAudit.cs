namespace Nura.Manifests.Promotion;

/// <summary>The rules of promotion as a check of one state: run on every pull request, it stops a merge that has been overtaken.</summary>
internal static class ReleaseAudit
{
    /// <summary>What breaks the rules; empty when all is well.</summary>
    public static IReadOnlyList<string> Find(ReleaseSnapshot snapshot)
    {
        var findings = new List<string>();
        foreach (var stage in snapshot.Stages)
        {
            if (snapshot.Current[stage.Name] is not { } release)
            {
                continue;
            }

            if (snapshot.Records[stage.Name].HasRejected(release.Id))
            {
                findings.Add($"'{stage.Name}' runs '{release.Id}', which was taken back there.");
            }

            if (stage.After is { } before && !snapshot.Records[before].HasVerified(release.Id))
            {
                findings.Add($"'{stage.Name}' runs '{release.Id}', which '{before}' never verified.");
            }
        }

        return findings;
    }
}
