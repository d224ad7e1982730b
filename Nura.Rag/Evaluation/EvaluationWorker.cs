using Microsoft.Extensions.Options;
using Nura.Rag.Embeddings;
using Nura.Rag.Ranking;
using Nura.Rag.Repositories;

namespace Nura.Rag.Evaluation;

/// <summary>Evaluates repositories after they were indexed, one at a time. Searching never waits for it.</summary>
internal sealed partial class EvaluationWorker(
    RepositoryStore repositories, CorpusCache corpora, Evaluator evaluator, EvaluationStore store, EmbeddingModel embeddings, IOptions<RagOptions> options, TimeProvider time, ILogger<EvaluationWorker> logger)
    : BackgroundService
{
    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(10);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (options.Value.EvaluationHours == 0)
        {
            return;
        }

        using var timer = new PeriodicTimer(s_interval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                foreach (var repository in await store.DueAsync(options.Value.EvaluationHours, embeddings.Info?.Id, stoppingToken))
                {
                    await EvaluateAsync(repository, stoppingToken);
                }

                foreach (var repository in corpora.Untaught)
                {
                    await corpora.TeachAsync(repository, stoppingToken);
                }
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                LogFailed(exception);
            }
        }
    }

    private async Task EvaluateAsync(Guid repository, CancellationToken stoppingToken)
    {
        if ((await repositories.VisibleAsync([repository], stoppingToken)).FirstOrDefault() is not { Commit: not null } row
            || await corpora.GetAsync(row, stoppingToken) is not { } corpus)
        {
            return;
        }

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        limit.CancelAfter(s_limit);
        try
        {
            var (evaluation, adapter) = await Task.Run(() => evaluator.RunAsync(corpus, limit.Token), limit.Token);
            await store.SaveAsync(repository, evaluation, adapter, stoppingToken);
            if (await corpora.RefreshAsync(repository, stoppingToken) is { Dense: not null })
            {
                // Learned from an earlier commit, which is to be no older than the evaluation.
                await corpora.TeachAsync(repository, stoppingToken);
            }

            LogEvaluated(row.Name, evaluation.Questions, evaluation.Seconds, evaluation.Reason);
        }
        catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
        {
            // Stored too, or it would be tried again at once and for ever.
            var reason = exception is OperationCanceledException ? $"It took longer than {s_limit.TotalMinutes} minutes." : $"It failed ({exception.GetType().Name}); the service's log tells more.";
            LogNotEvaluated(exception, row.Name);
            await store.SaveAsync(repository, Evaluator.Nothing(corpus, reason, time) with { EmbeddingModel = embeddings.Info?.Id }, null, stoppingToken);
        }
    }

    [LoggerMessage(2060, LogLevel.Information, "Repository {Repository}: ranking evaluated with {Questions} questions in {Seconds} s; {Reason}")]
    private partial void LogEvaluated(string repository, int questions, double seconds, string? reason);

    [LoggerMessage(2061, LogLevel.Warning, "Repository {Repository}: ranking could not be evaluated")]
    private partial void LogNotEvaluated(Exception exception, string repository);

    [LoggerMessage(2062, LogLevel.Warning, "Rankings could not be evaluated; trying again")]
    private partial void LogFailed(Exception exception);
}
