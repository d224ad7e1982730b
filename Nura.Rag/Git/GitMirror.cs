using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.RegularExpressions;

namespace Nura.Rag.Git;

/// <summary>The bare copy of one repository that everything is read from.</summary>
internal sealed partial class GitMirror(GitCommand git, Guid repository)
{
    /// <summary>Where the source's HEAD is kept.</summary>
    public const string HeadCopy = "refs/nura/head";

    // As git would before it packs by itself: so many packs, or loose objects in one of the 256 folders that they are spread over.
    private const int MostPacks = 50;
    private const int MostLoose = 27;

    /// <summary>Its folder.</summary>
    public string Directory { get; } = Path.Combine(git.Mirrors, $"{repository:N}.git");

    /// <summary>Whether it has been made.</summary>
    public bool Exists => File.Exists(Path.Combine(Directory, "HEAD"));

    /// <summary>Whether git complains about the mirror itself, as after a power cut: then only a new one helps. (Packs that are gone it fetches again by itself.)</summary>
    /// <remarks>A source may be damaged as well, and git say the same of that: what counts names the mirror.</remarks>
    public bool IsDamaged(GitException exception) =>
        exception.Errors.Contains($"not a git repository: '{Directory}'", StringComparison.Ordinal) || exception.Errors.Contains("bad object refs/", StringComparison.Ordinal)
        || exception.Errors.Contains(Stored, StringComparison.Ordinal);

    /// <summary>Notes that whoever read in it came across damage. The next run that reaches the source makes a new one: until then the rest of it can be read.</summary>
    public void Condemn()
    {
        try
        {
            File.WriteAllText(Condemned, "");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Gone meanwhile, or on a full disk: whoever comes across it next notes it.
        }
    }

    /// <summary>Tells the run that has it.</summary>
    /// <exception cref="GitException">It is damaged.</exception>
    public void ThrowIfCondemned()
    {
        if (File.Exists(Condemned))
        {
            throw new GitException(-1, $"an object is corrupt {Stored}objects)");
        }
    }

    /// <summary>Deletes it. Everything in it can be fetched again, but commits that the source itself has lost.</summary>
    public void Delete() => System.IO.Directory.Delete(Directory, recursive: true);

    /// <summary>Makes it ready to be written to: an empty one if there is none, and without what a git that was killed left behind.</summary>
    /// <remarks>Only for the run that has the mirror: the locks of a git that still works are taken away too.</remarks>
    public async Task PrepareAsync(CancellationToken cancellationToken)
    {
        // With a lock every later fetch fails, and half of a pack is space that nothing frees. No ref's name ends like a lock's.
        foreach (var file in Left("", "*.lock").Concat(Left("refs", "*.lock", SearchOption.AllDirectories)).Concat(Left("objects/pack", "tmp_*")).Concat(Left("objects/pack", ".tmp-*")).ToList())
        {
            File.Delete(file);
        }

        if (!Exists)
        {
            await git.RunAsync(["init", "--quiet", "--bare", "--template=", "--", Directory], cancellationToken);
        }
    }

    /// <summary>Brings branches, tags and the source's HEAD up to date.</summary>
    /// <param name="source">Where from, checked.</param>
    /// <param name="progress">Receives percent of the objects fetched.</param>
    /// <param name="cancellationToken">Ends git.</param>
    public async Task FetchAsync(FetchSource source, Action<double> progress, CancellationToken cancellationToken)
    {
        await PrepareAsync(cancellationToken);
        string[] refs = ["+refs/heads/*:refs/heads/*", "+refs/tags/*:refs/tags/*"];
        try
        {
            // All in one go, which is most of the time a push takes.
            await FetchAsync(source, [.. refs, $"+HEAD:{HeadCopy}"], progress, cancellationToken);
            return;
        }
        catch (GitException exception) when (exception.Errors.Contains("find remote ref HEAD", StringComparison.Ordinal))
        {
            // No commits, or a HEAD that names a branch without any.
        }

        await FetchAsync(source, refs, progress, cancellationToken);
        // The name also fits what ends with it, such as refs/remotes/origin/HEAD, which is where another repository's HEAD was.
        var heads = await git.RunAsync([.. source.Options, "ls-remote", "--", source.Url, "HEAD"], cancellationToken, source.Environment);
        if (heads.Split('\n').Select(line => line.Split('\t')).FirstOrDefault(line => line is [_, "HEAD"]) is not [var commit, _])
        {
            await git.RunAsync(["--git-dir", Directory, "update-ref", "-d", HeadCopy], cancellationToken);
            return;
        }

        if (!await HasAsync(commit, cancellationToken))
        {
            // A detached HEAD that no branch holds.
            await FetchAsync(source, [$"+HEAD:{HeadCopy}"], progress, cancellationToken);
        }
        else
        {
            await git.RunAsync(["--git-dir", Directory, "update-ref", HeadCopy, commit], cancellationToken);
        }
    }

    /// <summary>Packs what many fetches left in pieces, if they are many: each costs space, and the time to look into it. Nothing is lost that a citation may name.</summary>
    /// <remarks>Only for the run that has the mirror. Packs that are big beside the others stay as they are, so that it costs little each time.</remarks>
    public async Task TidyAsync(CancellationToken cancellationToken)
    {
        if (Left("objects/pack", "*.pack").Skip(MostPacks).Any() || Left("objects/17", "*").Skip(MostLoose).Any())
        {
            await git.RunAsync(["--git-dir", Directory, "repack", "-d", "--geometric=2", "--quiet"], cancellationToken);
        }
    }

    /// <summary>The commit a ref stands for.</summary>
    /// <param name="reference">Branch, tag, or commit (7 digits or more); the source's HEAD if <see langword="null"/>.</param>
    /// <param name="cancellationToken">Ends git.</param>
    /// <returns>The full id, or <see langword="null"/>.</returns>
    public async Task<string?> ResolveAsync(string? reference, CancellationToken cancellationToken)
    {
        string[] candidates = reference is null ? [HeadCopy]
            : [$"refs/heads/{reference}", $"refs/tags/{reference}", .. IsCommit(reference) ? [reference] : Array.Empty<string>()];
        await using var reader = Read();
        foreach (var candidate in candidates)
        {
            if (await reader.InfoAsync($"{candidate}^{{commit}}", cancellationToken) is { } info)
            {
                return info.Oid;
            }
        }

        return null;
    }

    /// <summary>Whether any branch has a commit.</summary>
    public async Task<bool> HasCommitsAsync(CancellationToken cancellationToken) =>
        (await git.RunAsync(["--git-dir", Directory, "for-each-ref", "--count=1", "refs/heads", "refs/tags", HeadCopy], cancellationToken)).Length > 0;

    /// <summary>Fetches one commit by its id, if the source gives out such.</summary>
    /// <returns>Whether it did. It gives out none that it has not, nor one by the beginning of its id.</returns>
    public async Task<bool> FetchCommitAsync(FetchSource source, string commit, CancellationToken cancellationToken)
    {
        try
        {
            await FetchAsync(source, [$"+{commit}:refs/nura/{commit}"], static _ => { }, cancellationToken);
            return true;
        }
        catch (GitException exception) when (exception.Errors.Contains("find remote ref", StringComparison.Ordinal) || exception.Errors.Contains("not our ref", StringComparison.Ordinal))
        {
            return false;
        }
    }

    /// <summary>Whether a ref is written like a commit.</summary>
    public static bool IsCommit(string reference) => reference.Length is >= 7 and <= 64 && reference.All(char.IsAsciiHexDigitLower);

    /// <summary>All files of a commit, in git's order. Blob sizes come along, so that big ones need not be read.</summary>
    public IAsyncEnumerable<TreeEntry> ListAsync(string commit, CancellationToken cancellationToken) => ListAsync(["-r", "--end-of-options", commit], cancellationToken);

    /// <summary>Some files of a commit; those that do not exist are left out.</summary>
    public IAsyncEnumerable<TreeEntry> ListAsync(string commit, IEnumerable<string> paths, CancellationToken cancellationToken) =>
        ListAsync(["--end-of-options", commit, .. paths], cancellationToken);

    /// <summary>What a commit changes against another, if that is at most so many files and both are there.</summary>
    public Task<TreeDiff?> DiffAsync(string from, string to, int most, CancellationToken cancellationToken) => TreeDiff.ReadAsync(git, Directory, from, to, most, cancellationToken);

    private string Condemned => Path.Combine(Directory, "nura-damaged");

    // "fatal: packed object <oid> (stored in <mirror>/objects/pack/...) is corrupt"; loose ones likewise.
    private string Stored => $"(stored in {Directory}/";

    private async IAsyncEnumerable<TreeEntry> ListAsync(string[] arguments, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var process = git.Start(["--git-dir", Directory, "--literal-pathspecs", "ls-tree", "-l", "-z", "--full-tree", .. arguments]);
        process.Input.Close();
        foreach (var record in process.Records())
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return Parse(record);
        }

        try
        {
            await process.EndAsync(cancellationToken);
        }
        catch (GitException exception) when (MissingTree().IsMatch(exception.Errors))
        {
            throw Missing(exception.Errors);
        }
    }

    /// <summary>Opens a reader for objects.</summary>
    public GitBlobReader Read() => new(git.Start(["--git-dir", Directory, "cat-file", "--batch-command"]));

    private IEnumerable<string> Left(string folder, string pattern, SearchOption depth = SearchOption.TopDirectoryOnly) =>
        Path.Combine(Directory, folder) is var path && System.IO.Directory.Exists(path) ? System.IO.Directory.EnumerateFiles(path, pattern, depth) : [];

    private async Task<bool> HasAsync(string commit, CancellationToken cancellationToken)
    {
        await using var reader = Read();
        return await reader.InfoAsync($"{commit}^{{commit}}", cancellationToken) is not null;
    }

    private async Task FetchAsync(FetchSource source, string[] refs, Action<double> progress, CancellationToken cancellationToken)
    {
        await using var process = git.Start(
            ["--git-dir", Directory, .. source.Options, "fetch", "--progress", "--prune", "--no-tags", "--no-recurse-submodules", "--no-write-fetch-head", "--no-auto-maintenance", "--update-shallow", "--", source.Url, .. refs],
            source.Environment);
        process.Progress = line =>
        {
            if (FetchProgress.Percent(line) is { } percent)
            {
                progress(percent);
            }
        };
        process.Input.Close();
        await process.EndAsync(cancellationToken);
    }

    // A fetch sees to it that everything is there, so what is not was lost here.
    private GitException Missing(string what) => new(-1, $"an object is missing {Stored}objects): {what}");

    // "<mode> SP <type> SP <oid> SP+ <size> TAB <path>", with "BAD" for the size of an object that is not there
    private TreeEntry Parse(byte[] record)
    {
        var tab = Array.IndexOf(record, (byte)'\t');
        var fields = Encoding.ASCII.GetString(record, 0, tab).Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var size = fields[3] == "BAD" ? throw Missing(fields[2])
            : long.TryParse(fields[3], NumberStyles.None, CultureInfo.InvariantCulture, out var bytes) ? bytes : 0;
        var path = GitPath.Decode(record.AsSpan(tab + 1), out var isText);
        return new TreeEntry(path, fields[2], fields[0], size, isText);
    }

    [GeneratedRegex("Could not read [0-9a-f]{40}|not a tree object")]
    private static partial Regex MissingTree();
}
