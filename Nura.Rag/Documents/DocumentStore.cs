using System.Runtime.CompilerServices;
using Npgsql;
using Nura.Contracts;

namespace Nura.Rag.Documents;

/// <summary>Uploaded documents in PostgreSQL, with everything they ever were, so that citations of them stay true.</summary>
internal sealed class DocumentStore(NpgsqlDataSource database)
{
    private const string Scheme = "documents:";

    /// <summary>The source of a collection of documents.</summary>
    public static string SourceOf(Guid repository) => $"{Scheme}{repository}";

    /// <summary>Whether a source is a collection of documents.</summary>
    public static bool IsSource(string source) => source.StartsWith(Scheme, StringComparison.Ordinal);

    /// <summary>Notes a document.</summary>
    /// <exception cref="ProblemException">409 for a path that cannot be there together with that of another document, and if the collection is gone.</exception>
    public async Task AddAsync(Guid repository, string path, byte[] content, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        if (!await LockAsync(connection, repository, cancellationToken))
        {
            throw new ProblemException(409, "The collection was removed at the same time.", "Upload the document again to make a new one.");
        }

        if (await InTheWayAsync(connection, repository, path, cancellationToken) is { } other)
        {
            // git would put the one in the other's place, with everything below it.
            throw new ProblemException(409, "This path is taken.", $"\"{other}\" is a document, and the path of one cannot be the folder of another. Remove that one first, or give another path.");
        }

        await NoteAsync(connection, repository, path, content, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    /// <summary>Notes the removal of a document.</summary>
    /// <returns>Whether it was there.</returns>
    public async Task<bool> RemoveAsync(Guid repository, string path, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        if (!await LockAsync(connection, repository, cancellationToken) || !await HasAsync(connection, repository, path, cancellationToken))
        {
            return false;
        }

        await NoteAsync(connection, repository, path, null, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return true;
    }

    /// <summary>The changes of a collection after the first so many, in order.</summary>
    public async IAsyncEnumerable<DocumentChange> ReadAsync(Guid repository, long skip, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        const int batch = 100;
        for (var read = batch; read == batch; skip += batch)
        {
            read = 0;
            await using var command = database.CreateCommand("SELECT path, content, changed_at FROM rag.document_change WHERE repository = $1 ORDER BY id OFFSET $2 LIMIT $3");
            command.Parameters.AddWithValue(repository);
            command.Parameters.AddWithValue(skip);
            command.Parameters.AddWithValue(batch);
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            for (; await reader.ReadAsync(cancellationToken); read++)
            {
                yield return new DocumentChange(reader.GetString(0), reader.IsDBNull(1) ? null : reader.GetFieldValue<byte[]>(1), reader.GetFieldValue<DateTimeOffset>(2));
            }
        }
    }

    // One change after another for each collection: their order is that of the commits. What the next statement sees, no other changes.
    private static async Task<bool> LockAsync(NpgsqlConnection connection, Guid repository, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("SELECT true FROM rag.repository WHERE id = $1 FOR UPDATE", connection);
        command.Parameters.AddWithValue(repository);
        return await command.ExecuteScalarAsync(cancellationToken) is true;
    }

    private static async Task NoteAsync(NpgsqlConnection connection, Guid repository, string path, byte[]? content, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("INSERT INTO rag.document_change (repository, path, content) VALUES ($1, $2, $3)", connection);
        command.Parameters.AddWithValue(repository);
        command.Parameters.AddWithValue(path);
        command.Parameters.Add(new NpgsqlParameter { Value = (object?)content ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Bytea });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static async Task<bool> HasAsync(NpgsqlConnection connection, Guid repository, string path, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            """SELECT content IS NOT NULL FROM rag.document_change WHERE repository = $1 AND path COLLATE "C" = $2 ORDER BY id DESC LIMIT 1""", connection);
        command.Parameters.AddWithValue(repository);
        command.Parameters.AddWithValue(path);
        return await command.ExecuteScalarAsync(cancellationToken) is true;
    }

    // A document whose path is a folder of this one, or the other way round.
    private static async Task<string?> InTheWayAsync(NpgsqlConnection connection, Guid repository, string path, CancellationToken cancellationToken)
    {
        // What stands below "a" is what sorts from "a/" up to "a0": the sign after the slash.
        await using var command = new NpgsqlCommand(
            """
            SELECT path FROM (
                SELECT DISTINCT ON (path COLLATE "C") path, content IS NOT NULL AS present FROM rag.document_change
                WHERE repository = $1 AND (path COLLATE "C" = ANY($2) OR (path COLLATE "C" >= $3 AND path COLLATE "C" < $4))
                ORDER BY path COLLATE "C", id DESC) newest
            WHERE present ORDER BY path COLLATE "C" LIMIT 1
            """,
            connection);
        command.Parameters.AddWithValue(repository);
        command.Parameters.AddWithValue(Enumerable.Range(0, path.Length).Where(i => path[i] == '/').Select(i => path[..i]).ToArray());
        command.Parameters.AddWithValue(path + "/");
        command.Parameters.AddWithValue(path + "0");
        return await command.ExecuteScalarAsync(cancellationToken) as string;
    }
}
