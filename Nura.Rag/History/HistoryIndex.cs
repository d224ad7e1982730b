using Nura.Rag.Files;
using Nura.Rag.Ranking;

namespace Nura.Rag.History;

/// <summary>An inverted index over a corpus' commits, each pointing at the files it changed under their present paths.</summary>
internal sealed class HistoryIndex
{
    // BM25 over whole commits, with the parameters of text books.
    private const float K1 = 1.2f;
    private const float B = 0.75f;

    // What a commit of many source files says is about none of them.
    private const int MostFiles = 5;

    private readonly Dictionary<int, List<(int Commit, float Weight)>> _postings = [];

    /// <summary>Indexes commits.</summary>
    /// <param name="documents">The commits, newest first.</param>
    /// <param name="terms">Their terms by commit, in the corpus' numbers; some may have none.</param>
    /// <param name="files">Indices of the present files by path.</param>
    public HistoryIndex(IReadOnlyList<CommitDoc> documents, IReadOnlyDictionary<string, BlobTerms> terms, IReadOnlyDictionary<string, int> files)
    {
        Terms = terms;
        var moved = new Dictionary<string, string>(StringComparer.Ordinal);
        var commits = new List<HistoryCommit>();
        foreach (var document in documents)
        {
            var present = document.Files.Select(path => moved.GetValueOrDefault(path, path)).Where(files.ContainsKey).Select(path => files[path]).Distinct().ToArray();
            foreach (var (old, path) in document.Renames)
            {
                var now = moved.GetValueOrDefault(path, path);
                if (files.ContainsKey(now) && !files.ContainsKey(old))
                {
                    moved[old] = now;
                }
            }

            if (present.Length > 0 && terms.TryGetValue(document.Sha, out var words))
            {
                commits.Add(new HistoryCommit(document.Sha, document.Subject, document.Time, present, words));
            }
        }

        Commits = [.. commits];
        Newest = documents.Count == 0 ? default : documents[0].Time;
        Invert();
    }

    /// <summary>The commits that point at present files.</summary>
    public HistoryCommit[] Commits { get; }

    /// <summary>When the newest commit was made; ages are told from it.</summary>
    public DateTimeOffset Newest { get; }

    /// <summary>What the commits consist of, to build the next index from.</summary>
    public IReadOnlyDictionary<string, BlobTerms> Terms { get; }

    /// <summary>The commits with a term and how much it says about each.</summary>
    public IReadOnlyList<(int Commit, float Weight)> Postings(int term) => _postings.TryGetValue(term, out var postings) ? postings : [];

    /// <summary>A corpus' commits that tell what their message is about, newest first, with the present source files they changed.</summary>
    public static IEnumerable<(string Subject, IReadOnlyList<CorpusFile> Files)> Telling(Corpus corpus) =>
        (corpus.History?.Commits ?? []).Select(commit => (commit.Subject, Files: commit.Files.Select(file => corpus.Files[file]).Where(file => file is { Kind: FileKind.Source, Chunks: > 0 }).ToList()))
        .Where(commit => commit.Files.Count is > 0 and <= MostFiles && !string.IsNullOrWhiteSpace(commit.Subject)).Select(commit => (commit.Subject, (IReadOnlyList<CorpusFile>)commit.Files));

    private void Invert()
    {
        var lengths = Array.ConvertAll(Commits, commit => Length(commit.Words));
        var average = lengths.Length == 0 ? 1 : (float)lengths.Average();
        for (var i = 0; i < Commits.Length; i++)
        {
            var norm = K1 * (1 - B + (B * lengths[i] / average));
            var terms = Commits[i].Words.Terms(0);
            var counts = Commits[i].Words.Counts(0);
            for (var t = 0; t < terms.Length; t++)
            {
                if (!_postings.TryGetValue(terms[t], out var postings))
                {
                    _postings.Add(terms[t], postings = []);
                }

                postings.Add((i, counts[t] * (K1 + 1) / (counts[t] + norm)));
            }
        }
    }

    private static int Length(BlobTerms words)
    {
        var length = 0;
        foreach (var count in words.Counts(0))
        {
            length += count;
        }

        return length;
    }
}

/// <summary>A commit that says something about present files.</summary>
/// <param name="Sha">Its id.</param>
/// <param name="Subject">First line of its message.</param>
/// <param name="Time">When it was made.</param>
/// <param name="Files">Indices of the files it changed.</param>
/// <param name="Words">Its terms.</param>
internal sealed record HistoryCommit(string Sha, string Subject, DateTimeOffset Time, int[] Files, BlobTerms Words);
