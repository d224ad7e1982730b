using Microsoft.Extensions.Options;
using Nura.Contracts;
using Nura.Rag.Documents;
using Nura.Rag.Files;
using Nura.Rag.Git;
using Nura.Rag.Repositories;

namespace Nura.Rag.Indexing;

/// <summary>Does a run: fetches, reads what is not known yet, and makes the commit searchable.</summary>
internal sealed partial class Indexer(
    GitCommand git, SourceRules rules, RepositoryStore repositories, RunQueue runs, DocumentMirror documents, BlobStore blobs, TreeStore trees, TreePlanner planner, BlobPipeline pipeline, IOptions<RagOptions> options, ILogger<Indexer> logger)
{
    /// <summary>Indexes the newest commit of a repository.</summary>
    /// <returns>Whether there was anything to do.</returns>
    /// <exception cref="ProblemException">Something its user or administrator can change.</exception>
    /// <exception cref="RunLostException">Somebody else does it now.</exception>
    public async Task<bool> RunAsync(ClaimedRun run, RepositoryRow repository, RunProgress progress, CancellationToken cancellationToken)
    {
        var mirror = new GitMirror(git, repository.Mirror);
        try
        {
            return await RunAsync(run, repository, mirror, progress, cancellationToken);
        }
        catch (GitException exception) when (mirror.IsDamaged(exception))
        {
            LogDamaged(exception, repository.Mirror);
            mirror.Delete();
            progress.Restart();
            var done = await RunAsync(run, repository, mirror, progress, cancellationToken);
            // A commit that is on no branch was fetched for the ref that names it, and has to be again.
            foreach (var other in (await repositories.RefsAsync([repository.Mirror], cancellationToken)).Where(row => row.Id != repository.Id && row.Ref is { } named && GitMirror.IsCommit(named)))
            {
                await runs.EnqueueAsync(other.Id, cancellationToken, follow: true);
            }

            return done;
        }
    }

    private async Task<bool> RunAsync(ClaimedRun run, RepositoryRow repository, GitMirror mirror, RunProgress progress, CancellationToken cancellationToken)
    {
        var commit = await FetchAsync(mirror, repository, progress, cancellationToken);
        mirror.ThrowIfCondemned();
        progress.State = RepositoryState.Indexing;

        if (run.Follow && commit == repository.Commit && repository.Rules == planner.Rules)
        {
            return false;
        }

        var plan = await planner.PlanAsync(mirror, repository, commit, cancellationToken);
        var (entries, ignore) = (plan.Entries, plan.Ignore);
        progress.Total = entries.Count;
        var files = new List<TreeFile>(entries.Count);
        var wanted = new Dictionary<BlobKey, List<TreeEntry>>();
        foreach (var entry in entries)
        {
            if (Reject(entry, ignore) is { } reason)
            {
                files.Add(new TreeFile(entry.Path, null, Failed: false, reason));
                continue;
            }

            var key = new BlobKey(entry.Oid, Languages.Of(entry.Path));
            if (!wanted.TryGetValue(key, out var paths))
            {
                wanted.Add(key, paths = []);
            }

            paths.Add(entry);
        }

        progress.Add(files.Count, skipped: files.Count);
        var known = await blobs.FindAsync(wanted.Keys, cancellationToken);
        foreach (var (key, blob) in known)
        {
            progress.Add(wanted[key].Count, skipped: blob.LeftOut ? wanted[key].Count : 0);
        }

        var missing = wanted.Where(pair => !known.ContainsKey(pair.Key)).ToDictionary();
        var failures = await pipeline.RunAsync(mirror, missing, progress, cancellationToken);
        foreach (var (key, blob) in await blobs.FindAsync(missing.Keys, cancellationToken))
        {
            known.Add(key, blob);
        }

        foreach (var (key, paths) in wanted)
        {
            files.AddRange(paths.Select(entry => known.TryGetValue(key, out var blob)
                ? new TreeFile(entry.Path, blob.Id, Failed: false, null)
                : new TreeFile(entry.Path, null, Failed: true, failures.GetValueOrDefault(key, "It could not be read."))));
        }

        if (plan.From is not null)
        {
            await trees.ChangeAsync(run, plan.From, commit, files, plan.Gone, cancellationToken);
            return true;
        }

        var indexed = wanted.Where(pair => known.TryGetValue(pair.Key, out var blob) && !blob.LeftOut).ToList();
        await trees.SwitchAsync(run, commit, planner.Rules, files, indexed.Sum(pair => pair.Value.Count), indexed.Sum(pair => (long)pair.Value.Count * known[pair.Key].Chunks), cancellationToken);
        return true;
    }

    private async Task<string> FetchAsync(GitMirror mirror, RepositoryRow repository, RunProgress progress, CancellationToken cancellationToken)
    {
        try
        {
            return await FetchOnceAsync(mirror, repository, progress, cancellationToken);
        }
        catch (GitException exception) when (!mirror.IsDamaged(exception))
        {
            throw new ProblemException(502, "git could not fetch the repository.", GitAdvice.For(exception.Errors));
        }
    }

    private async Task<string> FetchOnceAsync(GitMirror mirror, RepositoryRow repository, RunProgress progress, CancellationToken cancellationToken)
    {
        if (DocumentStore.IsSource(repository.Source))
        {
            await documents.UpdateAsync(repository.Mirror, mirror, cancellationToken);
            return await mirror.ResolveAsync(repository.Ref, cancellationToken)
                ?? throw new ProblemException(422, "The collection has no documents.", "Upload one.");
        }

        var source = await rules.CheckAsync(SourceAddress.Parse(repository.Source), cancellationToken);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(TimeSpan.FromMinutes(options.Value.FetchMinutes));
        try
        {
            await mirror.FetchAsync(source, percent => progress.FetchedPercent = percent, limit.Token);
            if (await mirror.ResolveAsync(repository.Ref, limit.Token) is { } commit)
            {
                return commit;
            }

            if (repository.Ref is { } reference && GitMirror.IsCommit(reference)
                && await mirror.FetchCommitAsync(source, reference, limit.Token) && await mirror.ResolveAsync(reference, limit.Token) is { } fetched)
            {
                return fetched;
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new ProblemException(504, "git took too long to fetch the repository.", $"The limit is {options.Value.FetchMinutes} minutes; the administrator can raise {RagOptions.Section}:FetchMinutes.");
        }

        throw !await mirror.HasCommitsAsync(cancellationToken)
                ? new ProblemException(422, "The repository has no commits.", "Commit something to it, then index it again.")
            : repository.Ref is null
                ? new ProblemException(422, "The repository's HEAD names a branch that has no commits.", "Add it again with the ref to follow.")
                : new ProblemException(422, $"The repository has no branch, tag or commit \"{repository.Ref}\".", "Remove it, and add it again with a ref that exists.");
    }

    private string? Reject(TreeEntry entry, IgnoreRules ignore) =>
        entry.IsLink ? "Symbolic link; what it points to is indexed where it is."
        : entry.IsSubmodule ? "Submodule; add its repository to have it indexed."
        : !entry.PathIsText ? "Its path is not UTF-8."
        : entry.Path.AsSpan().ContainsAnyInRange('\0', '\x1F') ? "Its path holds control characters."
        : ignore.Reject(entry.Path) ?? PathRules.Reject(entry.Path, entry.Size, options.Value.MaxFileBytes);

    [LoggerMessage(2023, LogLevel.Warning, "The mirror of repository {Repository} is damaged; it is fetched anew")]
    private partial void LogDamaged(Exception exception, Guid repository);
}
