using System.Diagnostics;

namespace Nura.Tests.Rag;

/// <summary>A git repository in a temporary folder.</summary>
internal sealed class SampleRepository : IDisposable
{
    /// <summary>An empty one, its first branch named <c>main</c>.</summary>
    public SampleRepository(string? root = null)
    {
        Path = System.IO.Path.Combine(root ?? Directory.CreateTempSubdirectory("nura-sample-").FullName, $"repo{Guid.NewGuid():N}");
        Directory.CreateDirectory(Path);
        Git("init", "--quiet", "--initial-branch=main", "--template=");
    }

    public string Path { get; }

    /// <summary>Writes files, given as path and content in turn, and commits everything.</summary>
    /// <returns>The commit.</returns>
    public string Commit(params string[] pathsAndContents)
    {
        for (var i = 0; i < pathsAndContents.Length; i += 2)
        {
            Write(pathsAndContents[i], pathsAndContents[i + 1]);
        }

        Git("add", "--all", "--force");
        Git("commit", "--quiet", "--allow-empty", "-m", "A change");
        // One process less than "git rev-parse": a commit just made is never packed.
        var head = File.ReadAllText(System.IO.Path.Combine(Path, ".git", "HEAD")).Trim();
        return head.StartsWith("ref: ", StringComparison.Ordinal) ? File.ReadAllText(System.IO.Path.Combine(Path, ".git", head[5..])).Trim() : head;
    }

    public void Write(string path, string content)
    {
        var full = System.IO.Path.Combine(Path, path);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(full)!);
        File.WriteAllText(full, content);
    }

    public string Git(params string[] arguments) => Run(Path, null, arguments);

    /// <summary>Runs git with our identity and none of this machine's settings.</summary>
    public static string Run(string folder, string? input, params string[] arguments)
    {
        var start = new ProcessStartInfo("git", ["-c", "user.name=Test", "-c", "user.email=test@example.com", "-c", "commit.gpgSign=false", "-c", "core.autocrlf=false", "-c", "maintenance.auto=false", .. arguments])
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["GIT_CONFIG_GLOBAL"] = "/dev/null";
        start.Environment["GIT_CONFIG_NOSYSTEM"] = "1";
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEndAsync();
        process.StandardInput.Write(input);
        process.StandardInput.Close();
        process.WaitForExit();
        return process.ExitCode is 0 or 1 ? output.GetAwaiter().GetResult() : throw new InvalidOperationException(errors.GetAwaiter().GetResult());
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
