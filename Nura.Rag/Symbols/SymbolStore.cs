using Npgsql;
using Nura.Contracts;
using Nura.Rag.Files;
using Nura.Rag.Ranking;
using Nura.Rag.Repositories;
using Nura.Rag.Search;

namespace Nura.Rag.Symbols;

/// <summary>Definitions in PostgreSQL.</summary>
internal sealed class SymbolStore(NpgsqlDataSource database)
{
    private const int LongestIndexed = 200;
    private const int Page = 1000;

    /// <summary>Finds definitions by name, in those repositories alone.</summary>
    public async Task<SymbolAnswer> FindAsync(SymbolRequest request, IReadOnlyList<RepositoryRow> repositories, CancellationToken cancellationToken)
    {
        var filter = new PathFilter(request.Path, request.Language);
        var hits = new List<SymbolHit>();
        var skip = request.Skip;
        for (var offset = 0; ; offset += Page)
        {
            var page = await ReadAsync(request, repositories, offset, cancellationToken);
            foreach (var hit in page)
            {
                if (!filter.Accepts(new CorpusFile(hit.Citation.Path, 0, hit.Language, FileKind.Source, 0, 0)))
                {
                    continue;
                }

                if (skip > 0)
                {
                    skip--;
                }
                else if (hits.Count == request.Take)
                {
                    return new SymbolAnswer(hits, More: true);
                }
                else
                {
                    hits.Add(hit);
                }
            }

            if (page.Count < Page)
            {
                return new SymbolAnswer(hits, More: false);
            }
        }
    }

    /// <summary>The definitions of some blobs, in their order.</summary>
    public async Task<ILookup<long, Symbol>> OfAsync(IReadOnlyCollection<long> blobs, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            "SELECT blob, name, kind, container, start_line, end_line, signature FROM rag.symbol WHERE blob = ANY($1) ORDER BY blob, ordinal");
        command.Parameters.AddWithValue(blobs.ToArray());
        var symbols = new List<(long Blob, Symbol Symbol)>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            symbols.Add((reader.GetInt64(0), new Symbol(
                reader.GetString(1), reader.GetString(2), reader.IsDBNull(3) ? null : reader.GetString(3), reader.GetInt32(4), reader.GetInt32(5), reader.GetString(6))));
        }

        return symbols.ToLookup(entry => entry.Blob, entry => entry.Symbol);
    }

    // One statement, so commit and lines belong together.
    private async Task<List<SymbolHit>> ReadAsync(SymbolRequest request, IReadOnlyList<RepositoryRow> repositories, int offset, CancellationToken cancellationToken)
    {
        // Both sides are folded by the database: what it folds depends on its locale, and beyond ASCII that may be nothing.
        await using var command = database.CreateCommand(
            $"""
            SELECT coalesce(p.name, r.name), r.commit, t.path, s.start_line, s.end_line, coalesce(p.id, r.id), s.name, s.kind, s.container, b.language, s.signature
            FROM rag.symbol s JOIN rag.blob b ON b.id = s.blob JOIN rag.tree t ON t.blob = b.id JOIN rag.repository r ON r.id = t.repository
                LEFT JOIN rag.repository p ON p.id = r.parent
            WHERE left(lower(s.name), {LongestIndexed}) {(request.Prefix ? "LIKE" : "=")} lower($1) AND t.repository = ANY($2)
              AND ($3::text IS NULL OR s.kind = $3)
              AND {(request.IgnoreCase ? "$4::text IS NOT NULL" : request.Prefix ? "left(s.name, length($4)) = $4" : "s.name = $4")}
            ORDER BY s.name COLLATE "C", r.name COLLATE "C", t.path COLLATE "C", s.start_line, s.ordinal OFFSET $5 LIMIT $6
            """);
        command.Parameters.AddWithValue(request.Prefix ? Escape(request.Name) + "%" : request.Name);
        command.Parameters.AddWithValue(repositories.Select(repository => repository.Id).ToArray());
        command.Parameters.Add(new NpgsqlParameter { Value = (object?)request.Kind?.ToLowerInvariant() ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Text });
        command.Parameters.AddWithValue(request.Name);
        command.Parameters.AddWithValue(offset);
        command.Parameters.AddWithValue(Page);
        var hits = new List<SymbolHit>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            hits.Add(new SymbolHit(
                new Citation(reader.GetString(0), reader.GetString(1), reader.GetString(2), reader.GetInt32(3), reader.GetInt32(4)),
                reader.GetGuid(5), reader.GetString(6), reader.GetString(7), reader.IsDBNull(8) ? null : reader.GetString(8), reader.GetString(9), reader.GetString(10)));
        }

        return hits;
    }

    private static string Escape(string text) => text.Replace(@"\", @"\\").Replace("%", @"\%").Replace("_", @"\_");
}
