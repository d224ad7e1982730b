using Microsoft.Extensions.Options;
using Npgsql;
using Nura.Contracts;
using Nura.Rag.Indexing;

namespace Nura.Rag.Embeddings;

/// <summary>Which repositories lack vectors, as rows with a lease. Times are the database's.</summary>
internal sealed class EmbeddingQueue(NpgsqlDataSource database, IOptions<RagOptions> options)
{
    private const string Present =
        """
        SELECT coalesce(r.parent, r.id) AS id, string_agg(r.id || ':' || r.generation, ' ' ORDER BY r.id) AS present
        FROM rag.repository r WHERE r.commit IS NOT NULL GROUP BY 1
        """;

    /// <summary>Takes the repository that has waited longest, also one whose worker fell silent.</summary>
    /// <returns><see langword="null"/> if every repository has its vectors, is in work, or is to be tried later.</returns>
    public async Task<ClaimedEmbedding?> ClaimAsync(string model, CancellationToken cancellationToken)
    {
        // Who claims the same at the same moment waits for the row, and finds the lease taken.
        await using var command = database.CreateCommand(
            $"""
            WITH state AS ({Present}), due AS (
                SELECT s.id, s.present FROM state s LEFT JOIN rag.embedding_work w ON w.repository = s.id AND w.model = $1
                WHERE w.done IS DISTINCT FROM s.present AND coalesce(w.retry_at <= clock_timestamp(), true) AND coalesce(w.lease_until < clock_timestamp(), true)
                ORDER BY w.updated_at NULLS FIRST, s.id LIMIT 1)
            INSERT INTO rag.embedding_work AS w (repository, model, fence, lease_until)
            SELECT id, $1, 1, clock_timestamp() + make_interval(secs => $2) FROM due
            ON CONFLICT (repository, model) DO UPDATE SET fence = w.fence + 1, lease_until = excluded.lease_until, updated_at = clock_timestamp()
            WHERE w.lease_until IS NULL OR w.lease_until < clock_timestamp()
            RETURNING repository, fence, (SELECT present FROM due)
            """);
        command.Parameters.AddWithValue(model);
        command.Parameters.AddWithValue((double)options.Value.LeaseSeconds);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? new ClaimedEmbedding(reader.GetGuid(0), model, reader.GetInt64(1), reader.GetString(2)) : null;
    }

    /// <summary>Renews the lease and shows the progress.</summary>
    /// <exception cref="RunLostException">The work is somebody else's now, or the repository is gone.</exception>
    public async Task HeartbeatAsync(ClaimedEmbedding work, EmbeddingProgress progress, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            """
            UPDATE rag.embedding_work
            SET lease_until = clock_timestamp() + make_interval(secs => $4), updated_at = clock_timestamp(), chunks_total = $5, chunks_done = $6, chunks_failed = $7
            WHERE repository = $1 AND model = $2 AND fence = $3
            """);
        Identify(command, work);
        command.Parameters.AddWithValue((double)options.Value.LeaseSeconds);
        command.Parameters.AddWithValue(progress.Total);
        command.Parameters.AddWithValue(progress.Done);
        command.Parameters.AddWithValue(progress.Failed);
        if (await command.ExecuteNonQueryAsync(cancellationToken) == 0)
        {
            throw new RunLostException();
        }
    }

    /// <summary>Ends the work. Does nothing if it is somebody else's.</summary>
    /// <param name="work">The work.</param>
    /// <param name="error">Why vectors are missing, or <see langword="null"/>.</param>
    /// <param name="least">Wait at least so long before the next try; more after each failure, up to ten minutes.</param>
    /// <param name="near">Whether the repository has an index of its own.</param>
    /// <param name="tried">Whether every chunk has its vector or was refused one.</param>
    /// <param name="cancellationToken">Stops the statement.</param>
    public async Task EndAsync(ClaimedEmbedding work, string? error, TimeSpan least, bool near, bool tried, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            """
            UPDATE rag.embedding_work
            SET lease_until = NULL, updated_at = clock_timestamp(), error = $4, near = near OR $7, searchable = searchable OR $8,
                done = CASE WHEN $4 IS NULL THEN $5 ELSE done END,
                failures = CASE WHEN $4 IS NULL THEN 0 ELSE failures + 1 END,
                retry_at = CASE WHEN $4 IS NULL THEN NULL ELSE clock_timestamp() + make_interval(secs => greatest($6, least(600, 5 * power(2, least(failures, 10))))) END
            WHERE repository = $1 AND model = $2 AND fence = $3
            """);
        Identify(command, work);
        command.Parameters.Add(new NpgsqlParameter { Value = (object?)error ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Text });
        command.Parameters.AddWithValue(work.Present);
        command.Parameters.AddWithValue(least.TotalSeconds);
        command.Parameters.AddWithValue(near);
        command.Parameters.AddWithValue(tried);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Gives the work back as it is.</summary>
    public async Task ReleaseAsync(ClaimedEmbedding work, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("UPDATE rag.embedding_work SET lease_until = NULL WHERE repository = $1 AND model = $2 AND fence = $3");
        Identify(command, work);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>How far a repository is.</summary>
    public async Task<EmbeddingStatus> StatusAsync(Guid repository, string model, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            $"""
            SELECT w.chunks_total, w.chunks_done, w.chunks_failed, w.done IS NOT DISTINCT FROM s.present, w.searchable, w.near, w.error, w.retry_at, w.updated_at,
                   w.lease_until >= clock_timestamp()
            FROM rag.embedding_work w LEFT JOIN ({Present}) s ON s.id = w.repository WHERE w.repository = $1 AND w.model = $2
            """);
        command.Parameters.AddWithValue(repository);
        command.Parameters.AddWithValue(model);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        if (!await reader.ReadAsync(cancellationToken))
        {
            return new EmbeddingStatus(model, EmbeddingState.Waiting, 0, 0, 0, false, false, null, null, null);
        }

        var state = reader.GetBoolean(3) ? EmbeddingState.Ready
            : reader.GetValue(9) is true ? EmbeddingState.Working
            : reader.IsDBNull(6) ? EmbeddingState.Waiting : EmbeddingState.Failed;
        return new EmbeddingStatus(
            model, state, reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2), reader.GetBoolean(4), reader.GetBoolean(5), reader.IsDBNull(6) ? null : reader.GetString(6),
            state == EmbeddingState.Failed && !reader.IsDBNull(7) ? reader.GetFieldValue<DateTimeOffset>(7) : null, reader.GetFieldValue<DateTimeOffset>(8));
    }

    private static void Identify(NpgsqlCommand command, ClaimedEmbedding work)
    {
        command.Parameters.AddWithValue(work.Repository);
        command.Parameters.AddWithValue(work.Model);
        command.Parameters.AddWithValue(work.Fence);
    }
}
