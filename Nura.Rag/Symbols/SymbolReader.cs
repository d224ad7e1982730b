using Nura.Rag.Chunks;
using Nura.Rag.Files;
using Nura.Rag.Text;
using Nura.ServiceDefaults.Text;

namespace Nura.Rag.Symbols;

/// <summary>Finds the definitions of a file with the lines they span, told by indentation, or by level for headings.</summary>
internal static class SymbolReader
{
    private const int LongestSignature = 300;
    private const int MostSymbols = 5000;
    private const string ReStructuredText = "restructuredtext";

    /// <summary>The definitions in the order they begin.</summary>
    public static List<Symbol> Read(SourceText text, string language)
    {
        var symbols = new List<Symbol>();
        var open = new List<(int Depth, string Name)>();
        var fenced = false;
        var keys = OpenApiScanner.IsDescription(text, language) ? new List<(int Depth, string Key)>() : null;
        for (var line = 0; line < text.Count && symbols.Count < MostSymbols; line++)
        {
            fenced ^= language == Languages.Markdown && text[line].TrimStart().StartsWith("```", StringComparison.Ordinal);
            if (fenced || (keys is null ? Define(text, line, language) : Keyed(text[line], language, keys)) is not { } defined)
            {
                continue;
            }

            var depth = Scope.Depth(text[line], language);
            open.RemoveAll(around => around.Depth >= depth);
            var container = open.Count == 0 ? null : string.Join('.', open.Select(around => around.Name));
            if (defined.Kind is not ("field" or "property" or "constant"))
            {
                open.Add((depth, defined.Name));
            }

            var signature = text[line].Trim();
            symbols.Add(new Symbol(
                defined.Name, defined.Kind, container, line + 1, End(text, line, depth, language) + 1, signature.AtMost(LongestSignature).ToString()));
        }

        return symbols;
    }

    private static (string Name, string Kind)? Define(SourceText text, int line, string language) =>
        language == ReStructuredText ? (IsUnderlined(text, line) ? (text[line].Trim().ToString(), "heading") : null)
        : language != Languages.Markdown ? SymbolScanner.Scan(text[line], language)
        : Declaration.Opens(text[line], language) && Declaration.Name(text[line], language) is { } heading ? (heading, "heading")
        : null;

    // A title has a line of one punctuation mark below it, at least as long.
    private static bool IsUnderlined(SourceText text, int line) =>
        line + 1 < text.Count && text[line].Length > 0 && char.IsLetterOrDigit(text[line][0])
        && text[line + 1].TrimEnd() is { Length: > 1 } below && below.Length >= text[line].TrimEnd().Length
        && "=-~^\"'`#*+".Contains(below[0]) && below.IndexOfAnyExcept(below[0]) < 0;

    private static (string Name, string Kind)? Keyed(ReadOnlySpan<char> line, string language, List<(int Depth, string Key)> keys)
    {
        if (OpenApiScanner.Key(line) is not { } key)
        {
            return null;
        }

        var depth = Scope.Depth(line, language);
        keys.RemoveAll(around => around.Depth >= depth);
        var defined = OpenApiScanner.Scan(line, keys.Count == 0 ? null : keys[^1].Key);
        keys.Add((depth, key));
        return defined;
    }

    // Index of the last line that belongs to what begins at one.
    private static int End(SourceText text, int start, int depth, string language)
    {
        var last = start;
        var closed = Complete(text[start]);
        var fenced = false;
        for (var line = start + 1; line < text.Count; line++)
        {
            var trimmed = text[line].Trim();
            if (trimmed.IsEmpty)
            {
                continue;
            }

            if (language == Languages.Markdown)
            {
                fenced ^= trimmed.StartsWith("```", StringComparison.Ordinal);
                if (!fenced && Declaration.Opens(text[line], language) && Scope.Depth(text[line], language) <= depth)
                {
                    return last;
                }
            }
            else if (language == ReStructuredText)
            {
                // Which mark stands for which level is each document's own choice; a section ends at the next title.
                if (IsUnderlined(text, line))
                {
                    return last;
                }
            }
            else if (Scope.Depth(text[line], language) <= depth)
            {
                // A brace of its own line goes on; a closing one ends it.
                var closes = trimmed[0] is '}' || trimmed.StartsWith("end", StringComparison.Ordinal) && trimmed.TrimEnd(";)").Length == 3;
                if (closed || !(closes || trimmed[0] is '{' or ')' or ']' || trimmed.StartsWith("where ", StringComparison.Ordinal)) || Scope.Depth(text[line], language) < depth)
                {
                    return last;
                }

                if (closes)
                {
                    return line;
                }
            }

            last = line;
        }

        return last;
    }

    // "int X;" and "class A { }" are whole in their line.
    private static bool Complete(ReadOnlySpan<char> line)
    {
        line = line.TrimEnd();
        return line.EndsWith(';') || (line.EndsWith('}') && line.Contains('{'));
    }
}
