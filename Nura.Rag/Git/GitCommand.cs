using System.ComponentModel;
using System.Diagnostics;
using Microsoft.Extensions.Options;
using Nura.Contracts;

namespace Nura.Rag.Git;

/// <summary>
/// Starts <c>git</c> so that neither the machine's settings nor the repository's can make it do more than it is asked: an environment
/// of our own, a configuration of our own, no hooks, no prompts, no submodules, no filters.
/// </summary>
internal sealed class GitCommand(IOptions<RagOptions> options)
{
    // The same on all systems.
    private const int NoSuchFile = 2;

    private static readonly string[] s_inherited = ["PATH", "SystemRoot", "TEMP", "TMP", "TMPDIR"];

    private readonly Lock _writing = new();
    private string? _configuration;

    /// <summary>The folder all mirrors are below.</summary>
    public string Mirrors { get; } = MirrorRoot(options.Value);

    /// <summary>Starts git.</summary>
    /// <param name="arguments">Its arguments. What comes from outside stands after <c>--</c> or <c>--end-of-options</c>.</param>
    /// <param name="environment">Further variables, such as a token; they appear in no process list of other users.</param>
    public GitProcess Start(IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null)
    {
        var start = new ProcessStartInfo("git")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            WorkingDirectory = Mirrors,
        };
        var inherited = s_inherited.Select(name => (name, value: Environment.GetEnvironmentVariable(name))).Where(pair => pair.value is not null).ToList();
        start.Environment.Clear();
        foreach (var (name, value) in inherited)
        {
            start.Environment[name] = value;
        }

        start.Environment["HOME"] = options.Value.AllowSsh ? Environment.GetFolderPath(Environment.SpecialFolder.UserProfile) : Mirrors;
        start.Environment["LC_ALL"] = "C";
        start.Environment["GIT_CONFIG_NOSYSTEM"] = "1";
        start.Environment["GIT_CONFIG_GLOBAL"] = Configuration();
        start.Environment["GIT_ATTR_NOSYSTEM"] = "1";
        start.Environment["GIT_TERMINAL_PROMPT"] = "0";
        start.Environment["GIT_ASKPASS"] = "true";
        start.Environment["GIT_SSH_COMMAND"] = "ssh -o BatchMode=yes -o ConnectTimeout=15";
        start.Environment["GIT_LFS_SKIP_SMUDGE"] = "1";
        start.Environment["GIT_OPTIONAL_LOCKS"] = "0";
        start.Environment["GIT_NO_REPLACE_OBJECTS"] = "1";
        start.Environment["GIT_NO_LAZY_FETCH"] = "1";
        foreach (var (name, value) in options.Value.Proxies.Concat(environment ?? new Dictionary<string, string>()))
        {
            start.Environment[name] = value;
        }

        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        try
        {
            return new GitProcess(Process.Start(start)!);
        }
        catch (Win32Exception exception) when (exception.NativeErrorCode != NoSuchFile)
        {
            throw new ProblemException(503, "git could not be started.", $"The machine that runs Nura.Rag refuses it: {exception.Message}");
        }
        catch (Win32Exception)
        {
            throw new ProblemException(503, "The git command was not found.", "Install git 2.37 or newer on the machine that runs Nura.Rag, and see that it is on PATH.");
        }
    }

    /// <summary>Runs git to its end and returns what it printed.</summary>
    /// <exception cref="GitException">Its exit code was not 0.</exception>
    public async Task<string> RunAsync(IEnumerable<string> arguments, CancellationToken cancellationToken, IReadOnlyDictionary<string, string>? environment = null)
    {
        await using var process = Start(arguments, environment);
        process.Input.Close();
        using var reader = new StreamReader(process.Output);
        var output = await reader.ReadToEndAsync(cancellationToken);
        await process.EndAsync(cancellationToken);
        return output;
    }

    // Written again if somebody emptied the folder: git would not start in one that is gone, and without the file it would do more than it is asked.
    private string Configuration()
    {
        lock (_writing)
        {
            return _configuration = File.Exists(_configuration) ? _configuration : WriteConfiguration(MirrorRoot(options.Value));
        }
    }

    private static string MirrorRoot(RagOptions options)
    {
        var root = Path.GetFullPath(options.MirrorDirectory
            ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.Create), "nura", "mirrors"));
        Directory.CreateDirectory(root);
        return root;
    }

    // A file rather than "-c" arguments: git passes those on to no second process of its own, and a local fetch has one.
    private static string WriteConfiguration(string root)
    {
        var path = Path.Combine(root, "git.config");
        var temporary = $"{path}.{Environment.ProcessId}";
        File.WriteAllText(temporary, """
            [core]
                fsmonitor = false
                hooksPath = /dev/null
                attributesFile = /dev/null
                excludesFile = /dev/null
                sshCommand = ssh -o BatchMode=yes -o ConnectTimeout=15
            [protocol]
                allow = never
            [protocol "https"]
                allow = always
            [protocol "http"]
                allow = always
            [protocol "ssh"]
                allow = always
            [protocol "file"]
                allow = always
            [http]
                followRedirects = false
                lowSpeedLimit = 1000
                lowSpeedTime = 60
            [credential]
                helper =
            [safe]
                directory = *
            [fetch]
                recurseSubmodules = false
                writeCommitGraph = false
            [submodule]
                recurse = false
            [gc]
                auto = 0
            [maintenance]
                auto = false
            [advice]
                detachedHead = false
            """);
        File.Move(temporary, path, overwrite: true);
        return path;
    }
}
