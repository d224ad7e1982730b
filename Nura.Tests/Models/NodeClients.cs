using System.Diagnostics;
using System.Text.Json.Nodes;
using Nura.Tests.House;

namespace Nura.Tests.Models;

/// <summary>Runs the official JavaScript clients of <c>tools/clients</c>, and the identity provider there, restored from their lock file when first needed.</summary>
internal static class NodeClients
{
    private static readonly Lazy<Task> s_restored = new(RestoreAsync);

    private static string Folder { get; } = Path.Combine(SourceTree.Root, "tools", "clients");

    /// <summary>Runs a script that prints one JSON object.</summary>
    public static async Task<JsonObject> RunAsync(string script, string[] arguments, (string Name, string Value)[] environment)
    {
        await s_restored.Value;
        return JsonNode.Parse(await StartAsync("node", [script, .. arguments], environment))!.AsObject();
    }

    /// <summary>Starts a script that prints where it serves, and then goes on until it is ended.</summary>
    public static async Task<(Process Process, string Url)> ServeAsync(string script, params string[] arguments)
    {
        await s_restored.Value;
        var process = Process.Start(new ProcessStartInfo("node", [script, .. arguments]) { WorkingDirectory = Folder, RedirectStandardOutput = true, RedirectStandardError = true })!;
        var errors = process.StandardError.ReadToEndAsync();
        return (process, await process.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException($"{script} ended before it served. {await errors}"));
    }

    public static bool IsNodeHere() => Environment.GetEnvironmentVariable("PATH")!.Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, "node")));

    private static Task RestoreAsync() => IsRestored() ? Task.CompletedTask : StartAsync("npm", ["ci", "--no-audit", "--no-fund"], []);

    /// <summary>npm notes in a file of its own what it has installed last.</summary>
    private static bool IsRestored()
    {
        var (wanted, installed) = (new FileInfo(Path.Combine(Folder, "package-lock.json")), new FileInfo(Path.Combine(Folder, "node_modules", ".package-lock.json")));
        return installed.Exists && installed.LastWriteTimeUtc >= wanted.LastWriteTimeUtc;
    }

    private static async Task<string> StartAsync(string command, string[] arguments, (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo(command, arguments) { WorkingDirectory = Folder, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        try
        {
            using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(2));
            var output = process.StandardOutput.ReadToEndAsync(limit.Token);
            var errors = process.StandardError.ReadToEndAsync(limit.Token);
            await process.WaitForExitAsync(limit.Token);
            Assert.True(process.ExitCode == 0, $"{command} {arguments[0]} exited with {process.ExitCode}: {await errors}");
            return await output;
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
    }
}
