using Npgsql;
using Nura.Contracts;
using Nura.Rag.Ranking;
using Nura.Rag.Search;

namespace Nura.Rag.Grep;

/// <summary>Searches the lines of indexed files. A page that takes too long ends early and says where to go on.</summary>
internal sealed class GrepService(VisibleCorpora visible, NpgsqlDataSource database, TimeProvider time)
{
    private const int BatchFiles = 200;

    // As far as a citation can say, and small enough to count on from.
    private const int PastTheLastLine = int.MaxValue / 4;

    // Half of what a caller waits for an answer's first byte.
    private static readonly TimeSpan s_most = TimeSpan.FromSeconds(5);

    /// <summary>One page of matching lines.</summary>
    /// <exception cref="ProblemException">400 for a pattern or page that cannot be one.</exception>
    public async Task<GrepAnswer> FindAsync(GrepRequest request, CancellationToken cancellationToken)
    {
        var pattern = new LinePattern(request.Pattern, request.Regex, request.IgnoreCase);
        var filter = new PathFilter(request.Path, request.Language);
        var after = After(request.After);
        var started = time.GetTimestamp();
        var matches = new List<GrepMatch>();
        var searched = 0;
        var (corpora, _) = await visible.GetAsync(request.Repositories, request.Ref, cancellationToken);
        foreach (var corpus in corpora.Where(corpus => string.CompareOrdinal(corpus.Name, after?.Repository) >= 0))
        {
            var from = corpus.Name == after?.Repository ? after : null;
            var files = corpus.Files.Where(file => file.Chunks > 0 && filter.Accepts(file) && string.CompareOrdinal(file.Path, from?.Path) >= 0)
                .OrderBy(file => file.Path, StringComparer.Ordinal);
            foreach (var batch in files.Chunk(BatchFiles))
            {
                var lines = await ReadAsync(batch, pattern, request.IgnoreCase, cancellationToken);
                foreach (var file in batch)
                {
                    searched++;
                    foreach (var (line, text) in lines[file.Blob].SelectMany(chunk => Lines(chunk.Start, chunk.Content)))
                    {
                        if ((file.Path == from?.Path && line <= from.EndLine) || pattern.Find(text) is not { } match)
                        {
                            continue;
                        }

                        if (matches.Count == request.Take)
                        {
                            return new GrepAnswer(matches, matches[^1].Citation.ToString(), searched, TimedOut: false);
                        }

                        matches.Add(new GrepMatch(new Citation(corpus.Name, corpus.Commit, file.Path, line, line), corpus.Repository, text, match.Start, match.Length));
                    }
                }

                if (time.GetElapsedTime(started) > s_most)
                {
                    var end = new Citation(corpus.Name, corpus.Commit, batch[^1].Path, PastTheLastLine, PastTheLastLine);
                    return new GrepAnswer(matches, end.ToString(), searched, TimedOut: true);
                }
            }
        }

        return new GrepAnswer(matches, null, searched, TimedOut: false);
    }

    private static Citation? After(string? after) =>
        after is null ? null
        : Citation.TryParse(after, out var citation) ? citation
        : throw new ProblemException(400, "The place to go on from cannot be read.", "Send \"after\" as \"next\" of the page before.");

    private static IEnumerable<(int Line, string Text)> Lines(int start, string content) => content.Split('\n').Select((text, i) => (start + i, text));

    private async Task<ILookup<long, (int Start, string Content)>> ReadAsync(CorpusFile[] files, LinePattern pattern, bool ignoreCase, CancellationToken cancellationToken)
    {
        // Letters beyond ASCII may have another lower case here than there, so those are left to our own comparison.
        var literal = ignoreCase && pattern.Literal?.All(char.IsAscii) == false ? null : pattern.Literal;
        await using var command = database.CreateCommand(
            $"""
            SELECT blob, start_line, content FROM rag.chunk
            WHERE blob = ANY($1) AND ($2::text IS NULL OR {(ignoreCase ? "strpos(lower(content), lower($2)) > 0" : "strpos(content, $2) > 0")})
            ORDER BY blob, ordinal
            """);
        command.Parameters.AddWithValue(files.Select(file => file.Blob).Distinct().ToArray());
        command.Parameters.Add(new NpgsqlParameter { Value = (object?)literal ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Text });
        var chunks = new List<(long Blob, int Start, string Content)>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            chunks.Add((reader.GetInt64(0), reader.GetInt32(1), reader.GetString(2)));
        }

        return chunks.ToLookup(chunk => chunk.Blob, chunk => (chunk.Start, chunk.Content));
    }
}
