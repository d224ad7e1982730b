using System.Text;
using Nura.Manifests.Cli;

namespace Nura.Manifests.Promotion;

/// <summary>
/// The shared branch in git. Commits are made from objects, never in the work tree, so a dirty checkout neither matters nor is touched,
/// and a refused push leaves no local branch behind.
/// </summary>
/// <param name="directory">A clone of the repository.</param>
/// <param name="remote">Name of the remote.</param>
/// <param name="branch">The shared branch.</param>
/// <param name="folder">Folder of the environments in the repository.</param>
internal sealed class GitReleaseRepository(string directory, string remote, string branch, string folder) : IReleaseRepository
{
    /// <summary>How far back a rollback may look.</summary>
    private const int MaxHistory = 400;

    public async Task<ReleaseSnapshot> FetchAsync(CancellationToken cancellationToken)
    {
        var tip = await TipAsync(cancellationToken);
        if ((await GitAsync(["cat-file", "-e", tip + "^{commit}"], null, null, cancellationToken)).Code != 0)
        {
            await RequireAsync(["fetch", "--quiet", "--no-tags", "--no-write-fetch-head", remote, "refs/heads/" + branch], null, null, cancellationToken);
        }

        return await ReadAsync(tip, cancellationToken);
    }

    /// <summary>The state at any commit or ref that is here already, such as the result of a merge in CI.</summary>
    public async Task<ReleaseSnapshot> ReadAsync(string revision, CancellationToken cancellationToken)
    {
        var tip = (await RequireAsync(["rev-parse", "--verify", revision + "^{commit}"], null, null, cancellationToken)).Trim();
        var stagesPath = $"{folder}/{ReleaseFiles.Stages}";
        var stagesText = (await BlobsAsync([$"{tip}:{stagesPath}"], cancellationToken))[0]
            ?? throw new ManifestToolException($"'{branch}' has no '{stagesPath}'. It names the stages and their order.");
        var stages = ReleaseFiles.ParseStages(stagesText, stagesPath);
        var changes = await ChangesAsync(tip, stages, cancellationToken);
        List<string> names =
        [
            .. stages.Select(stage => $"{tip}:{ReleaseFiles.Release(folder, stage.Name)}"),
            .. stages.Select(stage => $"{tip}:{ReleaseFiles.Record(folder, stage.Name)}"),
            .. changes.Select(change => $"{change.Commit}:{change.Path}"),
        ];
        var blobs = await BlobsAsync(names, cancellationToken);
        return new ReleaseSnapshot
        {
            Tip = tip,
            Stages = stages,
            Current = stages.Select((stage, index) => (stage, index)).ToDictionary(
                entry => entry.stage.Name, entry => blobs[entry.index] is { } text ? Release.Parse(text, ReleaseFiles.Release(folder, entry.stage.Name)) : null),
            Records = stages.Select((stage, index) => (stage, index)).ToDictionary(
                entry => entry.stage.Name,
                entry => blobs[stages.Count + entry.index] is { } text ? StageRecord.Parse(text, ReleaseFiles.Record(folder, entry.stage.Name)) : StageRecord.Empty),
            History = stages.ToDictionary(stage => stage.Name, IReadOnlyList<Release> (stage) =>
            [
                .. changes.Select((change, index) => (change, Text: blobs[(stages.Count * 2) + index]))
                    .Where(entry => entry.change.Path == ReleaseFiles.Release(folder, stage.Name) && entry.Text is not null)
                    .Select(entry => Release.Parse(entry.Text!, entry.change.Path)).OfType<Release>(),
            ]),
        };
    }

    public async Task<string?> TryPushAsync(ReleaseSnapshot basis, ReleaseChange change, CancellationToken cancellationToken)
    {
        if (change.Branch is not null && await FindAsync(change.Branch, cancellationToken) is not null)
        {
            throw new ManifestToolException($"'{change.Branch}' is proposed already on '{remote}'. Merge or close that pull request.");
        }

        var commit = await CommitAsync(basis, change, cancellationToken);
        var target = change.Branch ?? branch;
        var push = await GitAsync(["push", "--porcelain", "--quiet", remote, $"{commit}:refs/heads/{target}"], null, null, cancellationToken);
        if (push.Code == 0)
        {
            return commit;
        }

        if (change.Branch is null && await TipAsync(cancellationToken) != basis.Tip)
        {
            return null;
        }

        var reason = (push.Error + "\n" + push.Output).Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .FirstOrDefault(line => line.StartsWith('!') || line.StartsWith("remote:", StringComparison.Ordinal) || line.StartsWith("fatal:", StringComparison.Ordinal));
        throw new ManifestToolException($"'{remote}' refuses the push to '{target}': {reason}. Nothing has changed.");
    }

    /// <summary>Commits that changed a release file, newest first. Along the first parent only: a merged proposal counts when it was merged.</summary>
    private async Task<IReadOnlyList<(string Commit, string Path)>> ChangesAsync(string tip, IReadOnlyList<Stage> stages, CancellationToken cancellationToken)
    {
        var log = await RequireAsync(
            ["log", "--first-parent", "--diff-merges=first-parent", "--name-only", "--format=@%H", $"--max-count={MaxHistory}", tip, "--", .. stages.Select(stage => ReleaseFiles.Release(folder, stage.Name))],
            null,
            null,
            cancellationToken);
        var changes = new List<(string, string)>();
        var commit = "";
        foreach (var line in log.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (line[0] == '@')
            {
                commit = line[1..];
            }
            else
            {
                changes.Add((commit, line));
            }
        }

        return changes;
    }

    private async Task<string> CommitAsync(ReleaseSnapshot basis, ReleaseChange change, CancellationToken cancellationToken)
    {
        var index = Path.Combine(Path.GetTempPath(), $"nura-promotion-{Guid.CreateVersion7():N}");
        var environment = new Dictionary<string, string> { ["GIT_INDEX_FILE"] = index };
        try
        {
            await RequireAsync(["read-tree", basis.Tip], environment, null, cancellationToken);
            foreach (var (path, text) in new[] { (ReleaseFiles.Release(folder, change.Stage), change.Release?.ToYaml()), (ReleaseFiles.Record(folder, change.Stage), change.Record?.ToYaml()) })
            {
                if (text is not null)
                {
                    var blob = (await RequireAsync(["hash-object", "-w", "--stdin"], null, text, cancellationToken)).Trim();
                    await RequireAsync(["update-index", "--add", "--cacheinfo", $"100644,{blob},{path}"], environment, null, cancellationToken);
                }
            }

            var tree = (await RequireAsync(["write-tree"], environment, null, cancellationToken)).Trim();
            return (await RequireAsync(["commit-tree", tree, "-p", basis.Tip, "-F", "-"], null, change.Message + "\n", cancellationToken)).Trim();
        }
        finally
        {
            File.Delete(index);
        }
    }

    private async Task<string> TipAsync(CancellationToken cancellationToken) =>
        await FindAsync(branch, cancellationToken) ?? throw new ManifestToolException($"'{remote}' has no branch '{branch}'.");

    /// <summary>Where a branch of the remote stands now; null when there is none.</summary>
    private async Task<string?> FindAsync(string name, CancellationToken cancellationToken)
    {
        var line = await RequireAsync(["ls-remote", remote, "refs/heads/" + name], null, null, cancellationToken);
        return line.Length > 0 ? line.Split('\t')[0] : null;
    }

    /// <summary>Texts of objects, null for those that do not exist, in one process.</summary>
    private async Task<IReadOnlyList<string?>> BlobsAsync(IReadOnlyList<string> names, CancellationToken cancellationToken)
    {
        var bytes = Encoding.UTF8.GetBytes(await RequireAsync(["cat-file", "--batch"], null, string.Join('\n', names) + "\n", cancellationToken));
        var blobs = new List<string?>();
        var position = 0;
        foreach (var _ in names)
        {
            var end = Array.IndexOf(bytes, (byte)'\n', position);
            var header = Encoding.UTF8.GetString(bytes, position, end - position);
            position = end + 1;
            if (header.EndsWith(" missing", StringComparison.Ordinal))
            {
                blobs.Add(null);
                continue;
            }

            var size = int.Parse(header[(header.LastIndexOf(' ') + 1)..], System.Globalization.CultureInfo.InvariantCulture);
            blobs.Add(Encoding.UTF8.GetString(bytes, position, size));
            position += size + 1;
        }

        return blobs;
    }

    private async Task<string> RequireAsync(IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string>? environment, string? input, CancellationToken cancellationToken)
    {
        var (code, output, error) = await GitAsync(arguments, environment, input, cancellationToken);
        return code == 0 ? output : throw new ManifestToolException($"git {arguments[0]} failed in '{directory}': {error.Trim()}");
    }

    private Task<(int Code, string Output, string Error)> GitAsync(
        IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string>? environment, string? input, CancellationToken cancellationToken)
    {
        // Never a question on a terminal: a missing password is an error that can be read.
        var all = new Dictionary<string, string>(environment ?? new Dictionary<string, string>()) { ["GIT_TERMINAL_PROMPT"] = "0", ["LC_ALL"] = "C" };
        return ToolProcess.ExecuteAsync("git", ["-C", directory, .. arguments], null, all, input, null, cancellationToken);
    }
}
