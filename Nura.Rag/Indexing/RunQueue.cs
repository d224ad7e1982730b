using Microsoft.Extensions.Options;
using Npgsql;

namespace Nura.Rag.Indexing;

/// <summary>Runs to do, as rows. Times are the database's, so that machines with different clocks agree.</summary>
internal sealed class RunQueue(NpgsqlDataSource database, IOptions<RagOptions> options) : IDisposable
{
    private readonly SemaphoreSlim _work = new(0, 1);

    /// <summary>Tells a worker of this process that there is something to do.</summary>
    public void Wake()
    {
        if (_work.CurrentCount == 0)
        {
            try
            {
                _work.Release();
            }
            catch (SemaphoreFullException)
            {
                // Another caller woke the worker at the same moment.
            }
        }
    }

    /// <summary>Waits until woken, or for a while: other processes cannot wake us.</summary>
    public Task WaitAsync(TimeSpan most, CancellationToken cancellationToken) => _work.WaitAsync(most, cancellationToken);

    /// <summary>Queues a run, unless one is waiting already. Where work is paused, only a user's wish goes on with it.</summary>
    /// <param name="repository">What to index.</param>
    /// <param name="cancellationToken">Stops the statement.</param>
    /// <param name="follow">Whether there is nothing to do if the source has not moved.</param>
    public async Task EnqueueAsync(Guid repository, CancellationToken cancellationToken, bool follow = false)
    {
        await using var command = database.CreateCommand(
            """
            WITH resumed AS (
                UPDATE rag.index_run SET state = 'cancelled', ended_at = clock_timestamp() WHERE repository = $1 AND state = 'paused' AND NOT $2)
            INSERT INTO rag.index_run (repository, state, follow)
            SELECT $1, 'queued', $2 WHERE NOT $2 OR NOT EXISTS (SELECT FROM rag.index_run WHERE repository = $1 AND state = 'paused')
            ON CONFLICT (repository) WHERE state = 'queued' DO UPDATE SET follow = rag.index_run.follow AND excluded.follow
            """);
        command.Parameters.AddWithValue(repository);
        command.Parameters.AddWithValue(follow);
        await command.ExecuteNonQueryAsync(cancellationToken);
        Wake();
    }

    /// <summary>Whether a repository is being fetched or read.</summary>
    public async Task<bool> IsUnderWayAsync(Guid repository, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("SELECT EXISTS (SELECT FROM rag.index_run WHERE repository = $1 AND state IN ('fetching', 'indexing'))");
        command.Parameters.AddWithValue(repository);
        return (bool)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    /// <summary>Whether the newest run of a repository failed.</summary>
    public async Task<bool> HasFailedAsync(Guid repository, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("SELECT state = 'failed' FROM rag.index_run WHERE repository = $1 ORDER BY id DESC LIMIT 1");
        command.Parameters.AddWithValue(repository);
        return await command.ExecuteScalarAsync(cancellationToken) is true;
    }

    /// <summary>
    /// What waits: runs in the queue, and those whose worker fell silent. Not what waits for its own repository, which a long first index may hold up:
    /// nothing stands still there.
    /// </summary>
    public async Task<Backlog> BacklogAsync(CancellationToken cancellationToken)
    {
        // A run that was paused waits since it was resumed, which is when its row was last written.
        await using var command = database.CreateCommand(
            """
            SELECT count(*), clock_timestamp() - min(CASE WHEN i.state = 'queued' THEN i.updated_at ELSE i.lease_until END)
            FROM rag.index_run i JOIN rag.repository r ON r.id = i.repository
            WHERE i.state IN ('queued', 'fetching', 'indexing') AND (i.state = 'queued' OR i.lease_until < clock_timestamp())
              AND NOT EXISTS (
                  SELECT FROM rag.index_run o JOIN rag.repository s ON s.id = o.repository
                  WHERE coalesce(s.parent, s.id) = coalesce(r.parent, r.id) AND o.state IN ('fetching', 'indexing') AND o.lease_until >= clock_timestamp())
            """);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return new Backlog(reader.GetInt64(0), reader.IsDBNull(1) ? null : reader.GetTimeSpan(1));
    }

    /// <summary>
    /// Takes the oldest run that nobody works on, also one whose worker fell silent. A repository has one at a time, its further refs included:
    /// they share a mirror, which belongs to the run.
    /// </summary>
    /// <param name="cancellationToken">Stops the statement.</param>
    /// <param name="searchable">Only runs of repositories that have a searchable commit: mostly small ones, which need not wait behind big ones.</param>
    public async Task<ClaimedRun?> ClaimAsync(CancellationToken cancellationToken, bool searchable = false)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);

        // One claim at a time, and in a statement of its own: only the next one sees what the claim before has taken.
        await using var turn = new NpgsqlCommand("SELECT pg_advisory_xact_lock(hashtextextended('nura.rag.claims', 0))", connection);
        await turn.ExecuteNonQueryAsync(cancellationToken);
        await using var command = new NpgsqlCommand(
            """
            UPDATE rag.index_run
            SET state = 'fetching', fence = fence + 1, lease_until = clock_timestamp() + make_interval(secs => $1),
                started_at = clock_timestamp(), updated_at = clock_timestamp(), indexing_at = NULL
            WHERE id = (
                SELECT i.id FROM rag.index_run i JOIN rag.repository r ON r.id = i.repository
                WHERE i.state IN ('queued', 'fetching', 'indexing') AND (i.state = 'queued' OR i.lease_until < clock_timestamp())
                  AND (r.commit IS NOT NULL OR NOT $2)
                  AND NOT EXISTS (
                      SELECT FROM rag.index_run o JOIN rag.repository s ON s.id = o.repository
                      WHERE coalesce(s.parent, s.id) = coalesce(r.parent, r.id) AND o.id <> i.id AND o.state IN ('fetching', 'indexing')
                        AND (i.state = 'queued' OR o.lease_until >= clock_timestamp() OR (o.queued_at, o.id) < (i.queued_at, i.id)))
                ORDER BY i.queued_at, i.id LIMIT 1 FOR UPDATE OF i SKIP LOCKED)
            RETURNING id, repository, fence, follow
            """,
            connection);
        command.Parameters.AddWithValue((double)options.Value.LeaseSeconds);
        command.Parameters.AddWithValue(searchable);
        ClaimedRun? claimed;
        await using (var reader = await command.ExecuteReaderAsync(cancellationToken))
        {
            claimed = await reader.ReadAsync(cancellationToken) ? new ClaimedRun(reader.GetInt64(0), reader.GetGuid(1), reader.GetInt64(2), reader.GetBoolean(3)) : null;
        }

        await transaction.CommitAsync(cancellationToken);
        return claimed;
    }

    /// <summary>Renews the lease and shows the progress.</summary>
    /// <exception cref="RunLostException">The run is somebody else's now.</exception>
    public async Task HeartbeatAsync(ClaimedRun run, RunProgress progress, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            """
            UPDATE rag.index_run
            SET lease_until = clock_timestamp() + make_interval(secs => $3), updated_at = clock_timestamp(), state = $4,
                indexing_at = CASE WHEN $4 = 'indexing' THEN coalesce(indexing_at, clock_timestamp()) END,
                files_total = $5, files_done = $6, files_skipped = $7, files_failed = $8, fetched_percent = $9
            WHERE id = $1 AND fence = $2 AND state IN ('fetching', 'indexing')
            """);
        Identify(command, run);
        command.Parameters.AddWithValue((double)options.Value.LeaseSeconds);
        command.Parameters.AddWithValue(progress.State == Contracts.RepositoryState.Fetching ? "fetching" : "indexing");
        command.Parameters.AddWithValue(progress.Total);
        command.Parameters.AddWithValue(progress.Done);
        command.Parameters.AddWithValue(progress.Skipped);
        command.Parameters.AddWithValue(progress.Failed);
        command.Parameters.Add(new NpgsqlParameter { Value = (object?)progress.FetchedPercent ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Double });
        if (await command.ExecuteNonQueryAsync(cancellationToken) == 0)
        {
            throw new RunLostException();
        }
    }

    /// <summary>Ends a run. Does nothing if it is somebody else's.</summary>
    /// <param name="run">The run.</param>
    /// <param name="error">Why it failed, or <see langword="null"/>.</param>
    /// <param name="cancellationToken">Stops the statement.</param>
    public async Task EndAsync(ClaimedRun run, string? error, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            """
            UPDATE rag.index_run
            SET state = CASE WHEN $3::text IS NULL THEN 'ready' ELSE 'failed' END, error = $3, lease_until = NULL,
                updated_at = clock_timestamp(), ended_at = clock_timestamp()
            WHERE id = $1 AND fence = $2 AND state IN ('fetching', 'indexing')
            """);
        Identify(command, run);
        command.Parameters.Add(new NpgsqlParameter { Value = (object?)error ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Text });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Ends a run that found nothing to do. Behind one that ended well it leaves no trace, so that what is shown stays the run that did the work.</summary>
    public async Task EndIdleAsync(ClaimedRun run, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            """
            DELETE FROM rag.index_run i
            WHERE i.id = $1 AND i.fence = $2 AND i.state IN ('fetching', 'indexing')
              AND (SELECT p.state FROM rag.index_run p WHERE p.repository = i.repository AND p.id < i.id ORDER BY p.id DESC LIMIT 1) = 'ready'
            """);
        Identify(command, run);
        if (await command.ExecuteNonQueryAsync(cancellationToken) == 0)
        {
            await EndAsync(run, null, cancellationToken);
        }
    }

    /// <summary>Holds the work on a repository, under way or waiting, until it is resumed. What is stored already stays.</summary>
    /// <returns>Whether there was any.</returns>
    public async Task<bool> PauseAsync(Guid repository, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            """
            WITH kept AS (
                SELECT id FROM rag.index_run WHERE repository = $1 AND state IN ('queued', 'fetching', 'indexing', 'paused') ORDER BY (state = 'paused') DESC, id DESC LIMIT 1)
            UPDATE rag.index_run i
            SET state = CASE WHEN i.id = kept.id THEN 'paused' ELSE 'cancelled' END, lease_until = NULL, updated_at = clock_timestamp(),
                ended_at = CASE WHEN i.id = kept.id THEN NULL ELSE clock_timestamp() END
            FROM kept WHERE i.repository = $1 AND i.state IN ('queued', 'fetching', 'indexing', 'paused')
            """);
        command.Parameters.AddWithValue(repository);
        return await command.ExecuteNonQueryAsync(cancellationToken) > 0;
    }

    /// <summary>Goes on with paused work.</summary>
    /// <returns>Whether any was paused.</returns>
    public async Task<bool> ResumeAsync(Guid repository, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            """
            UPDATE rag.index_run i
            SET state = CASE WHEN waits THEN 'cancelled' ELSE 'queued' END, updated_at = clock_timestamp(), ended_at = CASE WHEN waits THEN clock_timestamp() END
            FROM (SELECT EXISTS (SELECT FROM rag.index_run WHERE repository = $1 AND state = 'queued') AS waits) other
            WHERE i.repository = $1 AND i.state = 'paused'
            """);
        command.Parameters.AddWithValue(repository);
        var resumed = await command.ExecuteNonQueryAsync(cancellationToken) > 0;
        Wake();
        return resumed;
    }

    /// <summary>Ends the work on a repository, under way, waiting or paused. The commit indexed before stays searchable.</summary>
    /// <returns>Whether there was any.</returns>
    public async Task<bool> CancelAsync(Guid repository, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            """
            UPDATE rag.index_run SET state = 'cancelled', lease_until = NULL, updated_at = clock_timestamp(), ended_at = clock_timestamp()
            WHERE repository = $1 AND state IN ('queued', 'fetching', 'indexing', 'paused')
            """);
        command.Parameters.AddWithValue(repository);
        return await command.ExecuteNonQueryAsync(cancellationToken) > 0;
    }

    /// <summary>Gives a run back, so that the next process need not wait for the lease to end.</summary>
    public async Task ReleaseAsync(ClaimedRun run, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            "UPDATE rag.index_run SET lease_until = clock_timestamp() - interval '1 second' WHERE id = $1 AND fence = $2 AND state IN ('fetching', 'indexing')");
        Identify(command, run);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    public void Dispose() => _work.Dispose();

    private static void Identify(NpgsqlCommand command, ClaimedRun run)
    {
        command.Parameters.AddWithValue(run.Id);
        command.Parameters.AddWithValue(run.Fence);
    }
}
