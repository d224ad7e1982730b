using System.Text;
using Microsoft.Extensions.Options;
using Nura.Contracts;
using Nura.Rag.Git;
using Nura.Rag.Repositories;
using Nura.Rag.Text;

namespace Nura.Rag.Citations;

/// <summary>Reads the lines that citations name from the mirrors, at any commit.</summary>
internal sealed class CitationReader(RepositoryStore repositories, GitCommand git, IOptions<RagOptions> options)
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
                lines[i] = await ReadAsync(reader, parsed[i]! with { Repository = row.Name }, cancellationToken);
            }
        }

        return lines;
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

        var text = new SourceText(Encoding.UTF8.GetString(content.AsSpan().StartsWith(Encoding.UTF8.Preamble) ? content.AsSpan(3) : content));
        if (citation.StartLine > text.Count)
        {
            return null;
        }

        var end = Math.Min(citation.EndLine, text.Count);
        return new FileLines(citation with { Commit = commit.Oid, EndLine = end }, text.Lines(citation.StartLine - 1, end), text.Count);
    }
}
