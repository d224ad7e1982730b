using Microsoft.Extensions.Options;
using Nura.Contracts;
using Nura.Rag.Documents;
using Nura.Rag.Git;
using Nura.Rag.Indexing;

namespace Nura.Rag.Repositories;

/// <summary>
/// Adds the default repository at the first start, and follows sources: a commit in a local one is indexed within seconds, one in a
/// remote one at the next look, if no push notice came before.
/// </summary>
internal sealed partial class SourceWatcher(
    RepositoryRegistry registry, RepositoryStore store, SourceHeads heads, TreePlanner planner, RunQueue runs,
    IOptions<RagOptions> options, TimeProvider time, ILogger<SourceWatcher> logger) : BackgroundService
{
    private const int Together = 8;
    private static readonly TimeSpan s_longest = TimeSpan.FromHours(1);
    private static readonly TimeSpan s_again = TimeSpan.FromMinutes(1);

    private readonly Dictionary<Guid, string> _seen = [];
    private readonly PollSchedule _failed = new(s_again, s_longest, time, Random.Shared.NextDouble);
    private readonly PollSchedule _remotes = new(TimeSpan.FromSeconds(options.Value.RemotePollSeconds), s_longest, time, Random.Shared.NextDouble);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var pause = TimeSpan.FromSeconds(Math.Max(1, options.Value.PollSeconds));
        using var timer = new PeriodicTimer(pause, time);
        var (added, renewed) = (string.IsNullOrWhiteSpace(options.Value.DefaultRepository), false);
        var follows = options.Value.PollSeconds > 0 || options.Value.RemotePollSeconds > 0;
        do
        {
            try
            {
                renewed = renewed || await RenewAsync(stoppingToken);
                added = added || await AddDefaultAsync(options.Value.DefaultRepository!, stoppingToken);
                if (follows)
                {
                    await LookAsync(stoppingToken);
                }
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                LogFailed(exception);
            }
        }
        while ((!added || !renewed || follows) && await timer.WaitForNextTickAsync(stoppingToken));
    }

    // Whether there is nothing left to try: a refusal stays one until somebody changes the settings.
    private async Task<bool> AddDefaultAsync(string source, CancellationToken cancellationToken)
    {
        try
        {
            await registry.AddAsync(new AddRepository(source), cancellationToken);
        }
        catch (ProblemException exception) when (exception.Status == 409)
        {
            // There since an earlier start. What changed meanwhile is found by the first look.
        }
        catch (ProblemException exception)
        {
            LogDefaultRefused(exception.Message);
        }

        return true;
    }

    // What an earlier version indexed by other rules is indexed anew; until then it stays searchable as it is.
    private async Task<bool> RenewAsync(CancellationToken cancellationToken)
    {
        foreach (var row in (await store.AllAsync(cancellationToken)).Where(row => row.Commit is not null && row.Rules != planner.Rules))
        {
            await runs.EnqueueAsync(row.Id, cancellationToken);
        }

        return true;
    }

    /// <summary>Looks at the sources that are due.</summary>
    internal async Task LookAsync(CancellationToken cancellationToken)
    {
        var followed = (await store.AllAsync(cancellationToken)).Where(row => !DocumentStore.IsSource(row.Source) && (row.Ref is not { } fixedRef || !GitMirror.IsCommit(fixedRef))).GroupBy(row => row.Source).ToList();
        _remotes.KeepOnly(followed.Select(source => source.Key).ToHashSet());
        var due = followed.Where(source => IsLocal(source.Key) ? options.Value.PollSeconds > 0 : options.Value.RemotePollSeconds > 0 && _remotes.IsDue(source.Key))
            .ToLookup(source => IsLocal(source.Key), source => source.ToList());

        // Those at hand first, and several at a time: one that is out of reach takes a minute to say so.
        foreach (var asked in due[true].Chunk(Together).Concat(due[false].Chunk(Together)))
        {
            var found = await Task.WhenAll(asked.Select(rows => heads.FindAsync(rows, cancellationToken)));
            foreach (var (rows, commits) in asked.Zip(found))
            {
                _remotes.Looked(rows[0].Source, commits is not null);
                for (var i = 0; commits is not null && i < rows.Count; i++)
                {
                    await FollowAsync(rows[i], commits[i], cancellationToken);
                }
            }
        }
    }

    private static bool IsLocal(string source) => SourceAddress.Parse(source).Path is not null;

    private async Task FollowAsync(RepositoryRow row, string? head, CancellationToken cancellationToken)
    {
        if (head is null || head == row.Commit)
        {
            return;
        }

        // A commit that failed may have done so for a network or a disk that is well again; it is tried ever more seldom. One that a user cancelled is not.
        var (key, again) = (row.Id.ToString(), _seen.GetValueOrDefault(row.Id) == head);
        if (again && !(_failed.IsDue(key) && await runs.HasFailedAsync(row.Id, cancellationToken)))
        {
            return;
        }

        if (await runs.IsUnderWayAsync(row.Id, cancellationToken))
        {
            // Most likely it reads this very commit. If not, the next look finds the difference.
            return;
        }

        LogMoved(row.Name, head);
        await runs.EnqueueAsync(row.Id, cancellationToken, follow: true);

        // A commit whose run could not be queued counts as not seen.
        _seen[row.Id] = head;
        _failed.Looked(key, succeeded: !again);
    }

    [LoggerMessage(2004, LogLevel.Warning, "The default repository is not indexed: {Reason}")]
    private partial void LogDefaultRefused(string reason);

    [LoggerMessage(2005, LogLevel.Information, "Repository {Repository} has moved to {Commit}")]
    private partial void LogMoved(string repository, string commit);

    [LoggerMessage(2006, LogLevel.Warning, "The sources could not be looked at")]
    private partial void LogFailed(Exception exception);
}
