using Microsoft.Extensions.Options;
using Nura.Contracts;
using Nura.Rag.Git;
using Nura.Rag.History;
using Nura.Rag.Ranking;
using Nura.Rag.Repositories;

namespace Nura.Rag.Indexing;

/// <summary>Claims runs and does them, some at a time.</summary>
internal sealed partial class IndexWorker(
    RunQueue queue, RepositoryStore repositories, Indexer indexer, HistoryIndexer history, CorpusCache corpora, GitCommand git, IndexInstruments instruments,
    IOptions<RagOptions> options, ILogger<IndexWorker> logger)
    : BackgroundService
{
    private const int BigRun = 500;
    private static readonly TimeSpan s_look = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan s_heartbeat = TimeSpan.FromMilliseconds(500);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(Enumerable.Range(0, options.Value.Workers).Select(number => WorkAsync(searchable: number > 0 && number == options.Value.Workers - 1, stoppingToken)));

    // The last of several workers takes no first indexes: pushes go on while big repositories are read.
    private async Task WorkAsync(bool searchable, CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                if (await queue.ClaimAsync(stoppingToken, searchable) is { } run)
                {
                    // There may be another one for a worker that sleeps.
                    queue.Wake();
                    await RunAsync(run, stoppingToken);

                    continue;
                }

                await queue.WaitAsync(s_look, stoppingToken);
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                // The database may be away for a moment; the lease brings an unfinished run back.
                LogLoopFailed(exception);
                await Task.Delay(s_look, stoppingToken).ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            }
            catch (Exception)
            {
                // The service stops. What it could not give back any more comes back when its lease ends.
                return;
            }
        }
    }

    private async Task RunAsync(ClaimedRun run, CancellationToken stoppingToken)
    {
        var progress = new RunProgress();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        var beating = BeatAsync(run, progress, stop);
        string? error = null;
        var idle = false;
        var mirror = run.Repository;
        try
        {
            var repository = await repositories.RowAsync(run.Repository, stop.Token) ?? throw new RunLostException();
            mirror = repository.Mirror;
            LogStarted(run.Id, repository.Name);
            idle = !await indexer.RunAsync(run, repository, progress, stop.Token);
            var corpus = await corpora.RefreshAsync(run.Repository, stop.Token);

            // Already searchable; what follows makes the ranking better.
            if (corpus is not null && await history.RunAsync(repository, corpus.Commit, stop.Token))
            {
                await corpora.RefreshAsync(run.Repository, stop.Token);
            }

            await TidyAsync(repository, stop.Token);
        }
        catch (RunLostException)
        {
            // Noted at the end.
        }
        catch (ProblemException exception)
        {
            error = exception.Message;
            LogRefused(run.Id, exception.Title);
        }
        catch (Exception exception) when (!stop.IsCancellationRequested)
        {
            error = $"Indexing failed ({exception.GetType().Name}). The service's log tells more; index the repository again.";
            LogFailed(exception, run.Id);
        }
        catch (Exception)
        {
            // The service stops, or the heartbeat found the run lost; what else breaks then is of no interest.
        }

        if (progress.Total > BigRun)
        {
            // A big run leaves a heap many times of what searching needs, and a quiet service may not collect for hours.
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        }

        await stop.CancelAsync();
        await beating;
        if (stoppingToken.IsCancellationRequested)
        {
            using var brief = new CancellationTokenSource(TimeSpan.FromSeconds(2));
            await queue.ReleaseAsync(run, brief.Token);
            return;
        }

        await FinishAsync(run, mirror, progress, error, idle, stoppingToken);
    }

    private async Task TidyAsync(RepositoryRow repository, CancellationToken cancellationToken)
    {
        try
        {
            await new GitMirror(git, repository.Mirror).TidyAsync(cancellationToken);
        }
        catch (GitException exception)
        {
            // It only takes more space; the next run tries again.
            LogUntidy(exception, repository.Mirror);
        }
    }

    private async Task FinishAsync(ClaimedRun run, Guid mirror, RunProgress progress, string? error, bool idle, CancellationToken cancellationToken)
    {
        try
        {
            await queue.HeartbeatAsync(run, progress, cancellationToken);
            await (idle && error is null ? queue.EndIdleAsync(run, cancellationToken) : queue.EndAsync(run, error, cancellationToken));
            instruments.Ended(error is not null ? IndexOutcome.Failed : idle ? IndexOutcome.Unchanged : IndexOutcome.Ready);
            LogEnded(run.Id, progress.Done, progress.Skipped, progress.Failed);
        }
        catch (RunLostException)
        {
            instruments.Ended(IndexOutcome.Lost);
            LogLost(run.Id);

            if (await repositories.RowAsync(run.Repository, cancellationToken) is null)
            {
                corpora.Remove(run.Repository);
            }

            // If the repository is gone that the mirror is of, so must be what the fetch just made.
            var folder = new GitMirror(git, mirror).Directory;
            if (await repositories.RowAsync(mirror, cancellationToken) is null && Directory.Exists(folder))
            {
                Directory.Delete(folder, recursive: true);
            }
        }
    }

    private async Task BeatAsync(ClaimedRun run, RunProgress progress, CancellationTokenSource stop)
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                await queue.HeartbeatAsync(run, progress, stop.Token);
                await Task.Delay(s_heartbeat, stop.Token);
            }
            catch (RunLostException)
            {
                await stop.CancelAsync();
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (Npgsql.NpgsqlException exception)
            {
                // The lease outlives a short absence of the database.
                LogBeatFailed(exception, run.Id);
                await Task.Delay(s_look, CancellationToken.None);
            }
        }
    }

    [LoggerMessage(2011, LogLevel.Information, "Run {Run}: indexing {Repository}")]
    private partial void LogStarted(long run, string repository);

    [LoggerMessage(2012, LogLevel.Information, "Run {Run}: {Done} files, {Skipped} left out, {Failed} failed")]
    private partial void LogEnded(long run, long done, long skipped, long failed);

    [LoggerMessage(2013, LogLevel.Warning, "Run {Run} was paused, cancelled, or taken over by another process")]
    private partial void LogLost(long run);

    [LoggerMessage(2014, LogLevel.Warning, "Run {Run} ended: {Reason}")]
    private partial void LogRefused(long run, string reason);

    [LoggerMessage(2015, LogLevel.Error, "Run {Run} failed")]
    private partial void LogFailed(Exception exception, long run);

    [LoggerMessage(2016, LogLevel.Warning, "Run {Run}: the heartbeat failed")]
    private partial void LogBeatFailed(Exception exception, long run);

    [LoggerMessage(2017, LogLevel.Error, "Runs cannot be claimed")]
    private partial void LogLoopFailed(Exception exception);

    [LoggerMessage(2019, LogLevel.Warning, "The mirror of repository {Repository} could not be packed")]
    private partial void LogUntidy(Exception exception, Guid repository);
}
