using Npgsql;

namespace Nura.Rag.History;

/// <summary>Commit documents in PostgreSQL.</summary>
internal sealed class CommitStore(NpgsqlDataSource database)
{
    /// <summary>The commits stored of a repository, in the present format.</summary>
    public async Task<HashSet<string>> ListAsync(Guid repository, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("SELECT sha FROM rag.commit_doc WHERE repository = $1 AND format = $2");
        command.Parameters.AddWithValue(repository);
        command.Parameters.AddWithValue(CommitReader.Format);
        var commits = new HashSet<string>(StringComparer.Ordinal);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            commits.Add(reader.GetString(0));
        }

        return commits;
    }

    /// <summary>Paths of the searchable commit that are kept out of the index by their name or an ignore file.</summary>
    public async Task<HashSet<string>> RejectedAsync(Guid repository, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("SELECT path FROM rag.tree WHERE repository = $1 AND reason IS NOT NULL");
        command.Parameters.AddWithValue(repository);
        var paths = new HashSet<string>(StringComparer.Ordinal);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            paths.Add(reader.GetString(0));
        }

        return paths;
    }

    /// <summary>Stores commits.</summary>
    public async Task AddAsync(Guid repository, IReadOnlyList<CommitDoc> commits, CancellationToken cancellationToken)
    {
        // Arrays of arrays must be rectangular, so lists travel as lines; a path holds no line feed here.
        await using var command = database.CreateCommand(
            """
            INSERT INTO rag.commit_doc (repository, sha, format, committed_at, subject, files, renames, terms)
            SELECT $1, sha, $2, committed_at, subject, string_to_array(files, E'\n'), string_to_array(renames, E'\n'), terms
            FROM unnest($3::text[], $4::timestamptz[], $5::text[], $6::text[], $7::text[], $8::bytea[]) u(sha, committed_at, subject, files, renames, terms)
            ON CONFLICT (repository, sha) DO UPDATE SET format = excluded.format, files = excluded.files, renames = excluded.renames, terms = excluded.terms
            """);
        command.Parameters.AddWithValue(repository);
        command.Parameters.AddWithValue(CommitReader.Format);
        command.Parameters.AddWithValue(commits.Select(commit => commit.Sha).ToArray());
        command.Parameters.AddWithValue(commits.Select(commit => commit.Time.UtcDateTime).ToArray());
        command.Parameters.AddWithValue(commits.Select(commit => commit.Subject).ToArray());
        command.Parameters.AddWithValue(commits.Select(commit => string.Join('\n', commit.Files)).ToArray());
        command.Parameters.AddWithValue(commits.Select(commit => string.Join('\n', commit.Renames.SelectMany(pair => new[] { pair.Old, pair.New }))).ToArray());
        command.Parameters.Add(new NpgsqlParameter<byte[]?[]> { TypedValue = [.. commits.Select(commit => commit.Terms)] });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Removes commits that are no longer in the history, and tells readers that it has changed.</summary>
    public async Task FinishAsync(Guid repository, IReadOnlyCollection<string> gone, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            """
            WITH removed AS (DELETE FROM rag.commit_doc WHERE repository = $1 AND sha = ANY($2))
            UPDATE rag.repository SET generation = generation + 1, history_generation = generation + 1 WHERE id = $1
            """);
        command.Parameters.AddWithValue(repository);
        command.Parameters.AddWithValue(gone.ToArray());
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>A repository's commits, newest first.</summary>
    /// <param name="repository">The repository.</param>
    /// <param name="known">Commits whose terms are not needed again.</param>
    /// <param name="cancellationToken">Stops the statement.</param>
    public async Task<List<CommitDoc>> ReadAsync(Guid repository, IReadOnlyCollection<string> known, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            """
            SELECT sha, committed_at, subject, files, renames, CASE WHEN sha = ANY($2) THEN NULL ELSE terms END
            FROM rag.commit_doc WHERE repository = $1 ORDER BY committed_at DESC, sha
            """);
        command.Parameters.AddWithValue(repository);
        command.Parameters.AddWithValue(known.ToArray());
        var commits = new List<CommitDoc>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            var renames = reader.GetFieldValue<string[]>(4);
            commits.Add(new CommitDoc(
                reader.GetString(0), reader.GetFieldValue<DateTimeOffset>(1), reader.GetString(2), reader.GetFieldValue<string[]>(3),
                [.. renames.Chunk(2).Select(pair => (pair[0], pair[1]))], reader.IsDBNull(5) ? null : reader.GetFieldValue<byte[]>(5)));
        }

        return commits;
    }
}
