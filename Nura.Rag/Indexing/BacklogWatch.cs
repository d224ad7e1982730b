namespace Nura.Rag.Indexing;

/// <summary>Looks at the queue for its metrics: on its own, as workers that are all busy look for no runs, and one look in the time of a scrape (30 s) however many ask.</summary>
internal sealed partial class BacklogWatch(RunQueue queue, IndexInstruments instruments, TimeProvider time, ILogger<BacklogWatch> logger) : BackgroundService
{
    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(30);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(s_interval, time);
        do
        {
            try
            {
                instruments.Seen(await queue.BacklogAsync(stoppingToken));
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                // The workers say it louder; the metrics keep what was seen last.
                LogUnseen(exception);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    [LoggerMessage(2027, LogLevel.Debug, "The queue of runs could not be looked at")]
    private partial void LogUnseen(Exception exception);
}
