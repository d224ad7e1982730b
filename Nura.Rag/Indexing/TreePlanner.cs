using Microsoft.Extensions.Options;
using Nura.Rag.Files;
using Nura.Rag.Git;
using Nura.Rag.Repositories;

namespace Nura.Rag.Indexing;

/// <summary>Decides whether a commit can be indexed by what it changes, and reads the entries either way.</summary>
internal sealed class TreePlanner(TreeStore trees, IOptions<RagOptions> options)
{
    // Beyond this a listing of everything is no slower.
    private const int MostChanges = 2000;
    private const long MostIgnoreBytes = 1_000_000;
    private const string Folder = "040000";

    // Of how files are chosen, by ignore files too. Raise it when that changes.
    private const int Choice = 2;

    /// <summary>What decides how a tree is made of a commit. Trees made by other rules are made anew.</summary>
    public string Rules { get; } = $"{BlobAnalyzer.Format}.{Choice}/{options.Value.MaxFileBytes}";

    /// <summary>Plans a run.</summary>
    public async Task<TreePlan> PlanAsync(GitMirror mirror, RepositoryRow repository, string commit, CancellationToken cancellationToken)
    {
        if (repository.Commit is { } before && before != commit && repository.Rules == Rules
            && !await trees.HasFailedAsync(repository.Id, cancellationToken)
            && await mirror.DiffAsync(before, commit, MostChanges, cancellationToken) is { } diff
            && await ChangesAsync(mirror, before, commit, diff, cancellationToken) is { } changes)
        {
            return changes;
        }

        var entries = new List<TreeEntry>();
        await foreach (var entry in mirror.ListAsync(commit, cancellationToken))
        {
            entries.Add(entry);
        }

        return new TreePlan(null, entries, [], await IgnoreAsync(mirror, entries, cancellationToken));
    }

    // An ignore file has its say about files that did not change, so such a change is one of everything.
    private static async Task<TreePlan?> ChangesAsync(GitMirror mirror, string before, string commit, TreeDiff diff, CancellationToken cancellationToken)
    {
        if (diff.Gone.Concat(diff.Present.Select(entry => entry.Path)).Any(IsIgnoreFile))
        {
            return null;
        }

        var named = diff.Present.Where(entry => entry.PathIsText && !entry.Path.Contains('\n')).ToList();
        var wanted = named.Select(entry => entry.Path).Concat(named.SelectMany(entry => IgnoreFilesAbove(entry.Path))).Distinct().ToList();
        if (wanted.Count > MostChanges)
        {
            return null;
        }

        var listed = new Dictionary<string, TreeEntry>(StringComparer.Ordinal);
        if (wanted.Count > 0)
        {
            await foreach (var entry in mirror.ListAsync(commit, wanted, cancellationToken))
            {
                listed[entry.Path] = entry;
            }
        }

        var ignore = await IgnoreAsync(mirror, [.. listed.Values.Where(entry => IsIgnoreFile(entry.Path))], cancellationToken);
        return new TreePlan(before, [.. diff.Present.Select(entry => listed.GetValueOrDefault(entry.Path, entry))], diff.Gone, ignore);
    }

    private static bool IsIgnoreFile(string path) => IgnoreRules.FileNames.Contains(path[(path.LastIndexOf('/') + 1)..]);

    private static IEnumerable<string> IgnoreFilesAbove(string path)
    {
        for (var end = path.LastIndexOf('/'); ; end = path.LastIndexOf('/', end - 1))
        {
            foreach (var name in IgnoreRules.FileNames)
            {
                yield return path[..(end + 1)] + name;
            }

            if (end <= 0)
            {
                yield break;
            }
        }
    }

    private static async Task<IgnoreRules> IgnoreAsync(GitMirror mirror, IReadOnlyList<TreeEntry> entries, CancellationToken cancellationToken)
    {
        var rules = new IgnoreRules();
        var files = entries.Where(entry => IsIgnoreFile(entry.Path) && !entry.IsLink && !entry.IsSubmodule && entry.Mode != Folder && entry.Size <= MostIgnoreBytes).ToList();
        if (files.Count == 0)
        {
            return rules;
        }

        await using var reader = mirror.Read();
        foreach (var name in IgnoreRules.FileNames)
        {
            foreach (var entry in files.Where(entry => entry.Path.EndsWith(name, StringComparison.Ordinal)))
            {
                if (await reader.ReadAsync(entry.Oid, cancellationToken) is { } content)
                {
                    rules.Add(entry.Path, ContentRules.Decode(content));
                }
            }
        }

        return rules;
    }
}
