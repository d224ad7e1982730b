using Microsoft.Extensions.Options;
using Nura.Models;
using Nura.Rag.Indexing;

namespace Nura.Rag.Embeddings;

/// <summary>Makes vectors after repositories were indexed, one repository at a time. Neither indexing nor searching waits for it.</summary>
internal sealed partial class EmbeddingWorker(
    EmbeddingModel embeddings, EmbeddingQueue queue, EmbeddingFiller filler, EmbeddingStore store, NearIndexes indexes, IOptions<RagOptions> options, TimeProvider time, ILogger<EmbeddingWorker> logger)
    : BackgroundService
{
    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_cleaning = TimeSpan.FromHours(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!embeddings.IsConfigured)
        {
            return;
        }

        using var timer = new PeriodicTimer(s_interval, time);
        var cleaned = time.GetTimestamp();
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                while (embeddings.Info is { } model && await queue.ClaimAsync(model.Id, stoppingToken) is { } work)
                {
                    await RunAsync(work, model, stoppingToken);
                }

                if (time.GetElapsedTime(cleaned) >= s_cleaning && embeddings.Info is { } present)
                {
                    cleaned = time.GetTimestamp();
                    await store.CleanAsync(present.Id, stoppingToken);
                    await indexes.CleanAsync(stoppingToken);
                }
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                // The database may be away for a moment; the lease brings unfinished work back.
                LogLoopFailed(exception);
            }
        }
    }

    private async Task RunAsync(ClaimedEmbedding work, ModelInfo model, CancellationToken stoppingToken)
    {
        var progress = new EmbeddingProgress();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        var beating = BeatAsync(work, progress, stop);
        string? error = null;
        var (pause, near, tried) = (TimeSpan.Zero, false, false);
        try
        {
            if (await filler.RunAsync(work, model, progress, stop.Token) is { } refusal)
            {
                error = $"{progress.Failed} of {progress.Total} pieces were refused by the model and are found without it. It said: {refusal}";
            }

            tried = true;
            near = await indexes.EnsureAsync(work.Repository, work.Model, stop.Token);
        }
        catch (ModelException exception)
        {
            (error, pause) = (exception.Message, exception.RetryAfter ?? TimeSpan.Zero);
        }
        catch (Exception exception) when (!stop.IsCancellationRequested)
        {
            LogFailed(exception, work.Repository);
            error = $"Vectors could not be stored ({exception.GetType().Name}); the service's log tells more.";
        }
        catch (Exception)
        {
            // The service stops, or the heartbeat found the work lost; what else breaks then is of no interest.
        }

        var lost = stop.IsCancellationRequested && !stoppingToken.IsCancellationRequested;
        await stop.CancelAsync();
        await beating;
        if (stoppingToken.IsCancellationRequested)
        {
            using var brief = new CancellationTokenSource(TimeSpan.FromSeconds(2));
            await queue.ReleaseAsync(work, brief.Token);
        }
        else if (!lost)
        {
            await FinishAsync(work, progress, error, pause, near, tried, stoppingToken);
        }
    }

    private async Task FinishAsync(ClaimedEmbedding work, EmbeddingProgress progress, string? error, TimeSpan pause, bool near, bool tried, CancellationToken cancellationToken)
    {
        try
        {
            await queue.HeartbeatAsync(work, progress, cancellationToken);
            await queue.EndAsync(work, error, pause, near, tried, cancellationToken);
        }
        catch (RunLostException)
        {
            // Taken over, or its repository is gone.
            return;
        }

        if (error is null)
        {
            LogReady(work.Repository, progress.Total, work.Model);
        }
        else
        {
            LogMissing(work.Repository, progress.Total - progress.Done, progress.Total, error);
        }
    }

    private async Task BeatAsync(ClaimedEmbedding work, EmbeddingProgress progress, CancellationTokenSource stop)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(Math.Min(1, options.Value.LeaseSeconds / 3.0)), time);
        while (!stop.IsCancellationRequested)
        {
            try
            {
                await timer.WaitForNextTickAsync(stop.Token);
                await queue.HeartbeatAsync(work, progress, stop.Token);
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
                LogLoopFailed(exception);
            }
        }
    }

    [LoggerMessage(2070, LogLevel.Information, "Repository {Repository}: all {Chunks} chunks have their vector of {Model}")]
    private partial void LogReady(Guid repository, long chunks, string model);

    [LoggerMessage(2071, LogLevel.Warning, "Repository {Repository}: {Missing} of {Chunks} chunks have no vector yet: {Reason}")]
    private partial void LogMissing(Guid repository, long missing, long chunks, string reason);

    [LoggerMessage(2072, LogLevel.Error, "Repository {Repository}: vectors could not be stored")]
    private partial void LogFailed(Exception exception, Guid repository);

    [LoggerMessage(2073, LogLevel.Warning, "Vectors: the database could not be asked; trying again")]
    private partial void LogLoopFailed(Exception exception);
}
