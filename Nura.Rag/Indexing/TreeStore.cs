using Npgsql;

namespace Nura.Rag.Indexing;

/// <summary>Makes commits searchable.</summary>
internal sealed class TreeStore(NpgsqlDataSource database)
{
    private const int BatchRows = 20_000;

    // Generations whose changes are kept for memories that lag behind.
    private const long KeptChanges = 100;

    /// <summary>
    /// Replaces a repository's tree by that of a new commit, in one transaction that writes only what differs. Whoever reads sees the old
    /// commit or the new one, never a mixture.
    /// </summary>
    /// <param name="run">The run that does it.</param>
    /// <param name="commit">The new commit.</param>
    /// <param name="rules">What the files were chosen with.</param>
    /// <param name="files">All its files.</param>
    /// <param name="indexed">How many of them are in the index.</param>
    /// <param name="chunks">How many chunks those have.</param>
    /// <param name="cancellationToken">Rolls back.</param>
    /// <exception cref="RunLostException">The run is somebody else's now; nothing was written.</exception>
    public async Task SwitchAsync(
        ClaimedRun run, string commit, string rules, IReadOnlyCollection<TreeFile> files, long indexed, long chunks, CancellationToken cancellationToken)
    {
        var gone = await ReadAsync(run.Repository, cancellationToken);
        var changed = files.Where(file => !gone.Remove(file.Path, out var before) || before != file).ToList();

        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await FenceAsync(connection, run, cancellationToken);
        await WriteAsync(connection, run.Repository, changed, gone.Keys, cancellationToken);
        await using var update = new NpgsqlCommand(
            """
            WITH forgotten AS (DELETE FROM rag.tree_change WHERE repository = $1)
            UPDATE rag.repository
            SET commit = $2, generation = generation + 1, changes_since = generation + 1, files = $3, chunks = $4, rules = $5, indexed_at = clock_timestamp()
            WHERE id = $1
            """,
            connection);
        update.Parameters.AddWithValue(run.Repository);
        update.Parameters.AddWithValue(commit);
        update.Parameters.AddWithValue(indexed);
        update.Parameters.AddWithValue(chunks);
        update.Parameters.AddWithValue(rules);
        await update.ExecuteNonQueryAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    /// <summary>Moves a repository's tree to a new commit by the files that differ, in one transaction; costs what the difference costs.</summary>
    /// <param name="run">The run that does it.</param>
    /// <param name="from">The commit that the difference is against.</param>
    /// <param name="commit">The new commit.</param>
    /// <param name="files">Files that are new or other than before.</param>
    /// <param name="gone">Paths that are no more.</param>
    /// <param name="cancellationToken">Rolls back.</param>
    /// <exception cref="RunLostException">The run is somebody else's now, or the repository is at another commit; nothing was written.</exception>
    public async Task ChangeAsync(
        ClaimedRun run, string from, string commit, IReadOnlyCollection<TreeFile> files, IReadOnlyCollection<string> gone, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await FenceAsync(connection, run, cancellationToken);
        var paths = files.Select(file => file.Path).Concat(gone).Distinct(StringComparer.Ordinal).ToArray();
        var before = await CountAsync(connection, run.Repository, paths, cancellationToken);
        await WriteAsync(connection, run.Repository, files, gone, cancellationToken);
        var after = await CountAsync(connection, run.Repository, paths, cancellationToken);
        await using var update = new NpgsqlCommand(
            """
            WITH moved AS (
                UPDATE rag.repository
                SET commit = $3, generation = generation + 1, changes_since = greatest(changes_since, generation + 1 - $7), files = files + $4, chunks = chunks + $5,
                    indexed_at = clock_timestamp()
                WHERE id = $1 AND commit = $2
                RETURNING generation),
            forgotten AS (DELETE FROM rag.tree_change c USING moved WHERE c.repository = $1 AND c.generation <= moved.generation - $7),
            noted AS (INSERT INTO rag.tree_change (repository, generation, path) SELECT $1, moved.generation, path FROM moved, unnest($6::text[]) path)
            SELECT generation FROM moved
            """,
            connection);
        update.Parameters.AddWithValue(run.Repository);
        update.Parameters.AddWithValue(from);
        update.Parameters.AddWithValue(commit);
        update.Parameters.AddWithValue(after.Files - before.Files);
        update.Parameters.AddWithValue(after.Chunks - before.Chunks);
        update.Parameters.AddWithValue(paths);
        update.Parameters.AddWithValue(KeptChanges);
        if (await update.ExecuteScalarAsync(cancellationToken) is null)
        {
            throw new RunLostException();
        }

        await transaction.CommitAsync(cancellationToken);
    }

    /// <summary>Whether files of the searchable commit could not be read; they are tried again.</summary>
    public async Task<bool> HasFailedAsync(Guid repository, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("SELECT EXISTS (SELECT FROM rag.tree WHERE repository = $1 AND failed)");
        command.Parameters.AddWithValue(repository);
        return (bool)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    private static async Task WriteAsync(
        NpgsqlConnection connection, Guid repository, IReadOnlyCollection<TreeFile> changed, IReadOnlyCollection<string> gone, CancellationToken cancellationToken)
    {
        foreach (var batch in gone.Chunk(BatchRows))
        {
            await using var delete = new NpgsqlCommand("DELETE FROM rag.tree WHERE repository = $1 AND path = ANY($2)", connection);
            delete.Parameters.AddWithValue(repository);
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
            insert.Parameters.AddWithValue(repository);
            insert.Parameters.AddWithValue(Array.ConvertAll(batch, file => file.Path));
            insert.Parameters.AddWithValue(Array.ConvertAll(batch, file => file.Blob));
            insert.Parameters.AddWithValue(Array.ConvertAll(batch, file => file.Failed));
            insert.Parameters.Add(new NpgsqlParameter<string?[]> { TypedValue = Array.ConvertAll(batch, file => file.Reason) });
            await insert.ExecuteNonQueryAsync(cancellationToken);
        }
    }

    private static async Task<(long Files, long Chunks)> CountAsync(NpgsqlConnection connection, Guid repository, string[] paths, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            """
            SELECT count(*), coalesce(sum(b.chunks), 0)::bigint
            FROM rag.tree t JOIN rag.blob b ON b.id = t.blob WHERE t.repository = $1 AND t.path = ANY($2) AND b.reason IS NULL
            """,
            connection);
        command.Parameters.AddWithValue(repository);
        command.Parameters.AddWithValue(paths);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return (reader.GetInt64(0), reader.GetInt64(1));
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
