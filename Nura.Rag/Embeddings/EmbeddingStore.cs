using Npgsql;
using Nura.Models;

namespace Nura.Rag.Embeddings;

/// <summary>Vectors in PostgreSQL, by repository, model and the hash of what was embedded.</summary>
internal sealed class EmbeddingStore(NpgsqlDataSource database)
{
    // The chunks that files of a repository's searchable commits have, those of its further refs included.
    private const string Blobs = "SELECT DISTINCT t.blob FROM rag.tree t JOIN rag.repository r ON r.id = t.repository WHERE r.id = $1 OR r.parent = $1";

    /// <summary>A repository's blobs with how many chunks they have, and how many of those have a vector.</summary>
    public async Task<List<(long Blob, long Chunks, long Embedded)>> BlobsAsync(Guid repository, string model, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            $"""
            SELECT b.id, b.chunks::bigint, count(e.content_hash)
            FROM ({Blobs}) t JOIN rag.blob b ON b.id = t.blob AND b.chunks > 0
            LEFT JOIN rag.chunk_hash h ON h.blob = b.id
            LEFT JOIN rag.embedding e ON e.repository = $1 AND e.model = $2 AND e.content_hash = h.content_hash
            GROUP BY b.id, b.chunks ORDER BY b.id
            """);
        command.Parameters.AddWithValue(repository);
        command.Parameters.AddWithValue(model);
        var blobs = new List<(long, long, long)>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            blobs.Add((reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2)));
        }

        return blobs;
    }

    /// <summary>The chunks of some blobs that have no vector.</summary>
    public async Task<List<(long Blob, int Ordinal, string Text)>> MissingAsync(Guid repository, string model, long[] blobs, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            """
            SELECT c.blob, c.ordinal, c.symbol, c.content
            FROM rag.chunk c LEFT JOIN rag.chunk_hash h ON h.blob = c.blob AND h.ordinal = c.ordinal
            WHERE c.blob = ANY($3) AND NOT EXISTS (SELECT FROM rag.embedding e WHERE e.repository = $1 AND e.model = $2 AND e.content_hash = h.content_hash)
            ORDER BY c.blob, c.ordinal
            """);
        command.Parameters.AddWithValue(repository);
        command.Parameters.AddWithValue(model);
        command.Parameters.AddWithValue(blobs);
        var missing = new List<(long, int, string)>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            missing.Add((reader.GetInt64(0), reader.GetInt32(1), ChunkText.Of(reader.IsDBNull(2) ? null : reader.GetString(2), reader.GetString(3))));
        }

        return missing;
    }

    /// <summary>Notes which text chunks have. A blob that has just been deleted is left out.</summary>
    public async Task NoteAsync(IReadOnlyList<(long Blob, int Ordinal, byte[] Hash)> chunks, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            """
            INSERT INTO rag.chunk_hash (blob, ordinal, content_hash)
            SELECT u.blob, u.ordinal, u.hash FROM unnest($1::bigint[], $2::int[], $3::bytea[]) u(blob, ordinal, hash)
            WHERE EXISTS (SELECT FROM rag.blob b WHERE b.id = u.blob)
            ON CONFLICT DO NOTHING
            """);
        command.Parameters.AddWithValue(chunks.Select(chunk => chunk.Blob).ToArray());
        command.Parameters.AddWithValue(chunks.Select(chunk => chunk.Ordinal).ToArray());
        command.Parameters.AddWithValue(chunks.Select(chunk => chunk.Hash).ToArray());
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Copies the vectors that other repositories have.</summary>
    /// <returns>Which of the hashes have a vector now.</returns>
    public async Task<List<byte[]>> AdoptAsync(Guid repository, string model, byte[][] hashes, CancellationToken cancellationToken)
    {
        await using (var copy = database.CreateCommand(
            """
            INSERT INTO rag.embedding (repository, model, content_hash, value)
            SELECT DISTINCT ON (e.content_hash) $1, e.model, e.content_hash, e.value
            FROM rag.embedding e WHERE e.model = $2 AND e.content_hash = ANY($3) AND e.repository <> $1
            ON CONFLICT DO NOTHING
            """))
        {
            Identify(copy, repository, model, hashes);
            await copy.ExecuteNonQueryAsync(cancellationToken);
        }

        await using var command = database.CreateCommand("SELECT content_hash FROM rag.embedding WHERE repository = $1 AND model = $2 AND content_hash = ANY($3)");
        Identify(command, repository, model, hashes);
        var known = new List<byte[]>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            known.Add(reader.GetFieldValue<byte[]>(0));
        }

        return known;
    }

    /// <summary>Stores vectors.</summary>
    public async Task AddAsync(Guid repository, string model, byte[][] hashes, IReadOnlyList<float[]> vectors, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            """
            INSERT INTO rag.embedding (repository, model, content_hash, value)
            SELECT $1, $2, u.hash, u.value::public.halfvec FROM unnest($3::bytea[], $4::text[]) u(hash, value)
            ON CONFLICT DO NOTHING
            """);
        Identify(command, repository, model, hashes);
        command.Parameters.AddWithValue(vectors.Select(vector => ChunkText.Write(vector)).ToArray());
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>The vectors of some blobs' chunks.</summary>
    public async Task<List<(long Blob, int Ordinal, float[] Vector)>> VectorsAsync(Guid repository, string model, long[] blobs, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            """
            SELECT h.blob, h.ordinal, e.value::real[]
            FROM rag.chunk_hash h JOIN rag.embedding e ON e.repository = $1 AND e.model = $2 AND e.content_hash = h.content_hash WHERE h.blob = ANY($3)
            """);
        command.Parameters.AddWithValue(repository);
        command.Parameters.AddWithValue(model);
        command.Parameters.AddWithValue(blobs);
        var vectors = new List<(long, int, float[])>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            vectors.Add((reader.GetInt64(0), reader.GetInt32(1), reader.GetFieldValue<float[]>(2)));
        }

        return vectors;
    }

    /// <summary>The vectors of some texts, by the hexadecimal digits of their hash.</summary>
    public async Task<Dictionary<string, float[]>> VectorsAsync(Guid repository, string model, byte[][] hashes, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("SELECT content_hash, value::real[] FROM rag.embedding WHERE repository = $1 AND model = $2 AND content_hash = ANY($3)");
        Identify(command, repository, model, hashes);
        var vectors = new Dictionary<string, float[]>(StringComparer.Ordinal);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            vectors.Add(Convert.ToHexString(reader.GetFieldValue<byte[]>(0)), reader.GetFieldValue<float[]>(1));
        }

        return vectors;
    }

    /// <summary>How long a model's vectors are.</summary>
    /// <param name="model">Id of the model.</param>
    /// <param name="given">What it answered; noted if nothing is known.</param>
    /// <param name="cancellationToken">Stops the statement.</param>
    /// <exception cref="ModelException">It answered another length before: old and new vectors cannot be compared.</exception>
    public async Task CheckDimensionsAsync(string model, int given, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            """
            WITH noted AS (INSERT INTO rag.embedding_model (model, dimensions) VALUES ($1, $2) ON CONFLICT DO NOTHING)
            SELECT dimensions FROM rag.embedding_model WHERE model = $1
            """);
        command.Parameters.AddWithValue(model);
        command.Parameters.AddWithValue(given);
        if (await command.ExecuteScalarAsync(cancellationToken) is int known && known != given)
        {
            throw new ModelException(
                $"'{model}' answered vectors of {given} numbers where it gave {known} before, so it is another model now. Give it another name in the catalog or at its server, and name that in {RagOptions.Section}:EmbeddingModel.",
                502, isRetryable: false);
        }
    }

    /// <summary>Deletes the vectors of chunks that have been gone from their repository for a week, and those of models not in use for as long.</summary>
    /// <param name="model">The model in use.</param>
    /// <param name="cancellationToken">Stops it; what is deleted stays so.</param>
    /// <param name="pages">How many of the table's pages a statement looks at, in the order in which they lie there: others get their turn in between.</param>
    /// <returns>How many.</returns>
    public async Task<int> CleanAsync(string model, CancellationToken cancellationToken, int pages = 4_000)
    {
        await using (var unused = database.CreateCommand("DELETE FROM rag.embedding_work WHERE model <> $1 AND updated_at < now() - interval '7 days'"))
        {
            unused.Parameters.AddWithValue(model);
            await unused.ExecuteNonQueryAsync(cancellationToken);
        }

        await using var size = database.CreateCommand("SELECT pg_relation_size('rag.embedding') / current_setting('block_size')::int");
        var end = (long)(await size.ExecuteScalarAsync(cancellationToken))!;
        var deleted = 0;
        for (var page = 0L; page < end; page += pages)
        {
            await using var command = database.CreateCommand(
                $"""
                DELETE FROM rag.embedding e WHERE e.ctid >= '({page},0)' AND e.ctid < '({page + pages},0)' AND e.created_at < now() - interval '7 days' AND (
                    NOT EXISTS (
                        SELECT FROM rag.chunk_hash h JOIN rag.tree t ON t.blob = h.blob JOIN rag.repository r ON r.id = t.repository
                        WHERE h.content_hash = e.content_hash AND (r.id = e.repository OR r.parent = e.repository))
                    OR NOT EXISTS (SELECT FROM rag.embedding_work w WHERE w.repository = e.repository AND w.model = e.model AND (w.model = $1 OR w.updated_at >= now() - interval '7 days')))
                """);
            command.Parameters.AddWithValue(model);
            deleted += await command.ExecuteNonQueryAsync(cancellationToken);
        }

        return deleted;
    }

    private static void Identify(NpgsqlCommand command, Guid repository, string model, byte[][] hashes)
    {
        command.Parameters.AddWithValue(repository);
        command.Parameters.AddWithValue(model);
        command.Parameters.AddWithValue(hashes);
    }
}
