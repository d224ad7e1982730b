using Nura.Manifests.Cli;
using Nura.Manifests.Promotion;

namespace Nura.Tests.Manifests;

/// <summary>A real remote and as many clones of it as wanted, on this disk.</summary>
internal sealed class GitSandbox : IDisposable
{
    private readonly ScratchFolder _scratch = new();
    private int _clones;

    private GitSandbox()
    {
    }

    public string Remote => _scratch["remote.git"];

    public static async Task<GitSandbox> CreateAsync()
    {
        var sandbox = new GitSandbox();
        await GitAsync(null, "init", "--quiet", "--bare", "--initial-branch=main", sandbox.Remote);
        var first = await sandbox.CloneAsync();
        var stages = string.Join('\n', PromotionScript.Stages.Select(stage =>
            $"  - {{ name: {stage.Name}{(stage.After is null ? "" : $", after: {stage.After}")}, approval: {(stage.NeedsApproval ? "pull-request" : "none")} }}"));
        Directory.CreateDirectory(Path.Combine(first, "manifests", "environments"));
        File.WriteAllText(Path.Combine(first, "manifests", "environments", "stages.yaml"), "stages:\n" + stages + "\n");
        File.WriteAllText(Path.Combine(first, "README.md"), "something else\n");
        await GitAsync(first, "add", "--all");
        await GitAsync(first, "commit", "--quiet", "--message", "Stages");
        await GitAsync(first, "push", "--quiet", "origin", "HEAD:main");
        return sandbox;
    }

    public async Task<string> CloneAsync()
    {
        var path = _scratch[$"clone-{++_clones}"];
        await GitAsync(null, "clone", "--quiet", "--config", "user.name=Tester", "--config", "user.email=tester@nura.example", Remote, path);
        return path;
    }

    public async Task<GitReleaseRepository> RepositoryAsync() => new(await CloneAsync(), "origin", "main", ReleaseFiles.DefaultFolder);

    public static async Task<string> GitAsync(string? directory, params string[] arguments)
    {
        var (code, output, error) = await ToolProcess.ExecuteAsync("git", [.. directory is null ? Array.Empty<string>() : ["-C", directory], .. arguments], null, null, null, null, CancellationToken.None);
        Assert.True(code == 0, $"git {string.Join(' ', arguments)}: {error}");
        return output.Trim();
    }

    /// <summary>What a protected branch does with a pull request: merge if there is no conflict and the check on the result passes.</summary>
    public static async Task<bool> MergeAsync(string directory, string branch)
    {
        await GitAsync(directory, "fetch", "--quiet", "origin");
        await GitAsync(directory, "checkout", "--quiet", "--force", "-B", "merging", "origin/main");
        var (code, _, _) = await ToolProcess.ExecuteAsync("git", ["-C", directory, "merge", "--quiet", "--no-ff", "--no-edit", "origin/" + branch], null, null, null, null, CancellationToken.None);
        if (code != 0)
        {
            await GitAsync(directory, "merge", "--abort");
        }

        var good = code == 0 && (await ManifestTools.RunAsync("status", "--repository", directory, "--revision", "HEAD", "--check")).Code == 0;
        if (good)
        {
            await GitAsync(directory, "push", "--quiet", "origin", "HEAD:main");
        }

        await GitAsync(directory, "push", "--quiet", "origin", "--delete", branch);
        return good;
    }

    public async Task<IReadOnlyList<string>> BranchesAsync() =>
        [.. (await GitAsync(Remote, "for-each-ref", "--format=%(refname:short)", "refs/heads/promote")).Split('\n', StringSplitOptions.RemoveEmptyEntries)];

    public void Hook(string name, string script)
    {
        var path = Path.Combine(Remote, "hooks", name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, "#!/bin/sh\n" + script);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    public void Dispose()
    {
        // Git marks its objects read-only, which on some systems keeps them from being deleted.
        foreach (var file in Directory.EnumerateFiles(_scratch.Path, "*", SearchOption.AllDirectories))
        {
            File.SetAttributes(file, FileAttributes.Normal);
        }

        _scratch.Dispose();
    }
}
