using Microsoft.Extensions.Options;
using Nura.Rag.Files;
using Nura.Rag.Git;
using Nura.Rag.Repositories;

namespace Nura.Rag.History;

/// <summary>Keeps a repository's commit documents in step with its searchable commit: adds what is missing, removes what a rewrite dropped.</summary>
internal sealed partial class HistoryIndexer(GitCommand git, CommitStore store, IOptions<RagOptions> options, ILogger<HistoryIndexer> logger)
{
    private const int Batch = 200;

    /// <summary>Reads the history of a commit.</summary>
    /// <returns>Whether anything changed.</returns>
    /// <remarks>History only helps ranking: if git cannot read it, as in a damaged or partial clone, that is logged and the rest stands.</remarks>
    public async Task<bool> RunAsync(RepositoryRow row, string commit, CancellationToken cancellationToken)
    {
        var repository = row.Id;
        var rejected = await store.RejectedAsync(repository, cancellationToken);
        var mirror = new GitMirror(git, row.Mirror);
        var reader = new CommitReader(git, mirror, path => !rejected.Contains(path) && PathRules.Reject(path, size: 1, options.Value.MaxFileBytes) is null);
        var stored = await store.ListAsync(repository, cancellationToken);
        try
        {
            var commits = options.Value.HistoryCommits == 0 ? [] : await reader.ListAsync(commit, options.Value.HistoryCommits, cancellationToken);
            var missing = commits.Where(sha => !stored.Contains(sha)).ToList();
            stored.ExceptWith(commits);
            if (missing.Count == 0 && stored.Count == 0)
            {
                return false;
            }

            await AddAsync(repository, reader, missing, cancellationToken);
            await store.FinishAsync(repository, stored, cancellationToken);
            return true;
        }
        catch (GitException exception)
        {
            LogUnreadable(exception, repository);
            if (mirror.IsDamaged(exception))
            {
                mirror.Condemn();
            }

            return false;
        }
    }

    private async Task AddAsync(Guid repository, CommitReader reader, List<string> missing, CancellationToken cancellationToken)
    {
        if (missing.Count == 0)
        {
            return;
        }

        var batch = new List<CommitDoc>();
        await foreach (var document in reader.ReadAsync(missing, cancellationToken))
        {
            batch.Add(document);
            if (batch.Count == Batch)
            {
                await store.AddAsync(repository, batch, cancellationToken);
                batch.Clear();
            }
        }

        if (batch.Count > 0)
        {
            await store.AddAsync(repository, batch, cancellationToken);
        }
    }

    [LoggerMessage(2030, LogLevel.Warning, "The history of repository {Repository} could not be read; it is searched without")]
    private partial void LogUnreadable(Exception exception, Guid repository);
}
