using Npgsql;
using NpgsqlTypes;

namespace Nura.Rag.Indexing;

/// <summary>Blobs and their chunks in PostgreSQL. Content once written never changes, so writers need no order between them.</summary>
internal sealed class BlobStore(NpgsqlDataSource database)
{
    private const int BatchKeys = 5000;

    /// <summary>Which of some blobs are stored already, in the present format.</summary>
    public async Task<Dictionary<BlobKey, KnownBlob>> FindAsync(IEnumerable<BlobKey> keys, CancellationToken cancellationToken)
    {
        var known = new Dictionary<BlobKey, KnownBlob>();
        foreach (var batch in keys.Chunk(BatchKeys))
        {
            await using var command = database.CreateCommand(
                """
                SELECT b.id, b.oid, b.language, b.chunks, b.reason IS NOT NULL
                FROM unnest($1::text[], $2::text[]) k(oid, language)
                JOIN rag.blob b ON b.oid = k.oid AND b.language = k.language AND b.format = $3
                """);
            command.Parameters.AddWithValue(Array.ConvertAll(batch, key => key.Oid));
            command.Parameters.AddWithValue(Array.ConvertAll(batch, key => key.Language));
            command.Parameters.AddWithValue(BlobAnalyzer.Format);
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            while (await reader.ReadAsync(cancellationToken))
            {
                known[new BlobKey(reader.GetString(1), reader.GetString(2))] = new KnownBlob(reader.GetInt64(0), reader.GetInt32(3), reader.GetBoolean(4));
            }
        }

        return known;
    }

    /// <summary>Stores blobs with their chunks and symbols in one statement, all or none. Those that are there already are left alone.</summary>
    public async Task AddAsync(IReadOnlyCollection<AnalyzedBlob> blobs, CancellationToken cancellationToken)
    {
        // In one order everywhere, so that two writers of the same blobs cannot wait for each other.
        var ordered = blobs.OrderBy(blob => blob.Key.Oid, StringComparer.Ordinal).ThenBy(blob => blob.Key.Language, StringComparer.Ordinal).ToArray();
        // The server need not wait for its disk: what makes blobs searchable is written after them, and waits for all before it. What a crash loses is read again.
        var chunks = Rows(ordered, blob => blob.Chunks);
        await using var command = database.CreateCommand(
            """
            WITH added AS (
                INSERT INTO rag.blob (oid, language, format, chunks, bytes, reason, terms, note)
                SELECT oid, language, $7, chunks, bytes, reason, terms, note
                FROM unnest($1::text[], $2::text[], $3::int[], $4::bigint[], $5::text[], $6::bytea[], $22::text[]) u(oid, language, chunks, bytes, reason, terms, note),
                     (SELECT set_config('synchronous_commit', 'off', true)) unhurried
                ON CONFLICT (oid, language, format) DO NOTHING
                RETURNING id, oid, language),
            placed AS (
                SELECT array_agg(added.id ORDER BY u.place) AS ids FROM unnest($1::text[], $2::text[]) WITH ORDINALITY u(oid, language, place)
                LEFT JOIN added ON added.oid = u.oid AND added.language = u.language),
            symbols AS (
                INSERT INTO rag.symbol (blob, ordinal, name, kind, container, start_line, end_line, signature)
                SELECT (SELECT ids FROM placed)[s.place], s.ordinal, s.name, s.kind, s.container, s.start_line, s.end_line, s.signature
                FROM unnest($14::int[], $15::int[], $16::text[], $17::text[], $18::text[], $19::int[], $20::int[], $21::text[])
                    s(place, ordinal, name, kind, container, start_line, end_line, signature)
                WHERE (SELECT ids FROM placed)[s.place] IS NOT NULL)
            INSERT INTO rag.chunk (blob, ordinal, start_line, end_line, symbol, content)
            SELECT (SELECT ids FROM placed)[c.place], c.ordinal, c.start_line, c.end_line, c.symbol, c.content
            FROM unnest($8::int[], $9::int[], $10::int[], $11::int[], $12::text[], $13::text[])
                c(place, ordinal, start_line, end_line, symbol, content)
            WHERE (SELECT ids FROM placed)[c.place] IS NOT NULL
            """);
        command.Parameters.AddWithValue(Array.ConvertAll(ordered, blob => blob.Key.Oid));
        command.Parameters.AddWithValue(Array.ConvertAll(ordered, blob => blob.Key.Language));
        command.Parameters.AddWithValue(Array.ConvertAll(ordered, blob => blob.Chunks.Count));
        command.Parameters.AddWithValue(Array.ConvertAll(ordered, blob => blob.Bytes));
        command.Parameters.Add(new NpgsqlParameter<string?[]> { TypedValue = Array.ConvertAll(ordered, blob => blob.Reason) });
        command.Parameters.Add(new NpgsqlParameter<byte[]?[]> { TypedValue = Array.ConvertAll(ordered, blob => blob.Terms) });
        command.Parameters.AddWithValue(BlobAnalyzer.Format);
        command.Parameters.AddWithValue(Array.ConvertAll(chunks, entry => entry.Place));
        command.Parameters.AddWithValue(Array.ConvertAll(chunks, entry => entry.Ordinal));
        command.Parameters.AddWithValue(Array.ConvertAll(chunks, entry => entry.Row.StartLine));
        command.Parameters.AddWithValue(Array.ConvertAll(chunks, entry => entry.Row.EndLine));
        command.Parameters.Add(new NpgsqlParameter<string?[]> { TypedValue = Array.ConvertAll(chunks, entry => entry.Row.Symbol) });
        command.Parameters.Add(new NpgsqlParameter<ReadOnlyMemory<byte>[]> { TypedValue = Array.ConvertAll(chunks, entry => entry.Row.Content), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text });
        AddSymbols(command, ordered);
        command.Parameters.Add(new NpgsqlParameter<string?[]> { TypedValue = Array.ConvertAll(ordered, blob => blob.Note) });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    // What blobs have many of, each with the place of its blob, from 1 as SQL counts, and its own among them.
    private static (int Place, int Ordinal, T Row)[] Rows<T>(AnalyzedBlob[] blobs, Func<AnalyzedBlob, IReadOnlyList<T>> of)
    {
        var rows = new (int, int, T)[blobs.Sum(blob => of(blob).Count)];
        var next = 0;
        for (var place = 0; place < blobs.Length; place++)
        {
            var own = of(blobs[place]);
            for (var ordinal = 0; ordinal < own.Count; ordinal++)
            {
                rows[next++] = (place + 1, ordinal, own[ordinal]);
            }
        }

        return rows;
    }

    private static void AddSymbols(NpgsqlCommand command, AnalyzedBlob[] blobs)
    {
        var symbols = Rows(blobs, blob => blob.Symbols);
        command.Parameters.AddWithValue(Array.ConvertAll(symbols, entry => entry.Place));
        command.Parameters.AddWithValue(Array.ConvertAll(symbols, entry => entry.Ordinal));
        command.Parameters.AddWithValue(Array.ConvertAll(symbols, entry => entry.Row.Name));
        command.Parameters.AddWithValue(Array.ConvertAll(symbols, entry => entry.Row.Kind));
        command.Parameters.Add(new NpgsqlParameter<string?[]> { TypedValue = Array.ConvertAll(symbols, entry => entry.Row.Container) });
        command.Parameters.AddWithValue(Array.ConvertAll(symbols, entry => entry.Row.StartLine));
        command.Parameters.AddWithValue(Array.ConvertAll(symbols, entry => entry.Row.EndLine));
        command.Parameters.AddWithValue(Array.ConvertAll(symbols, entry => entry.Row.Signature));
    }
}
