using Nura.Rag.Repositories;

namespace Nura.Rag.Ranking;

/// <summary>Loads the corpora at start, so that the first question need not wait, and drops those of repositories that are gone.</summary>
internal sealed partial class CorpusWarmer(RepositoryStore repositories, CorpusCache corpora, TimeProvider time, ILogger<CorpusWarmer> logger) : BackgroundService
{
    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(s_interval, time);
        do
        {
            try
            {
                var rows = await repositories.AllAsync(stoppingToken);
                corpora.KeepOnly(rows.Select(row => row.Id).ToHashSet());

                // Further refs are loaded when they are first asked for.
                foreach (var row in rows.Where(row => row.Commit is not null && row.Parent is null))
                {
                    await corpora.GetAsync(row, stoppingToken);
                }
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                LogFailed(exception);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    [LoggerMessage(2022, LogLevel.Warning, "Repositories could not be loaded into memory; trying again")]
    private partial void LogFailed(Exception exception);
}
