using Nura.Rag.Ranking;
using Nura.Rag.Text;

namespace Nura.Rag.Assistance;

/// <summary>
/// How much of a question a chunk matches: the share of the weight of the question's words that stands in it, from 0 to 1. A word weighs
/// as in the lexical lane, by its rarity; one that stands nowhere weighs most. Scores themselves cannot be compared between questions.
/// </summary>
internal static class MatchedShare
{
    /// <summary>The best share among some chunks.</summary>
    /// <param name="query">The question.</param>
    /// <param name="corpora">What the caller may see.</param>
    /// <param name="found">For each chunk the question's terms that stand in it.</param>
    public static double Best(SearchQuery query, IReadOnlyList<Corpus> corpora, IEnumerable<IReadOnlyCollection<string>> found)
    {
        var total = corpora.Sum(corpus => (long)corpus.LiveChunks);
        var weights = new Dictionary<string, double>(StringComparer.Ordinal);
        foreach (var (term, times) in query.Terms.Where(term => !term.Term.Contains(TermSplitter.PairMark)))
        {
            var frequency = corpora.Sum(corpus => (long)corpus.Frequency(corpus.Vocabulary.Find(term)));
            weights[term] = Math.Log(1 + ((total - frequency + 0.5) / (frequency + 0.5))) * times;
        }

        var all = weights.Values.Sum();
        return all <= 0 ? 0 : found.Select(terms => terms.Sum(term => weights.GetValueOrDefault(term))).DefaultIfEmpty().Max() / all;
    }
}
