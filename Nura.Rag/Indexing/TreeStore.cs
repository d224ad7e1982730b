using Npgsql;

namespace Nura.Rag.Indexing;

/// <summary>Makes commits searchable.</summary>
internal sealed class TreeStore(NpgsqlDataSource database)
{
    private const int BatchRows = 20_000;

    /// <summary>
    /// Replaces a repository's tree by that of a new commit, in one transaction that writes only what differs. Whoever reads sees the old
    /// commit or the new one, never a mixture.
    /// </summary>
    /// <param name="run">The run that does it.</param>
    /// <param name="commit">The new commit.</param>
    /// <param name="files">All its files.</param>
    /// <param name="indexed">How many of them are in the index.</param>
    /// <param name="chunks">How many chunks those have.</param>
    /// <param name="cancellationToken">Rolls back.</param>
    /// <exception cref="RunLostException">The run is somebody else's now; nothing was written.</exception>
    public async Task SwitchAsync(
        ClaimedRun run, string commit, IReadOnlyCollection<TreeFile> files, long indexed, long chunks, CancellationToken cancellationToken)
    {
        var gone = await ReadAsync(run.Repository, cancellationToken);
        var changed = files.Where(file => !gone.Remove(file.Path, out var before) || before != file).ToList();

        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await FenceAsync(connection, run, cancellationToken);
        foreach (var batch in gone.Keys.Chunk(BatchRows))
        {
            await using var delete = new NpgsqlCommand("DELETE FROM rag.tree WHERE repository = $1 AND path = ANY($2)", connection);
            delete.Parameters.AddWithValue(run.Repository);
            delete.Parameters.AddWithValue(batch);
            await delete.ExecuteNonQueryAsync(cancellationToken);
        }

        foreach (var batch in changed.Chunk(BatchRows))
        {
            await using var insert = new NpgsqlCommand(
                """
                INSERT INTO rag.tree (repository, path, blob, failed, reason)
                SELECT $1, path, blob, failed, reason FROM unnest($2::text[], $3::bigint[], $4::boolean[], $5::text[]) u(path, blob, failed, reason)
                ON CONFLICT (repository, path) DO UPDATE SET blob = excluded.blob, failed = excluded.failed, reason = excluded.reason
                """,
                connection);
            insert.Parameters.AddWithValue(run.Repository);
            insert.Parameters.AddWithValue(Array.ConvertAll(batch, file => file.Path));
            insert.Parameters.AddWithValue(Array.ConvertAll(batch, file => file.Blob));
            insert.Parameters.AddWithValue(Array.ConvertAll(batch, file => file.Failed));
            insert.Parameters.Add(new NpgsqlParameter<string?[]> { TypedValue = Array.ConvertAll(batch, file => file.Reason) });
            await insert.ExecuteNonQueryAsync(cancellationToken);
        }

        await using var update = new NpgsqlCommand(
            """
            UPDATE rag.repository
            SET commit = $2, generation = generation + 1, files = $3, chunks = $4, indexed_at = clock_timestamp()
            WHERE id = $1
            """,
            connection);
        update.Parameters.AddWithValue(run.Repository);
        update.Parameters.AddWithValue(commit);
        update.Parameters.AddWithValue(indexed);
        update.Parameters.AddWithValue(chunks);
        await update.ExecuteNonQueryAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    // Locks the run's row too: it cannot be taken over before this transaction ends.
    private static async Task FenceAsync(NpgsqlConnection connection, ClaimedRun run, CancellationToken cancellationToken)
    {
        await using var fence = new NpgsqlCommand(
            "UPDATE rag.index_run SET updated_at = clock_timestamp() WHERE id = $1 AND fence = $2 AND state IN ('fetching', 'indexing')", connection);
        fence.Parameters.AddWithValue(run.Id);
        fence.Parameters.AddWithValue(run.Fence);
        if (await fence.ExecuteNonQueryAsync(cancellationToken) == 0)
        {
            throw new RunLostException();
        }
    }

    private async Task<Dictionary<string, TreeFile>> ReadAsync(Guid repository, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("SELECT path, blob, failed, reason FROM rag.tree WHERE repository = $1");
        command.Parameters.AddWithValue(repository);
        var files = new Dictionary<string, TreeFile>(StringComparer.Ordinal);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            var path = reader.GetString(0);
            files.Add(path, new TreeFile(path, reader.IsDBNull(1) ? null : reader.GetInt64(1), reader.GetBoolean(2), reader.IsDBNull(3) ? null : reader.GetString(3)));
        }

        return files;
    }
}
