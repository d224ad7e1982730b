using Npgsql;
using Nura.Rag.Dense;
using Nura.Rag.Evaluation;
using Nura.Rag.History;
using Nura.Rag.Text;

namespace Nura.Rag.Ranking;

/// <summary>Builds a repository's corpus from PostgreSQL.</summary>
internal sealed class CorpusLoader(NpgsqlDataSource database, CommitStore history, EvaluationStore evaluations)
{
    private const int BatchBlobs = 2000;

    // When more than this share of the known terms is in use no longer, numbering starts anew.
    private const double MostWaste = 0.5;

    /// <summary>Loads the searchable commit.</summary>
    /// <param name="repository">The repository, or a further ref of one.</param>
    /// <param name="previous">The corpus to be replaced; what is the same is taken from it.</param>
    /// <param name="relative">Finds the corpus of another ref of a repository.</param>
    /// <param name="cancellationToken">Stops loading.</param>
    /// <returns>The corpus, or <see langword="null"/> if the repository is gone or has no searchable commit.</returns>
    public async Task<Corpus?> LoadAsync(Guid repository, Corpus? previous, Func<Guid, Corpus?> relative, CancellationToken cancellationToken)
    {
        var corpus = await ReadAsync(repository, previous, relative, cancellationToken);
        if (corpus is null || ReferenceEquals(corpus, previous))
        {
            return corpus;
        }

        // What was learned of words holds until it is learned anew.
        var weights = await evaluations.WeightsAsync(corpus.Repository, previous?.Weights, cancellationToken);
        var dense = weights.Counts(DenseLane.LaneName) && previous?.Dense is { } learned && learned.Model.Fits(corpus.Vocabulary)
            ? DenseIndex.Place(learned.Model, corpus, learned.Blobs) with { Adapter = weights.Adapted.Contains(DenseLane.LaneName) ? learned.Adapter : null }
            : null;
        return corpus with { Weights = weights, Dense = dense };
    }

    private async Task<Corpus?> ReadAsync(Guid repository, Corpus? previous, Func<Guid, Corpus?> relative, CancellationToken cancellationToken)
    {
        if (previous is not null)
        {
            var (present, changes) = await ReadChangesAsync(repository, previous.Generation, cancellationToken);
            if (present is null || previous.Generation >= present.Generation)
            {
                return present is null ? null : previous;
            }

            if (present.ChangesSince <= previous.Generation && await ChangeAsync(repository, previous, present, changes, cancellationToken) is { } changed)
            {
                return changed;
            }
        }

        var (head, files) = await ReadTreeAsync(repository, cancellationToken);
        if (head is null)
        {
            return null;
        }

        var known = previous ?? relative(head.Repository);
        known = known is not null && Waste(known) > MostWaste ? null : known;
        // Searches go on in the previous vocabulary, so this one is a copy.
        var vocabulary = known is null ? new Vocabulary() : new Vocabulary(known.Vocabulary);
        var blobs = await BlobsAsync(files.Select(file => file.Blob), known?.Blobs, vocabulary, cancellationToken);
        var (commits, words) = await HistoryAsync(repository, known?.History, vocabulary, cancellationToken);
        return CorpusBuilder.Build(head, files, blobs, vocabulary, paths => new HistoryIndex(commits, words, paths));
    }

    private async Task<Corpus?> ChangeAsync(
        Guid repository, Corpus previous, CorpusHead head, List<(string Path, long? Blob, string? Language)> changes, CancellationToken cancellationToken)
    {
        var vocabulary = new Vocabulary(previous.Vocabulary);
        var blobs = new Dictionary<long, BlobTerms>(previous.Blobs);
        foreach (var (blob, terms) in await BlobsAsync(changes.Select(change => change.Blob).OfType<long>(), previous.Blobs, vocabulary, cancellationToken))
        {
            blobs[blob] = terms;
        }

        if (head.HistoryGeneration <= previous.Generation)
        {
            return CorpusDelta.Apply(previous, head, changes, blobs, vocabulary, _ => previous.History);
        }

        var (commits, words) = await HistoryAsync(repository, previous.History, vocabulary, cancellationToken);
        return CorpusDelta.Apply(previous, head, changes, blobs, vocabulary, paths => new HistoryIndex(commits, words, paths));
    }

    // What the previous corpus knows is taken from it.
    private async Task<Dictionary<long, BlobTerms>> BlobsAsync(
        IEnumerable<long> wanted, IReadOnlyDictionary<long, BlobTerms>? previous, Vocabulary vocabulary, CancellationToken cancellationToken)
    {
        var blobs = new Dictionary<long, BlobTerms>();
        var missing = new HashSet<long>();
        foreach (var blob in wanted)
        {
            if (previous is not null && previous.TryGetValue(blob, out var known))
            {
                blobs[blob] = known;
            }
            else
            {
                missing.Add(blob);
            }
        }

        await ReadAsync(missing, blobs, vocabulary, cancellationToken);
        return blobs;
    }

    private async Task<(List<CommitDoc> Commits, Dictionary<string, BlobTerms> Words)> HistoryAsync(
        Guid repository, HistoryIndex? previous, Vocabulary vocabulary, CancellationToken cancellationToken)
    {
        var words = previous?.Terms ?? new Dictionary<string, BlobTerms>();
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

        return (commits, kept);
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
            SELECT coalesce(p.id, r.id), coalesce(p.name, r.name), r.commit, r.generation, r.changes_since, r.history_generation, f.path, f.blob, f.language
            FROM rag.repository r LEFT JOIN rag.repository p ON p.id = r.parent
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
            head ??= Head(reader);
            if (!reader.IsDBNull(6))
            {
                files.Add((reader.GetString(6), reader.GetInt64(7), string.Intern(reader.GetString(8))));
            }
        }

        return (head, files);
    }

    private async Task<(CorpusHead? Head, List<(string Path, long? Blob, string? Language)> Changes)> ReadChangesAsync(
        Guid repository, long since, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            """
            SELECT coalesce(p.id, r.id), coalesce(p.name, r.name), r.commit, r.generation, r.changes_since, r.history_generation, f.path, f.blob, f.language
            FROM rag.repository r LEFT JOIN rag.repository p ON p.id = r.parent
            LEFT JOIN (
                SELECT DISTINCT c.repository, c.path, b.id AS blob, b.language
                FROM rag.tree_change c LEFT JOIN rag.tree t ON t.repository = c.repository AND t.path = c.path LEFT JOIN rag.blob b ON b.id = t.blob AND b.chunks > 0
                WHERE c.repository = $1 AND c.generation > $2
            ) f ON f.repository = r.id
            WHERE r.id = $1 AND r.commit IS NOT NULL
            """);
        command.Parameters.AddWithValue(repository);
        command.Parameters.AddWithValue(since);
        CorpusHead? head = null;
        var changes = new List<(string, long?, string?)>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            head ??= Head(reader);
            if (!reader.IsDBNull(6))
            {
                changes.Add((reader.GetString(6), reader.IsDBNull(7) ? null : reader.GetInt64(7), reader.IsDBNull(8) ? null : string.Intern(reader.GetString(8))));
            }
        }

        return (head, changes);
    }

    private static CorpusHead Head(NpgsqlDataReader reader) =>
        new(reader.GetGuid(0), reader.GetString(1), reader.GetString(2), reader.GetInt64(3), reader.GetInt64(4), reader.GetInt64(5));

    // Many are read in parts at the same time, of which all but the first have a vocabulary of their own at first: most of the work is looking terms up.
    private async Task ReadAsync(HashSet<long> missing, Dictionary<long, BlobTerms> blobs, Vocabulary vocabulary, CancellationToken cancellationToken)
    {
        var parts = Math.Clamp(missing.Count / BatchBlobs, 1, Environment.ProcessorCount);
        var read = await Task.WhenAll(missing.Chunk(Math.Max(1, (missing.Count + parts - 1) / parts)).Select((part, i) => Task.Run(
            async () =>
            {
                var own = i == 0 ? vocabulary : new Vocabulary();
                return (Vocabulary: own, Terms: await ReadAsync(part, own, cancellationToken));
            },
            cancellationToken)));
        foreach (var part in read)
        {
            if (part.Vocabulary != vocabulary)
            {
                var numbers = vocabulary.Add(part.Vocabulary);
                Parallel.ForEach(part.Terms.Values, terms => terms.Renumber(numbers));
            }

            foreach (var (blob, terms) in part.Terms)
            {
                blobs.Add(blob, terms);
            }
        }
    }

    private async Task<Dictionary<long, BlobTerms>> ReadAsync(long[] missing, Vocabulary vocabulary, CancellationToken cancellationToken)
    {
        var blobs = new Dictionary<long, BlobTerms>();
        var terms = new BlobTermsReader(vocabulary);
        foreach (var batch in missing.Chunk(BatchBlobs))
        {
            await using var command = database.CreateCommand("SELECT id, format, terms FROM rag.blob WHERE id = ANY($1)");
            command.Parameters.AddWithValue(batch);
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            while (await reader.ReadAsync(cancellationToken))
            {
                blobs.Add(reader.GetInt64(0), terms.Read(reader.GetFieldValue<byte[]>(2), reader.GetInt32(1)));
            }
        }

        return blobs;
    }
}
