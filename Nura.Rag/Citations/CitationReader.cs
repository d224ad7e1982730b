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
    public async Task<FileLines?[]> ResolveAsync(IReadOnlyList<string> citations, IReadOnlyList<Guid>? visible, CancellationToken cancellationToken) =>
        (await FindAsync(citations, visible, cancellationToken)).Lines;

    /// <summary>Resolves one citation.</summary>
    /// <exception cref="ProblemException">409 if what it names is damaged.</exception>
    public async Task<FileLines?> ResolveAsync(string citation, IReadOnlyList<Guid>? visible, CancellationToken cancellationToken) =>
        await FindAsync([citation], visible, cancellationToken) is var (lines, damaged) && damaged ? throw Damaged() : lines[0];

    private async Task<(FileLines?[] Lines, bool Damaged)> FindAsync(IReadOnlyList<string> citations, IReadOnlyList<Guid>? visible, CancellationToken cancellationToken)
    {
        var damaged = false;
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

            var reader = mirror.Read();
            try
            {
                foreach (var i in group)
                {
                    try
                    {
                        lines[i] = await ReadAsync(reader, parsed[i]! with { Repository = row.Name }, cancellationToken);
                    }
                    catch (GitException exception) when (mirror.IsDamaged(exception))
                    {
                        // The others may be whole. What met the damage has ended.
                        damaged = true;
                        await CondemnAsync(mirror, row.Id, cancellationToken);
                        await reader.DisposeAsync();
                        reader = mirror.Read();
                    }
                }
            }
            finally
            {
                await reader.DisposeAsync();
            }
        }

        return (lines, damaged);
    }

    /// <summary>Lines of a file at a ref or commit.</summary>
    /// <exception cref="ProblemException">404 that says which part is not there.</exception>
    public async Task<FileLines> ReadAsync(ReadFile request, CancellationToken cancellationToken)
    {
        var row = (await repositories.VisibleAsync(request.Repositories, cancellationToken))
            .FirstOrDefault(row => string.Equals(row.Name, request.Repository, StringComparison.OrdinalIgnoreCase))
            ?? throw new ProblemException(404, $"There is no repository \"{request.Repository}\".", "List the repositories to see their names.");
        var mirror = new GitMirror(git, row.Id);
        try
        {
            return await ReadAsync(mirror, row, request, cancellationToken);
        }
        catch (GitException exception) when (mirror.IsDamaged(exception))
        {
            await CondemnAsync(mirror, row.Id, cancellationToken);
            throw Damaged();
        }
    }

    private async Task<FileLines> ReadAsync(GitMirror mirror, RepositoryRow row, ReadFile request, CancellationToken cancellationToken)
    {
        var commit = !mirror.Exists ? null : request.Ref is { } reference ? await mirror.ResolveAsync(reference, cancellationToken) : row.Commit;
        if (commit is null)
        {
            throw request.Ref is null
                ? new ProblemException(409, "The repository has no searchable commit yet.", "Wait until its first index is ready.")
                : new ProblemException(404, $"The repository has no branch, tag or commit \"{request.Ref}\".", "Give one that exists; index the repository to fetch newer ones.");
        }

        await using var reader = mirror.Read();
        var wanted = new Citation(row.Name, commit, request.Path, request.StartLine, request.EndLine ?? int.MaxValue);
        return await ReadAsync(reader, wanted, cancellationToken)
            ?? throw (await mirror.ResolveAsync(commit, cancellationToken) is null
                ? new ProblemException(409, "The copy that this is read from is being made anew.", "Try again when the repository's index has ended.")
                : new ProblemException(404, $"There is no line {request.StartLine} of \"{request.Path}\" at {commit[..Citation.ShortCommit]}.", $"Check path and lines; files above {options.Value.MaxFileBytes:N0} bytes are not read."));
    }

    private static ProblemException Damaged() =>
        new(409, "The copy that this is read from is damaged.", "The repository's next index, which is asked for, makes a new one. Try again when it has ended.");

    private Task CondemnAsync(GitMirror mirror, Guid repository, CancellationToken cancellationToken)
    {
        mirror.Condemn();
        return runs.EnqueueAsync(repository, cancellationToken, follow: true);
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

        var text = new SourceText(SecretMask.Covered(ContentRules.Decode(content)));
        if (citation.StartLine > text.Count)
        {
            return null;
        }

        var end = Math.Min(citation.EndLine, text.Count);
        return new FileLines(citation with { Commit = commit.Oid, EndLine = end }, text.Lines(citation.StartLine - 1, end), text.Count);
    }
}
