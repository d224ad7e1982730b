using Nura.Rag.Files;
using Nura.Rag.Git;
using Nura.Rag.History;
using Nura.Rag.Indexing;
using Nura.Rag.Ranking;
using Nura.Rag.Text;

namespace Nura.Rag.Evaluation;

/// <summary>
/// Builds a repository's corpus as it was at an earlier commit, in memory alone. Questions are put to that one: today's files already
/// hold what the commits asked about changed.
/// </summary>
internal sealed class PastCorpus(GitCommand git, BlobStore blobs, CommitStore commits)
{
    /// <summary>Builds it.</summary>
    /// <param name="present">The corpus of today; what is the same is taken from it.</param>
    /// <param name="commit">The earlier commit.</param>
    /// <param name="history">The commits it descends from, newest first.</param>
    /// <param name="maxBytes">Most bytes of an indexed file.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <returns>The corpus, and the chunks of those of its blobs that are not stored.</returns>
    public async Task<(Corpus Corpus, Dictionary<long, IReadOnlyList<AnalyzedChunk>> Forgotten)> BuildAsync(
        Corpus present, string commit, IReadOnlyList<CommitDoc> history, long maxBytes, CancellationToken cancellationToken)
    {
        var mirror = new GitMirror(git, present.Repository);
        var rejected = await commits.RejectedAsync(present.Repository, cancellationToken);
        var entries = new List<(TreeEntry Entry, BlobKey Key)>();
        await foreach (var entry in mirror.ListAsync(commit, cancellationToken))
        {
            if (!entry.IsLink && !entry.IsSubmodule && entry.PathIsText && !rejected.Contains(entry.Path) && PathRules.Reject(entry.Path, entry.Size, maxBytes) is null)
            {
                entries.Add((entry, new BlobKey(entry.Oid, Languages.Of(entry.Path))));
            }
        }

        var stored = await blobs.FindAsync(entries.Select(entry => entry.Key).Distinct(), cancellationToken);
        var vocabulary = new Vocabulary(present.Vocabulary);
        var terms = new Dictionary<long, BlobTerms>();
        var read = new Dictionary<BlobKey, long>();
        var forgotten = new Dictionary<long, IReadOnlyList<AnalyzedChunk>>();
        var files = new List<(string Path, long Blob, string Language)>();
        var (analyzer, split) = (new BlobAnalyzer(), new BlobTermsReader(vocabulary));
        await using var reader = mirror.Read();
        foreach (var (entry, key) in entries.OrderBy(entry => entry.Entry.Path, StringComparer.Ordinal))
        {
            if (stored.TryGetValue(key, out var known) && present.Blobs.TryGetValue(known.Id, out var same))
            {
                terms[known.Id] = same;
                files.Add((entry.Path, known.Id, key.Language));
                continue;
            }

            if (!read.TryGetValue(key, out var id))
            {
                cancellationToken.ThrowIfCancellationRequested();
                var content = await reader.ReadAsync(entry.Oid, cancellationToken);
                var analyzed = content is null ? null : analyzer.Analyze(key, content);

                // Not stored, so its number is none that a stored one can have. 0 is for what cannot be indexed.
                id = analyzed is { Chunks.Count: > 0, Terms: not null } ? -1 - read.Count : 0;
                read.Add(key, id);
                if (id != 0)
                {
                    terms.Add(id, split.Read(analyzed!.Terms, BlobAnalyzer.Format));
                    forgotten.Add(id, analyzed.Chunks);
                }
            }

            if (id != 0)
            {
                files.Add((entry.Path, id, key.Language));
            }
        }

        var head = new CorpusHead(present.Repository, present.Name, commit, present.Generation);
        return (CorpusBuilder.Build(head, files, terms, vocabulary, paths => new HistoryIndex(history, present.History!.Terms, paths)), forgotten);
    }
}
