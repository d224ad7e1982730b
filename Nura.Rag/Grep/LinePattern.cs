using System.Text.RegularExpressions;
using Nura.Contracts;

namespace Nura.Rag.Grep;

/// <summary>What lines are searched for. Takes time in proportion to the text, whatever the pattern.</summary>
internal sealed class LinePattern
{
    private const int Longest = 1000;

    private readonly Regex? _regex;
    private readonly string _text;
    private readonly StringComparison _comparison;

    /// <summary>Reads a pattern.</summary>
    /// <exception cref="ProblemException">400 for one that cannot be read, or would take too long.</exception>
    public LinePattern(string? pattern, bool regex, bool ignoreCase)
    {
        if (string.IsNullOrEmpty(pattern) || pattern.Length > Longest || pattern.AsSpan().ContainsAny('\n', '\r', '\0'))
        {
            throw new ProblemException(400, "The pattern cannot be searched for.", $"It must have 1 to {Longest} characters, and is matched within lines.");
        }

        _text = pattern;
        _comparison = ignoreCase ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal;
        if (!regex)
        {
            Literal = pattern;
            return;
        }

        try
        {
            _regex = new Regex(pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant | (ignoreCase ? RegexOptions.IgnoreCase : RegexOptions.None));
        }
        catch (RegexParseException exception)
        {
            throw new ProblemException(400, "The regular expression cannot be read.", exception.Message);
        }
        catch (NotSupportedException)
        {
            throw new ProblemException(400, "The regular expression cannot be used.", "Look-around, back-references, atomic groups and very large repetitions are left out, because they can take for ever.");
        }
    }

    /// <summary>The text every matching line holds, if that is all there is to it.</summary>
    public string? Literal { get; }

    /// <summary>The first match in a line.</summary>
    public (int Start, int Length)? Find(string line)
    {
        if (_regex is null)
        {
            return line.IndexOf(_text, _comparison) is >= 0 and var at ? (at, _text.Length) : null;
        }

        return _regex.Match(line) is { Success: true } match ? (match.Index, match.Length) : null;
    }
}
