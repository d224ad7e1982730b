using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Npgsql;

namespace Nura.Rag.Embeddings;

/// <summary>
/// Approximate indexes (HNSW: Malkov and Yashunin, 2016) over the vectors of big repositories, one for each: no vector of another
/// repository can be on the way to a result, and nothing has to be filtered. Small ones are compared in full, as are all on PGlite.
/// </summary>
internal sealed class NearIndexes(NpgsqlDataSource database)
{
    /// <summary>From so many vectors on a repository has an index; fewer are compared in some milliseconds.</summary>
    public const int FewestVectors = 2000;

    private const string Prefix = "embedding_near_";

    private bool? _canIndex;

    /// <summary>The vectors' type with its length, as an index has it.</summary>
    public static string Value(int dimensions) => string.Create(CultureInfo.InvariantCulture, $"(value::public.halfvec({dimensions}))");

    /// <summary>Which rows an index is of; written out, since parameters cannot be compared with it.</summary>
    public static string Rows(Guid repository, string model) => $"repository = '{repository:D}'::uuid AND model = '{model.Replace("'", "''", StringComparison.Ordinal)}'";

    /// <summary>Name of an index.</summary>
    public static string Name(Guid repository, string model) => $"{Prefix}{repository:N}_{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(model)))[..12]}";

    /// <summary>Makes the index of a repository that has enough vectors, if it is not there. May take minutes; reading and writing go on.</summary>
    /// <returns>Whether it is there.</returns>
    public async Task<bool> EnsureAsync(Guid repository, string model, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        if (!(_canIndex ??= await CanIndexAsync(connection, cancellationToken)))
        {
            return false;
        }

        await using var look = new NpgsqlCommand(
            """
            SELECT m.dimensions,
                   (SELECT count(*) FROM (SELECT FROM rag.embedding e WHERE e.repository = $1 AND e.model = $2 LIMIT $3) counted),
                   (SELECT i.indisvalid FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'rag' AND c.relname = $4)
            FROM rag.embedding_model m WHERE m.model = $2
            """, connection);
        look.Parameters.AddWithValue(repository);
        look.Parameters.AddWithValue(model);
        look.Parameters.AddWithValue(FewestVectors);
        look.Parameters.AddWithValue(Name(repository, model));
        int dimensions;
        bool? valid;
        await using (var reader = await look.ExecuteReaderAsync(cancellationToken))
        {
            if (!await reader.ReadAsync(cancellationToken) || reader.GetInt64(1) < FewestVectors)
            {
                return false;
            }

            (dimensions, valid) = (reader.GetInt32(0), reader.IsDBNull(2) ? null : reader.GetBoolean(2));
        }

        if (valid is true)
        {
            return true;
        }

        if (valid is false)
        {
            // Its making was interrupted.
            await RunAsync(connection, $"DROP INDEX CONCURRENTLY IF EXISTS rag.{Name(repository, model)}", cancellationToken);
        }

        await using var count = new NpgsqlCommand("SELECT count(*) FROM rag.embedding WHERE repository = $1 AND model = $2", connection);
        count.Parameters.AddWithValue(repository);
        count.Parameters.AddWithValue(model);
        var vectors = (long)(await count.ExecuteScalarAsync(cancellationToken))!;
        // A graph that does not fit in memory takes many times as long.
        await RunAsync(connection, string.Create(CultureInfo.InvariantCulture, $"SET maintenance_work_mem = '{GraphMegabytes(vectors, dimensions)}MB'"), cancellationToken);
        try
        {
            await RunAsync(
                connection,
                $"CREATE INDEX CONCURRENTLY IF NOT EXISTS {Name(repository, model)} ON rag.embedding USING hnsw ({Value(dimensions)} public.halfvec_ip_ops) WHERE {Rows(repository, model)}",
                cancellationToken);
            await RunAsync(connection, "ANALYZE rag.embedding, rag.chunk_hash", cancellationToken);
        }
        finally
        {
            await RunAsync(connection, "RESET maintenance_work_mem", CancellationToken.None);
        }

        return true;
    }

    /// <summary>Drops the index of a repository that is about to get many vectors: put in one by one they take several times as long as an index made of all.</summary>
    /// <remarks>Meanwhile searches compare what is there.</remarks>
    public async Task DropAsync(Guid repository, string model, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        if (!(_canIndex ??= await CanIndexAsync(connection, cancellationToken)))
        {
            return;
        }

        await using var note = new NpgsqlCommand("UPDATE rag.embedding_work SET near = false WHERE repository = $1 AND model = $2", connection);
        note.Parameters.AddWithValue(repository);
        note.Parameters.AddWithValue(model);
        await note.ExecuteNonQueryAsync(cancellationToken);
        await RunAsync(connection, $"DROP INDEX CONCURRENTLY IF EXISTS rag.{Name(repository, model)}", cancellationToken);
    }

    /// <summary>Drops the indexes of repositories and models that are no more.</summary>
    public async Task CleanAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        if (!(_canIndex ??= await CanIndexAsync(connection, cancellationToken)))
        {
            return;
        }

        // Names first: an index that is made after them is of work that is seen below.
        var names = new HashSet<string>(StringComparer.Ordinal);
        await using (var look = new NpgsqlCommand($"SELECT indexname::text FROM pg_indexes WHERE schemaname = 'rag' AND indexname LIKE '{Prefix.Replace("_", "\\_", StringComparison.Ordinal)}%'", connection))
        await using (var reader = await look.ExecuteReaderAsync(cancellationToken))
        {
            while (await reader.ReadAsync(cancellationToken))
            {
                names.Add(reader.GetString(0));
            }
        }

        await using (var work = new NpgsqlCommand("SELECT repository, model FROM rag.embedding_work", connection))
        await using (var reader = await work.ExecuteReaderAsync(cancellationToken))
        {
            while (await reader.ReadAsync(cancellationToken))
            {
                names.Remove(Name(reader.GetGuid(0), reader.GetString(1)));
            }
        }

        foreach (var name in names)
        {
            await RunAsync(connection, $"DROP INDEX CONCURRENTLY IF EXISTS rag.{name}", cancellationToken);
        }
    }

    /// <summary>Memory to make an index in: a vector of two bytes a dimension with its neighbours, and a fifth more; within what a database can be asked for.</summary>
    private static long GraphMegabytes(long vectors, int dimensions) => Math.Clamp(vectors * ((2 * dimensions) + 600) * 6 / 5 / (1024 * 1024), 64, 1024);

    // PGlite has one connection: nobody could search while it builds one.
    private static async Task<bool> CanIndexAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var version = new NpgsqlCommand("SELECT version() !~* 'emcc|emscripten|wasm'", connection);
        return await version.ExecuteScalarAsync(cancellationToken) is true;
    }

    private static async Task RunAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
