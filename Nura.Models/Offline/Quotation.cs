using System.Globalization;
using System.Text.RegularExpressions;

namespace Nura.Models;

/// <summary>Lines picked from a passage, with the citation narrowed to them.</summary>
/// <param name="Citation">Where exactly they stand, without brackets.</param>
/// <param name="Path">The file, for people to read.</param>
/// <param name="Start">First line in the file, from 1.</param>
/// <param name="Lines">The lines.</param>
internal sealed partial record Quotation(string Citation, string Path, int Start, IReadOnlyList<string> Lines)
{
    /// <summary>Most lines quoted from one passage: about what fits on half a screen.</summary>
    public const int MaxLines = 14;

    /// <summary>A longer line (minified code, data) is no quotation for people; its passage is left out.</summary>
    private const int MaxLineLength = 400;

    private const int MostQuotations = 5;

    /// <summary>The best lines of the best passages, in the passages' order.</summary>
    /// <param name="question">The user's words.</param>
    /// <param name="passages">Best first.</param>
    public static IReadOnlyList<Quotation> Pick(string question, IReadOnlyList<Passage> passages)
    {
        var texts = passages
            .Select(passage => (Passage: passage, Lines: passage.Text.ReplaceLineEndings("\n").Split('\n')))
            .Where(text => text.Lines.All(line => line.Length <= MaxLineLength) && text.Lines.Any(line => !string.IsNullOrWhiteSpace(line)))
            .ToList();
        var weights = Weigh(Terms(question, passages), texts.SelectMany(text => text.Lines).ToList());

        var picked = new List<Quotation>();
        foreach (var (passage, lines) in texts)
        {
            if (picked.Count == MostQuotations)
            {
                break;
            }

            if (Place().Match(passage.Citation) is { Success: true } place
                && int.TryParse(place.Groups["start"].ValueSpan, CultureInfo.InvariantCulture, out var firstLine)
                && BestWindow(lines, weights) is var (start, count, weight)
                && (weight > 0 || weights.Count == 0))
            {
                var quotation = Cut(place, firstLine, lines, start, count);
                if (!picked.Exists(other => Overlap(other, quotation)))
                {
                    picked.Add(quotation);
                }
            }
        }

        return picked;
    }

    private static IEnumerable<string> Terms(string question, IReadOnlyList<Passage> passages) =>
        Word().Matches(question).Select(match => match.Value)
            .Concat(passages.SelectMany(passage => passage.Terms ?? []))
            .Where(word => word.Length > 2 && !s_stopWords.Contains(word))
            .Distinct(StringComparer.OrdinalIgnoreCase);

    /// <summary>A word counts the more, the fewer lines have it (inverse document frequency); one that no line has is dropped.</summary>
    private static Dictionary<string, double> Weigh(IEnumerable<string> terms, List<string> lines)
    {
        var weights = new Dictionary<string, double>(StringComparer.OrdinalIgnoreCase);
        foreach (var term in terms)
        {
            var found = lines.Count(line => line.Contains(term, StringComparison.OrdinalIgnoreCase));
            if (found > 0)
            {
                weights[term] = Math.Log(1.0 + ((double)lines.Count / found));
            }
        }

        return weights;
    }

    /// <summary>The run of lines that has the weightiest set of words; among equals the one with more of them, then the first.</summary>
    private static (int Start, int Count, double Weight) BestWindow(string[] lines, Dictionary<string, double> weights)
    {
        var count = Math.Min(MaxLines, lines.Length);
        var best = (Start: 0, Count: count, Weight: double.NegativeInfinity);
        for (var start = 0; start + count <= lines.Length; start++)
        {
            var weight = 0.0;
            foreach (var (term, value) in weights)
            {
                var found = 0;
                for (var i = start; i < start + count; i++)
                {
                    found += lines[i].Contains(term, StringComparison.OrdinalIgnoreCase) ? 1 : 0;
                }

                weight += found == 0 ? 0 : value * (1 + (0.1 * Math.Min(found, 5)));
            }

            // A quotation that begins where a block begins reads better than one that begins inside.
            weight += weight > 0 && (start == 0 || string.IsNullOrWhiteSpace(lines[start - 1])) ? 0.05 : 0;
            if (weight > best.Weight)
            {
                best = (start, count, weight);
            }
        }

        return best;
    }

    private static Quotation Cut(Match place, int firstLine, string[] lines, int start, int count)
    {
        var end = start + count;
        while (string.IsNullOrWhiteSpace(lines[start]) && start < end - 1)
        {
            start++;
        }

        while (end > start + 1 && string.IsNullOrWhiteSpace(lines[end - 1]))
        {
            end--;
        }

        var from = firstLine + start;
        var to = firstLine + end - 1;
        return new Quotation(
            string.Create(CultureInfo.InvariantCulture, $"{place.Groups["file"].Value}#L{from}-L{to}"), place.Groups["path"].Value, from, lines[start..end]);
    }

    private static bool Overlap(Quotation left, Quotation right) =>
        left.Path == right.Path && left.Start < right.Start + right.Lines.Count && right.Start < left.Start + left.Lines.Count
        && left.Citation[..left.Citation.LastIndexOf('#')] == right.Citation[..right.Citation.LastIndexOf('#')];

    private static readonly HashSet<string> s_stopWords = new(StringComparer.OrdinalIgnoreCase)
    {
        "and", "are", "but", "can", "did", "does", "for", "from", "had", "has", "have", "how", "into", "its", "not", "our", "show", "tell", "that", "the",
        "their", "them", "then", "there", "these", "they", "this", "use", "was", "were", "what", "when", "where", "which", "who", "why", "will", "with", "you", "your",
        "como", "con", "cual", "del", "donde", "esta", "este", "los", "las", "para", "por", "que", "son", "una", "uno",
    };

    [GeneratedRegex(@"\A(?<file>[^@]+@[0-9a-f]+:(?<path>.+))#L(?<start>[0-9]+)(-L?[0-9]+)?\z", RegexOptions.ExplicitCapture)]
    private static partial Regex Place();

    [GeneratedRegex(@"[\p{L}_][\p{L}\p{Nd}_]*")]
    private static partial Regex Word();
}
