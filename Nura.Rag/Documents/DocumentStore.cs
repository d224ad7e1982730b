using System.Runtime.CompilerServices;
using Npgsql;

namespace Nura.Rag.Documents;

/// <summary>Uploaded documents in PostgreSQL, with everything they ever were, so that citations of them stay true.</summary>
internal sealed class DocumentStore(NpgsqlDataSource database)
{
    private const string Scheme = "documents:";

    /// <summary>The source of a collection of documents.</summary>
    public static string SourceOf(Guid repository) => $"{Scheme}{repository}";

    /// <summary>Whether a source is a collection of documents.</summary>
    public static bool IsSource(string source) => source.StartsWith(Scheme, StringComparison.Ordinal);

    /// <summary>Notes a document or its removal. One after another for each collection: their order is that of the commits.</summary>
    /// <returns>Whether the collection is there.</returns>
    public async Task<bool> AddAsync(Guid repository, string path, byte[]? content, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            """
            WITH locked AS (SELECT id FROM rag.repository WHERE id = $1 FOR UPDATE)
            INSERT INTO rag.document_change (repository, path, content) SELECT id, $2, $3 FROM locked
            """);
        command.Parameters.AddWithValue(repository);
        command.Parameters.AddWithValue(path);
        command.Parameters.Add(new NpgsqlParameter { Value = (object?)content ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Bytea });
        return await command.ExecuteNonQueryAsync(cancellationToken) == 1;
    }

    /// <summary>Whether the newest change of a path left a document there.</summary>
    public async Task<bool> HasAsync(Guid repository, string path, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            """SELECT content IS NOT NULL FROM rag.document_change WHERE repository = $1 AND path COLLATE "C" = $2 ORDER BY id DESC LIMIT 1""");
        command.Parameters.AddWithValue(repository);
        command.Parameters.AddWithValue(path);
        return await command.ExecuteScalarAsync(cancellationToken) is true;
    }

    /// <summary>A document that cannot be there together with one at a path, as one's path is the folder of the other; <see langword="null"/> if none is in the way.</summary>
    public async Task<string?> InTheWayAsync(Guid repository, string path, CancellationToken cancellationToken)
    {
        // What stands below "a" is what sorts from "a/" up to "a0": the sign after the slash.
        await using var command = database.CreateCommand(
            """
            SELECT path FROM (
                SELECT DISTINCT ON (path COLLATE "C") path, content IS NOT NULL AS present FROM rag.document_change
                WHERE repository = $1 AND (path COLLATE "C" = ANY($2) OR (path COLLATE "C" >= $3 AND path COLLATE "C" < $4))
                ORDER BY path COLLATE "C", id DESC) newest
            WHERE present ORDER BY path COLLATE "C" LIMIT 1
            """);
        command.Parameters.AddWithValue(repository);
        command.Parameters.AddWithValue(Enumerable.Range(0, path.Length).Where(i => path[i] == '/').Select(i => path[..i]).ToArray());
        command.Parameters.AddWithValue(path + "/");
        command.Parameters.AddWithValue(path + "0");
        return await command.ExecuteScalarAsync(cancellationToken) as string;
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
}
