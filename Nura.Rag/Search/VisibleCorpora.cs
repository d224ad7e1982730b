using Nura.Rag.Ranking;
using Nura.Rag.Repositories;

namespace Nura.Rag.Search;

/// <summary>What a caller may search. Everything that answers from memory asks here, so nothing else can take part.</summary>
internal sealed class VisibleCorpora(RefSelector refs, CorpusCache corpora)
{
    /// <summary>The corpora of some repositories, by name.</summary>
    /// <param name="visible">Identities; <see langword="null"/> for all.</param>
    /// <param name="reference">The ref to search; each repository's own when <see langword="null"/>.</param>
    /// <param name="cancellationToken">Stops loading.</param>
    /// <returns>The corpora, and how many repositories have no searchable commit yet.</returns>
    public async Task<(IReadOnlyList<Corpus> Corpora, int Pending)> GetAsync(IReadOnlyList<Guid>? visible, string? reference, CancellationToken cancellationToken)
    {
        var rows = await refs.SelectAsync(visible, reference, cancellationToken);
        var found = new List<Corpus>();
        foreach (var row in rows.Where(row => row.Commit is not null))
        {
            if (await corpora.GetAsync(row, cancellationToken) is { } corpus)
            {
                found.Add(corpus);
            }
        }

        return ([.. found.OrderBy(corpus => corpus.Name, StringComparer.Ordinal)], rows.Count - found.Count);
    }
}
