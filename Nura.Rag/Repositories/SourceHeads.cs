using Nura.Contracts;
using Nura.Rag.Git;

namespace Nura.Rag.Repositories;

/// <summary>Asks a source where its refs are, without fetching.</summary>
internal sealed class SourceHeads(SourceRules rules, GitCommand git)
{
    private static readonly TimeSpan s_most = TimeSpan.FromMinutes(1);

    /// <summary>The commits of some rows of one source, in their order.</summary>
    /// <returns><see langword="null"/> if the source is away.</returns>
    public async Task<IReadOnlyList<string?>?> FindAsync(IReadOnlyList<RepositoryRow> rows, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(s_most);
        try
        {
            var source = await rules.CheckAsync(SourceAddress.Parse(rows[0].Source), limit.Token);
            var names = rows.SelectMany(Names).Distinct();
            var answer = await git.RunAsync([.. source.Options, "ls-remote", "--", source.Url, .. names], limit.Token, source.Environment);
            var heads = answer.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split('\t', 2)).Where(parts => parts.Length == 2)
                .ToLookup(parts => parts[1], parts => parts[0], StringComparer.Ordinal);

            // Of an annotated tag the commit stands behind "^{}".
            return [.. rows.Select(row => Names(row).SelectMany(name => heads[name + "^{}"].Concat(heads[name])).FirstOrDefault())];
        }
        catch (Exception exception) when (exception is GitException or ProblemException || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return null;
        }
    }

    private static string[] Names(RepositoryRow row) => row.Ref is null ? ["HEAD"] : [$"refs/heads/{row.Ref}", $"refs/tags/{row.Ref}", $"refs/tags/{row.Ref}^{{}}"];
}
