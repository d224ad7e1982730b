using Microsoft.Extensions.Options;
using Nura.Contracts;
using Nura.Rag.Files;
using Nura.Rag.Git;
using Nura.Rag.Indexing;
using Nura.Rag.Repositories;
using Nura.Rag.Text;

namespace Nura.Rag.Citations;

/// <summary>Reads the lines that citations name from the mirrors, at any commit.</summary>
internal sealed class CitationReader(RepositoryStore repositories, RunQueue runs, GitCommand git, IOptions<RagOptions> options)
{
    /// <summary>Resolves citations, in their order.</summary>
    /// <param name="citations">As written; what cannot be read as one names nothing.</param>
    /// <param name="visible">The repositories the caller may see; <see langword="null"/> for every one.</param>
    /// <param name="cancellationToken">Ends git.</param>
    public async Task<FileLines?[]> ResolveAsync(IReadOnlyList<string> citations, IReadOnlyList<Guid>? visible, CancellationToken cancellationToken)
    {
        var parsed = citations.Select(text => Citation.TryParse(text, out var citation) ? citation : null).ToArray();
        var rows = await repositories.VisibleAsync(visible, cancellationToken);
        var lines = new FileLines?[parsed.Length];
        var byRepository = Enumerable.Range(0, parsed.Length).Where(i => parsed[i] is not null)
            .GroupBy(i => parsed[i]!.Repository, StringComparer.OrdinalIgnoreCase);
        foreach (var group in byRepository)
        {
            var row = rows.FirstOrDefault(row => string.Equals(row.Name, group.Key, StringComparison.OrdinalIgnoreCase));
            if (row is null || new GitMirror(git, row.Id) is not { Exists: true } mirror)
            {
                continue;
            }

            await using var reader = mirror.Read();
            foreach (var i in group)
            {
                lines[i] = await ReadAsync(mirror, row.Id, reader, parsed[i]! with { Repository = row.Name }, cancellationToken);
            }
        }

        return lines;
    }

    /// <summary>Lines of a file at a ref or commit.</summary>
    /// <exception cref="ProblemException">404 that says which part is not there.</exception>
    public async Task<FileLines> ReadAsync(ReadFile request, CancellationToken cancellationToken)
    {
        var row = (await repositories.VisibleAsync(request.Repositories, cancellationToken))
            .FirstOrDefault(row => string.Equals(row.Name, request.Repository, StringComparison.OrdinalIgnoreCase))
            ?? throw new ProblemException(404, $"There is no repository \"{request.Repository}\".", "List the repositories to see their names.");
        var mirror = new GitMirror(git, row.Id);
        var commit = !mirror.Exists ? null : request.Ref is { } reference ? await mirror.ResolveAsync(reference, cancellationToken) : row.Commit;
        if (commit is null)
        {
            throw request.Ref is null
                ? new ProblemException(409, "The repository has no searchable commit yet.", "Wait until its first index is ready.")
                : new ProblemException(404, $"The repository has no branch, tag or commit \"{request.Ref}\".", "Give one that exists; index the repository to fetch newer ones.");
        }

        await using var reader = mirror.Read();
        var wanted = new Citation(row.Name, commit, request.Path, request.StartLine, request.EndLine ?? int.MaxValue);
        return await ReadAsync(mirror, row.Id, reader, wanted, cancellationToken)
            ?? throw new ProblemException(404, $"There is no line {request.StartLine} of \"{request.Path}\" at {commit[..Citation.ShortCommit]}.", $"Check path and lines; files above {options.Value.MaxFileBytes:N0} bytes are not read.");
    }

    private async Task<FileLines?> ReadAsync(GitMirror mirror, Guid repository, GitBlobReader reader, Citation citation, CancellationToken cancellationToken)
    {
        try
        {
            return await ReadAsync(reader, citation, cancellationToken);
        }
        catch (GitException exception) when (mirror.IsDamaged(exception))
        {
            mirror.Condemn();
            await runs.EnqueueAsync(repository, cancellationToken, follow: true);
            throw new ProblemException(503, "This file is damaged in the copy that is read.", "The repository's next index, which is asked for, makes a new copy. Try again in a while.");
        }
    }

    private async Task<FileLines?> ReadAsync(GitBlobReader reader, Citation citation, CancellationToken cancellationToken)
    {
        // git ends at a path relative to a work tree, which a mirror has not.
        if (citation.Path.Split('/').Any(segment => segment is "" or "." or ".."))
        {
            return null;
        }

        // A branch may be named like a commit; only what really begins with these digits counts.
        if (await reader.InfoAsync($"{citation.Commit}^{{commit}}", cancellationToken) is not { } commit
            || !commit.Oid.StartsWith(citation.Commit, StringComparison.Ordinal)
            || await reader.InfoAsync($"{commit.Oid}:{citation.Path}", cancellationToken) is not { Type: "blob" } file
            || file.Size > options.Value.MaxFileBytes
            || await reader.ReadAsync(file.Oid, cancellationToken) is not { } content)
        {
            return null;
        }

        var text = new SourceText(ContentRules.Decode(content));
        if (citation.StartLine > text.Count)
        {
            return null;
        }

        var end = Math.Min(citation.EndLine, text.Count);
        return new FileLines(citation with { Commit = commit.Oid, EndLine = end }, text.Lines(citation.StartLine - 1, end), text.Count);
    }
}
