using Nura.Contracts;
using Nura.Rag.Git;

namespace Nura.Rag.Repositories;

/// <summary>Finds what is indexed of a ref in the repositories a caller may see.</summary>
internal sealed class RefSelector(RepositoryStore repositories, GitCommand git)
{
    // Each asks a git process.
    private const int Together = 8;

    /// <summary>The rows to search.</summary>
    /// <param name="visible">Identities of repositories; <see langword="null"/> for all.</param>
    /// <param name="reference">Branch, tag or commit; each repository's own when <see langword="null"/>.</param>
    /// <param name="cancellationToken">Stops the search.</param>
    /// <exception cref="ProblemException">404 if none of the repositories has the ref indexed.</exception>
    public async Task<List<RepositoryRow>> SelectAsync(IReadOnlyList<Guid>? visible, string? reference, CancellationToken cancellationToken)
    {
        var roots = await repositories.VisibleAsync(visible, cancellationToken);
        if (string.IsNullOrWhiteSpace(reference) || roots.Count == 0)
        {
            return roots;
        }

        if (!RefName.IsValid(reference))
        {
            throw new ProblemException(400, "This is no name of a branch, tag or commit.", "Give a branch, a tag, or a commit of 7 to 64 hexadecimal digits.");
        }

        var children = (await repositories.RefsAsync(roots.Select(root => root.Id), cancellationToken)).ToLookup(row => row.Mirror);
        var rows = new List<RepositoryRow>();
        foreach (var together in roots.Chunk(Together))
        {
            rows.AddRange((await Task.WhenAll(together.Select(root => FindAsync(root, children[root.Id], reference, cancellationToken)))).OfType<RepositoryRow>());
        }

        return rows.Count > 0 ? rows
            : throw new ProblemException(404, $"\"{reference}\" is not indexed.", "Index it first: POST /api/repositories/{id}/refs with {\"ref\":\"...\"}, or leave the ref out to search what the repositories follow.");
    }

    private async Task<RepositoryRow?> FindAsync(RepositoryRow root, IEnumerable<RepositoryRow> children, string reference, CancellationToken cancellationToken)
    {
        RepositoryRow[] family = [root, .. children];
        if ((family.FirstOrDefault(row => row.Ref == reference)
            ?? family.FirstOrDefault(row => GitMirror.IsCommit(reference) && row.Commit?.StartsWith(reference, StringComparison.Ordinal) == true)) is { } named)
        {
            return named;
        }

        var mirror = new GitMirror(git, root.Id);
        try
        {
            return mirror.Exists ? await FindAsync(root, family, mirror, reference, cancellationToken) : null;
        }
        catch (GitException exception) when (mirror.IsDamaged(exception))
        {
            mirror.Condemn();
            return null;
        }
    }

    private static async Task<RepositoryRow?> FindAsync(RepositoryRow root, RepositoryRow[] family, GitMirror mirror, string reference, CancellationToken cancellationToken)
    {
        if (await mirror.ResolveAsync(reference, cancellationToken) is not { } commit)
        {
            return null;
        }

        // Another name of a commit that is indexed under its own. Or of the branch that is followed, which is ahead of what is searchable
        // while a push is indexed; a commit's own name means that one alone.
        return family.FirstOrDefault(row => row.Commit == commit)
            ?? (root.Ref is null && !GitMirror.IsCommit(reference) && await mirror.ResolveAsync(null, cancellationToken) == commit ? root : null);
    }
}
