using Npgsql;
using Nura.Contracts;

namespace Nura.Rag.Repositories;

/// <summary>Repositories in PostgreSQL.</summary>
internal sealed class RepositoryStore(NpgsqlDataSource database)
{
    private const string View =
        """
        SELECT r.id, coalesce(p.name, r.name), r.source, r.ref, r.commit, r.files, r.chunks, r.created_at, r.indexed_at,
               run.state, run.error, run.files_done, run.files_total, run.files_skipped, run.files_failed,
               run.started_at, run.updated_at, run.queued_at, run.fetched_percent, run.indexing_at
        FROM rag.repository r LEFT JOIN rag.repository p ON p.id = r.parent
        LEFT JOIN LATERAL (SELECT * FROM rag.index_run i WHERE i.repository = r.id ORDER BY i.id DESC LIMIT 1) run ON true
        """;

    /// <summary>Adds a repository with its first run queued.</summary>
    /// <param name="id">Its identity.</param>
    /// <param name="name">Its name.</param>
    /// <param name="source">Canonical source.</param>
    /// <param name="reference">The ref to follow.</param>
    /// <param name="cancellationToken">Stops the statement.</param>
    /// <returns>The name of the constraint that speaks against it, or <see langword="null"/> if it was added.</returns>
    public async Task<string?> AddAsync(Guid id, string name, string source, string? reference, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            """
            WITH added AS (INSERT INTO rag.repository (id, name, source, ref) VALUES ($1, $2, $3, $4) RETURNING id)
            INSERT INTO rag.index_run (repository, state) SELECT id, 'queued' FROM added
            """);
        command.Parameters.AddWithValue(id);
        command.Parameters.AddWithValue(name);
        command.Parameters.AddWithValue(source);
        command.Parameters.Add(new NpgsqlParameter { Value = (object?)reference ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Text });
        try
        {
            await command.ExecuteNonQueryAsync(cancellationToken);
            return null;
        }
        catch (PostgresException exception) when (exception.SqlState == PostgresErrorCodes.UniqueViolation)
        {
            return exception.ConstraintName;
        }
    }

    /// <summary>The repositories a caller may see, by name.</summary>
    /// <param name="visible">Identities; <see langword="null"/> for all.</param>
    /// <param name="cancellationToken">Stops the statement.</param>
    public async Task<List<RepositoryView>> ListAsync(IReadOnlyList<Guid>? visible, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand($"{View} WHERE r.parent IS NULL AND ($1::uuid[] IS NULL OR r.id = ANY($1)) ORDER BY lower(r.name)");
        command.Parameters.Add(new NpgsqlParameter { Value = (object?)visible?.ToArray() ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Array | NpgsqlTypes.NpgsqlDbType.Uuid });
        return await ReadAsync(command, cancellationToken);
    }

    /// <summary>The further refs of a repository, by name.</summary>
    public async Task<List<RepositoryView>> ListRefsAsync(Guid repository, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand($"{View} WHERE r.parent = $1 ORDER BY r.ref");
        command.Parameters.AddWithValue(repository);
        return await ReadAsync(command, cancellationToken);
    }

    /// <summary>Adds a further ref of a repository.</summary>
    /// <returns>Its identity, or <see langword="null"/> if it was there already.</returns>
    public async Task<Guid?> AddRefAsync(Guid id, Guid repository, string reference, CancellationToken cancellationToken)
    {
        // A user's repository has no "@" in its name. Names are the same in any case, which refs are not; nobody sees this one.
        await using var command = database.CreateCommand(
            """
            INSERT INTO rag.repository (id, name, source, ref, parent) SELECT $1, name || '@' || $1::text, source, $3, id FROM rag.repository WHERE id = $2
            ON CONFLICT DO NOTHING RETURNING id
            """);
        command.Parameters.AddWithValue(id);
        command.Parameters.AddWithValue(repository);
        command.Parameters.AddWithValue(reference);
        return (Guid?)await command.ExecuteScalarAsync(cancellationToken);
    }

    /// <summary>Sets what a git server proves its pushes with.</summary>
    public async Task SetSecretAsync(Guid id, string secret, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("UPDATE rag.repository SET webhook_secret = $2 WHERE id = $1");
        command.Parameters.AddWithValue(id);
        command.Parameters.AddWithValue(secret);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>What a git server proves its pushes with, or <see langword="null"/>.</summary>
    public async Task<string?> SecretAsync(Guid id, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("SELECT webhook_secret FROM rag.repository WHERE id = $1");
        command.Parameters.AddWithValue(id);
        return await command.ExecuteScalarAsync(cancellationToken) as string;
    }

    /// <summary>One repository, or <see langword="null"/>.</summary>
    public async Task<RepositoryView?> FindAsync(Guid id, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand($"{View} WHERE r.id = $1");
        command.Parameters.AddWithValue(id);
        return (await ReadAsync(command, cancellationToken)).FirstOrDefault();
    }

    /// <summary>The repository of a source and ref, or <see langword="null"/>.</summary>
    public async Task<RepositoryView?> FindAsync(string source, string? reference, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand($"{View} WHERE r.parent IS NULL AND r.source = $1 AND coalesce(r.ref, '') = $2");
        command.Parameters.AddWithValue(source);
        command.Parameters.AddWithValue(reference ?? "");
        return (await ReadAsync(command, cancellationToken)).FirstOrDefault();
    }

    /// <summary>The repositories a caller may see, as the ranking core needs them, each at the ref it follows.</summary>
    /// <param name="visible">Identities; <see langword="null"/> for all.</param>
    /// <param name="cancellationToken">Stops the statement.</param>
    public Task<List<RepositoryRow>> VisibleAsync(IReadOnlyList<Guid>? visible, CancellationToken cancellationToken) =>
        visible is null ? RowsAsync("r.parent IS NULL", [], cancellationToken)
        : visible.Count == 0 ? Task.FromResult(new List<RepositoryRow>())
        : RowsAsync("r.parent IS NULL AND r.id = ANY($1)", [visible.ToArray()], cancellationToken);

    /// <summary>All repositories with their further refs.</summary>
    public Task<List<RepositoryRow>> AllAsync(CancellationToken cancellationToken) => RowsAsync("true", [], cancellationToken);

    /// <summary>A repository or one of its further refs, or <see langword="null"/>.</summary>
    public async Task<RepositoryRow?> RowAsync(Guid id, CancellationToken cancellationToken) =>
        (await RowsAsync("r.id = $1", [id], cancellationToken)).FirstOrDefault();

    /// <summary>Further refs of some repositories.</summary>
    public Task<List<RepositoryRow>> RefsAsync(IEnumerable<Guid> repositories, CancellationToken cancellationToken) =>
        RowsAsync("r.parent = ANY($1)", [repositories.ToArray()], cancellationToken);

    /// <summary>Removes a repository; its runs and tree go with it. That its mirror may go too is kept.</summary>
    /// <returns>Whether it was there.</returns>
    public async Task<bool> DeleteAsync(Guid id, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("WITH gone AS (DELETE FROM rag.repository WHERE id = $1 RETURNING id) INSERT INTO rag.removed_repository (id) SELECT id FROM gone");
        command.Parameters.AddWithValue(id);
        return await command.ExecuteNonQueryAsync(cancellationToken) == 1;
    }

    /// <summary>Files of the searchable commit that are not in the index, or not with all that they hold.</summary>
    public async Task<List<FileIssue>> IssuesAsync(Guid id, bool? failed, int skip, int take, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            """
            SELECT t.path, t.failed, coalesce(t.reason, b.reason, b.note)
            FROM rag.tree t LEFT JOIN rag.blob b ON b.id = t.blob
            WHERE t.repository = $1 AND coalesce(t.reason, b.reason, b.note) IS NOT NULL AND ($2::boolean IS NULL OR t.failed = $2)
            ORDER BY t.path OFFSET $3 LIMIT $4
            """);
        command.Parameters.AddWithValue(id);
        command.Parameters.Add(new NpgsqlParameter { Value = (object?)failed ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Boolean });
        command.Parameters.AddWithValue(skip);
        command.Parameters.AddWithValue(take);
        var issues = new List<FileIssue>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            issues.Add(new FileIssue(reader.GetString(0), reader.GetBoolean(1), reader.GetString(2)));
        }

        return issues;
    }

    private async Task<List<RepositoryRow>> RowsAsync(string condition, object[] parameters, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            $"""
            SELECT r.id, coalesce(p.name, r.name), r.source, r.ref, r.commit, r.generation, r.rules, r.parent
            FROM rag.repository r LEFT JOIN rag.repository p ON p.id = r.parent WHERE {condition} ORDER BY r.id
            """);
        foreach (var parameter in parameters)
        {
            command.Parameters.AddWithValue(parameter);
        }

        var rows = new List<RepositoryRow>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            rows.Add(new RepositoryRow(
                reader.GetGuid(0), reader.GetString(1), reader.GetString(2), Text(reader, 3), Text(reader, 4), reader.GetInt64(5), Text(reader, 6),
                reader.IsDBNull(7) ? null : reader.GetGuid(7)));
        }

        return rows;
    }

    private static async Task<List<RepositoryView>> ReadAsync(NpgsqlCommand command, CancellationToken cancellationToken)
    {
        var views = new List<RepositoryView>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            var commit = Text(reader, 4);
            var progress = reader.IsDBNull(9) ? null : Progress(reader);
            views.Add(new RepositoryView(
                reader.GetGuid(0), reader.GetString(1), reader.GetString(2), Text(reader, 3), progress?.State ?? RepositoryState.Queued, commit,
                reader.GetInt64(5), reader.GetInt64(6), Text(reader, 10), progress, reader.GetFieldValue<DateTimeOffset>(7),
                reader.IsDBNull(8) ? null : reader.GetFieldValue<DateTimeOffset>(8)));
        }

        return views;
    }

    private static IndexProgress Progress(NpgsqlDataReader reader)
    {
        var state = Enum.Parse<RepositoryState>(reader.GetString(9), ignoreCase: true);
        long done = reader.GetInt64(11), total = reader.GetInt64(12);
        var started = reader.GetFieldValue<DateTimeOffset>(reader.IsDBNull(15) ? 17 : 15);
        var updated = reader.GetFieldValue<DateTimeOffset>(16);
        var seconds = (updated - (reader.IsDBNull(19) ? started : reader.GetFieldValue<DateTimeOffset>(19))).TotalSeconds;
        var rate = seconds > 0 ? done / seconds : 0;
        return new IndexProgress(
            state, done, total, reader.GetInt64(13), reader.GetInt64(14), rate,
            state == RepositoryState.Indexing && rate > 0 ? (total - done) / rate : null,
            started, updated, reader.IsDBNull(18) ? null : reader.GetDouble(18));
    }

    private static string? Text(NpgsqlDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetString(column);
}
