using Npgsql;

namespace Nura.Rag.Indexing;

/// <summary>Deletes what no repository's searchable commit holds any more, some time after: branches come and go.</summary>
internal sealed partial class BlobCleaner(NpgsqlDataSource database, TimeProvider time, ILogger<BlobCleaner> logger) : BackgroundService
{
    private const int Batch = 500;
    private static readonly TimeSpan s_interval = TimeSpan.FromHours(1);

    /// <summary>Deletes one batch of blobs, and old runs. Not while blobs are read that no commit has yet; a run that was paused a month ago may read its own again.</summary>
    /// <returns>How many blobs.</returns>
    public async Task<int> CleanAsync(CancellationToken cancellationToken)
    {
        await using var runs = database.CreateCommand(
            """
            DELETE FROM rag.index_run i
            WHERE i.state IN ('ready', 'failed', 'cancelled') AND i.ended_at < now() - interval '7 days'
              AND EXISTS (SELECT FROM rag.index_run newer WHERE newer.repository = i.repository AND newer.id > i.id)
            """);
        await runs.ExecuteNonQueryAsync(cancellationToken);
        await using var blobs = database.CreateCommand(
            """
            DELETE FROM rag.blob WHERE id IN (
                SELECT b.id FROM rag.blob b
                WHERE b.created_at < now() - interval '7 days' AND NOT EXISTS (SELECT FROM rag.tree t WHERE t.blob = b.id)
                  AND NOT EXISTS (SELECT FROM rag.index_run i WHERE i.state IN ('fetching', 'indexing') OR (i.state = 'paused' AND i.updated_at >= now() - interval '30 days'))
                LIMIT $1)
            """);
        blobs.Parameters.AddWithValue(Batch);
        return await blobs.ExecuteNonQueryAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(s_interval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                while (await CleanAsync(stoppingToken) == Batch)
                {
                    // Short statements: others get their turn in between.
                }
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                LogFailed(exception);
            }
        }
    }

    [LoggerMessage(2018, LogLevel.Warning, "Blobs of no commit could not be deleted; trying again in an hour")]
    private partial void LogFailed(Exception exception);
}
