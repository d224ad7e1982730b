using System.Security.Cryptography;
using Microsoft.Extensions.Logging;

namespace Nura.Hosting;

/// <summary>The pinned npm packages behind PGlite.</summary>
internal static class PglitePackages
{
    private const int OldestNode = 20;

    /// <summary>The folder <c>tools/pglite</c> of the clone that a path lies in.</summary>
    public static string FindTools(string within)
    {
        for (var folder = new DirectoryInfo(within); folder is not null; folder = folder.Parent)
        {
            var tools = Path.Combine(folder.FullName, "tools", "pglite");
            if (File.Exists(Path.Combine(tools, "server.mjs")))
            {
                return tools;
            }
        }

        throw new StartFailedException($"There is no folder 'tools/pglite' above '{within}': PGlite cannot be started from there.");
    }

    /// <summary>Whether Node is there at all.</summary>
    public static bool CanRun => Programs.Find("node") is not null;

    /// <summary>Restores the packages when they are missing or other than locked, and returns the path of Node.</summary>
    /// <exception cref="StartFailedException">Node or npm is missing or too old, or the packages cannot be had.</exception>
    public static async Task<string> RestoreAsync(string tools, ILogger logger, CancellationToken cancellationToken)
    {
        var node = Programs.Find("node") ?? throw new StartFailedException($"PGlite needs Node {OldestNode} or newer, and there is no 'node' on PATH.");
        var version = (await ManagedProcess.RunAsync(new(node, ["--version"]), cancellationToken)).Output.Trim();
        if (!int.TryParse(version.TrimStart('v').Split('.')[0], out var major) || major < OldestNode)
        {
            throw new StartFailedException($"PGlite needs Node {OldestNode} or newer; '{node}' is {version}.");
        }

        // The stamp is written last: a restore that was cut short is done again.
        var lockFile = await File.ReadAllBytesAsync(Path.Combine(tools, "package-lock.json"), cancellationToken);
        var wanted = Convert.ToHexString(SHA256.HashData(lockFile));
        var stamp = Path.Combine(tools, "node_modules", ".restored");
        if (IsCurrent())
        {
            return node;
        }

        using var guard = await LockAsync(Path.Combine(tools, ".restore.lock"), cancellationToken);
        if (IsCurrent())
        {
            return node;
        }

        PostgresLog.Restoring(logger, tools);
        var npm = Programs.Find("npm") ?? throw new StartFailedException("PGlite is restored by npm, and there is no 'npm' on PATH. It comes with Node.");
        var (code, output) = await ManagedProcess.RunAsync(new(npm, ["ci", "--no-audit", "--no-fund", "--loglevel=error"]) { WorkingDirectory = tools }, cancellationToken);
        if (code != 0)
        {
            throw new StartFailedException($"'npm ci' in '{tools}' failed with exit code {code}. Is the npm registry reachable?\n{output.Trim()}");
        }

        await File.WriteAllTextAsync(stamp, wanted, cancellationToken);
        PostgresLog.Restored(logger);
        return node;

        bool IsCurrent() => File.Exists(stamp) && File.ReadAllText(stamp) == wanted;
    }

    private static async Task<FileLock> LockAsync(string path, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (FileLock.TryTake(path) is { } taken)
            {
                return taken;
            }

            await Task.Delay(100, cancellationToken);
        }
    }
}
