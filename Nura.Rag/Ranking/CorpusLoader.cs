using Npgsql;
using Nura.Rag.History;
using Nura.Rag.Text;

namespace Nura.Rag.Ranking;

/// <summary>Builds a repository's corpus from PostgreSQL.</summary>
internal sealed class CorpusLoader(NpgsqlDataSource database, CommitStore history)
{
    private const int BatchBlobs = 2000;

    // When more than this share of the known terms is in use no longer, numbering starts anew.
    private const double MostWaste = 0.5;

    /// <summary>Loads the searchable commit.</summary>
    /// <param name="repository">The repository.</param>
    /// <param name="previous">The corpus to be replaced; what is the same is taken from it.</param>
    /// <param name="cancellationToken">Stops loading.</param>
    /// <returns>The corpus, or <see langword="null"/> if the repository is gone or has no searchable commit.</returns>
    public async Task<Corpus?> LoadAsync(Guid repository, Corpus? previous, CancellationToken cancellationToken)
    {
        var (head, files) = await ReadTreeAsync(repository, cancellationToken);
        if (head is null)
        {
            return null;
        }

        if (previous?.Generation >= head.Generation)
        {
            return previous;
        }

        previous = previous is not null && Waste(previous) > MostWaste ? null : previous;
        // Searches go on in the previous vocabulary, so this one is a copy.
        var vocabulary = previous is null ? new Vocabulary() : new Vocabulary(previous.Vocabulary);
        var blobs = new Dictionary<long, BlobTerms>();
        var missing = new HashSet<long>();
        foreach (var (_, blob, _) in files)
        {
            if (previous is not null && previous.Blobs.TryGetValue(blob, out var known))
            {
                blobs[blob] = known;
            }
            else
            {
                missing.Add(blob);
            }
        }

        await ReadBlobsAsync(missing, blobs, vocabulary, cancellationToken);
        var words = previous?.History?.Terms ?? new Dictionary<string, BlobTerms>();
        var commits = await history.ReadAsync(repository, words.Keys.ToList(), cancellationToken);
        var kept = new Dictionary<string, BlobTerms>(StringComparer.Ordinal);
        foreach (var commit in commits)
        {
            if (words.TryGetValue(commit.Sha, out var known))
            {
                kept.Add(commit.Sha, known);
            }
            else if (commit.Terms is { } terms)
            {
                kept.Add(commit.Sha, BlobTerms.Decode(terms, vocabulary));
            }
        }

        return CorpusBuilder.Build(head, files, blobs, vocabulary, paths => new HistoryIndex(commits, kept, paths));
    }

    private static double Waste(Corpus corpus)
    {
        var unused = 0;
        for (var term = 0; term + 1 < corpus.PostingStarts.Length; term++)
        {
            unused += corpus.Frequency(term) == 0 ? 1 : 0;
        }

        return (double)unused / Math.Max(1, corpus.Vocabulary.Count);
    }

    // One statement, so commit and files belong together.
    private async Task<(CorpusHead? Head, List<(string Path, long Blob, string Language)> Files)> ReadTreeAsync(Guid repository, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            """
            SELECT r.name, r.commit, r.generation, f.path, f.blob, f.language
            FROM rag.repository r
            LEFT JOIN (
                SELECT t.repository, t.path, t.blob, b.language FROM rag.tree t JOIN rag.blob b ON b.id = t.blob WHERE b.chunks > 0
            ) f ON f.repository = r.id
            WHERE r.id = $1 AND r.commit IS NOT NULL
            ORDER BY f.path COLLATE "C"
            """);
        command.Parameters.AddWithValue(repository);
        CorpusHead? head = null;
        var files = new List<(string, long, string)>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            head ??= new CorpusHead(repository, reader.GetString(0), reader.GetString(1), reader.GetInt64(2));
            if (!reader.IsDBNull(3))
            {
                files.Add((reader.GetString(3), reader.GetInt64(4), string.Intern(reader.GetString(5))));
            }
        }

        return (head, files);
    }

    private async Task ReadBlobsAsync(IReadOnlyCollection<long> missing, Dictionary<long, BlobTerms> blobs, Vocabulary vocabulary, CancellationToken cancellationToken)
    {
        foreach (var batch in missing.Chunk(BatchBlobs))
        {
            await using var command = database.CreateCommand("SELECT id, terms FROM rag.blob WHERE id = ANY($1)");
            command.Parameters.AddWithValue(batch);
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            while (await reader.ReadAsync(cancellationToken))
            {
                blobs.Add(reader.GetInt64(0), BlobTerms.Decode(reader.GetFieldValue<byte[]>(1), vocabulary));
            }
        }
    }
}
