using Npgsql;

namespace Nura.Rag.Search;

/// <summary>Reads the texts of chunks.</summary>
internal sealed class ChunkReader(NpgsqlDataSource database)
{
    /// <summary>Some chunks by blob and place. One whose repository has just been removed may be missing.</summary>
    public async Task<Dictionary<(long Blob, int Ordinal), ChunkLines>> ReadAsync(
        IReadOnlyList<(long Blob, int Ordinal)> chunks, CancellationToken cancellationToken)
    {
        var texts = new Dictionary<(long, int), ChunkLines>();
        if (chunks.Count == 0)
        {
            return texts;
        }

        await using var command = database.CreateCommand(
            """
            SELECT c.blob, c.ordinal, c.start_line, c.end_line, c.symbol, c.content
            FROM unnest($1::bigint[], $2::int[]) u(blob, ordinal) JOIN rag.chunk c ON c.blob = u.blob AND c.ordinal = u.ordinal
            """);
        command.Parameters.AddWithValue(chunks.Select(chunk => chunk.Blob).ToArray());
        command.Parameters.AddWithValue(chunks.Select(chunk => chunk.Ordinal).ToArray());
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            texts[(reader.GetInt64(0), reader.GetInt32(1))] = new ChunkLines(
                reader.GetInt32(2), reader.GetInt32(3), reader.IsDBNull(4) ? null : reader.GetString(4), reader.GetString(5));
        }

        return texts;
    }
}
