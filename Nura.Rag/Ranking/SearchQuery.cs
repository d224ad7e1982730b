using System.Text.RegularExpressions;
using Nura.Rag.Embeddings;
using Nura.Rag.Files;
using Nura.Rag.Text;

namespace Nura.Rag.Ranking;

/// <summary>A question, taken apart.</summary>
internal sealed partial class SearchQuery
{
    // Who asks for tests or documents says so at once; a mention further on ("... and add tests") is no wish.
    private const int SubjectWords = 3;

    // Its words count beside it.
    private const double PairWeight = 0.5;

    /// <summary>Tokenizes a question as documents are.</summary>
    /// <param name="text">The question.</param>
    /// <param name="added">Words to look for beside it; what kind of file is meant is the question's alone to say.</param>
    public SearchQuery(string text, string added = "")
    {
        Text = added.Length == 0 ? text : $"{text}\n{added}";
        Terms = Weigh(Text);
        var subject = string.Join(' ', Words().Matches(text).Select(word => word.Value.ToLowerInvariant()).Where(word => !StopWords.Contains(word)).Take(SubjectWords));
        WantsTests = TestWords().IsMatch(subject);
        WantsDocuments = DocumentWords().IsMatch(subject);
    }

    /// <summary>As it was asked, with what was added.</summary>
    public string Text { get; }

    /// <summary>Its terms with how much each counts.</summary>
    public IReadOnlyList<(string Term, double Weight)> Terms { get; }

    /// <summary>The chunks whose vectors lie nearest to its own, if those were asked for.</summary>
    public NearChunks Near { get; init; } = NearChunks.None;

    /// <summary>Whether it asks for tests, benchmarks or samples.</summary>
    public bool WantsTests { get; }

    /// <summary>Whether it asks for prose or settings.</summary>
    public bool WantsDocuments { get; }

    /// <summary>Whether files of a kind rank as they are.</summary>
    public bool Wants(FileKind kind) => kind switch
    {
        FileKind.Test => WantsTests,
        FileKind.Document or FileKind.Configuration => WantsDocuments,
        _ => true,
    };

    // A word said four times is meant twice as much, not four times.
    private static List<(string Term, double Weight)> Weigh(string text)
    {
        var tokenizer = new CodeTokenizer();
        var ids = new List<int>();
        tokenizer.Tokenize(text, ids);
        var terms = ids.GroupBy(id => tokenizer.Vocabulary[id]).Where(group => !IsPair(group.Key)).ToDictionary(group => group.Key, group => Math.Sqrt(group.Count()));
        foreach (var pair in ids.Select(id => tokenizer.Vocabulary[id]).Where(IsPair).Concat(Pairs(text)))
        {
            terms[pair] = PairWeight;
        }

        return [.. terms.Select(term => (term.Key, term.Value))];
    }

    // Words side by side are looked for as parts of one identifier.
    private static IEnumerable<string> Pairs(string text)
    {
        string? previous = null;
        var parts = new List<string>();
        foreach (Match match in WordsAndMarks().Matches(text))
        {
            parts.Clear();
            TermSplitter.Split(match.Value.Any(char.IsLetter) ? match.Value : "", parts);
            if (parts.Count == 1 && previous is not null)
            {
                yield return TermSplitter.Pair(previous, parts[0]);
            }

            // A stop word in between does not part them; punctuation does.
            previous = parts.Count > 0 ? parts[^1] : match.Value.Any(char.IsLetter) ? previous : null;
        }
    }

    private static bool IsPair(string term) => term.Contains(TermSplitter.PairMark);

    [GeneratedRegex(@"\w+|[^\w\s-]|\n", RegexOptions.CultureInvariant)]
    private static partial Regex WordsAndMarks();

    [GeneratedRegex(@"\w+", RegexOptions.CultureInvariant)]
    private static partial Regex Words();

    [GeneratedRegex(@"\b(tests?|testing|specs?|benchmarks?|samples?|examples?|fixtures?)\b", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex TestWords();

    [GeneratedRegex(@"\b(docs?|documentation|readme|changelog|guide|tutorial|markdown|(config|configuration|settings|yaml|yml|json|toml|xml|project) files?|ci|workflows?)\b", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex DocumentWords();
}
