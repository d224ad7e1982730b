using System.Text.RegularExpressions;
using Nura.Rag.Files;
using Nura.Rag.Text;

namespace Nura.Rag.Ranking;

/// <summary>A question, taken apart.</summary>
internal sealed partial class SearchQuery
{
    // Who asks for tests or documents says so at once; a mention further on ("... and add tests") is no wish.
    private const int SubjectWords = 3;

    /// <summary>Tokenizes a question as documents are.</summary>
    public SearchQuery(string text)
    {
        Text = text;
        var tokenizer = new CodeTokenizer();
        var ids = new List<int>();
        tokenizer.Tokenize(text, ids);
        Terms = [.. ids.GroupBy(id => id).Select(group => (tokenizer.Vocabulary[group.Key], group.Count()))];
        var subject = string.Join(' ', Words().Matches(text).Select(word => word.Value.ToLowerInvariant()).Where(word => !StopWords.Contains(word)).Take(SubjectWords));
        WantsTests = TestWords().IsMatch(subject);
        WantsDocuments = DocumentWords().IsMatch(subject);
    }

    /// <summary>As it was asked.</summary>
    public string Text { get; }

    /// <summary>Its terms with how often each occurs.</summary>
    public IReadOnlyList<(string Term, int Count)> Terms { get; }

    /// <summary>Whether it asks for tests, benchmarks or samples.</summary>
    public bool WantsTests { get; }

    /// <summary>Whether it asks for prose or settings.</summary>
    public bool WantsDocuments { get; }

    /// <summary>Whether files of a kind rank as they are.</summary>
    public bool Wants(FileKind kind) => kind switch
    {
        FileKind.Test => WantsTests,
        FileKind.Document => WantsDocuments,
        _ => true,
    };

    [GeneratedRegex(@"\w+", RegexOptions.CultureInvariant)]
    private static partial Regex Words();

    [GeneratedRegex(@"\b(tests?|testing|specs?|benchmarks?|samples?|examples?|fixtures?)\b", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex TestWords();

    [GeneratedRegex(@"\b(docs?|documentation|readme|changelog|guide|tutorial|markdown|(config|configuration|settings|yaml|yml|json|toml|xml|project) files?|ci|workflows?)\b", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex DocumentWords();
}
