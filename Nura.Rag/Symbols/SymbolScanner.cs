using System.Buffers;
using Nura.Rag.Files;

namespace Nura.Rag.Symbols;

/// <summary>
/// Tells what a line defines by the words it begins with. It is no parser: a definition whose first line does not hold its name is
/// missed, and it reads every language the same way.
/// </summary>
internal static class SymbolScanner
{
    private const int LongestName = 200;
    private static readonly SearchValues<char> s_ends = SearchValues.Create(" ({;<\t");

    /// <summary>The definition that begins in a line.</summary>
    /// <param name="line">One line.</param>
    /// <param name="language">As <see cref="Languages"/> names it.</param>
    /// <returns>Name and kind, or <see langword="null"/>.</returns>
    public static (string Name, string Kind)? Scan(ReadOnlySpan<char> line, string language)
    {
        var text = line.Trim();
        if (text.Length < 3 || !SymbolWords.Knows(language))
        {
            return language == "sql" ? Sql(text) : null;
        }

        if (text[0] is '/' or '*' or '"' or '\'' or '}' or ')' or '.' or ',' or ';' or '|' or '&' or '<' or '-' or '+' or '=')
        {
            return null;
        }

        if (text[0] == '#')
        {
            return language is "c" or "cpp" or "objectivec" && text.StartsWith("#define ") ? Named(text[8..].TrimStart(), "macro", mayEnd: true) : null;
        }

        if (text[0] == '[' && language == "csharp" && text.LastIndexOf(']') is > 0 and var attribute)
        {
            text = text[(attribute + 1)..].TrimStart();
        }

        var modified = false;
        while (true)
        {
            var word = text[..WordLength(text)];
            if (word.IsEmpty)
            {
                // "public (int A, int B) Name("
                return modified ? SymbolMembers.Scan(text, line.Length - line.TrimStart().Length, modified, language) : null;
            }

            var rest = text[word.Length..];
            if (SymbolWords.Kind(language, word) is { } kind && (rest.StartsWith(' ') || rest.StartsWith('!') || rest.StartsWith('*') || (rest.StartsWith('<') && kind == "impl")))
            {
                if (After(rest, kind, language) is { } found)
                {
                    return found;
                }

                // "record" and "type" may be names too.
            }

            if (!SymbolWords.IsModifier(word))
            {
                return SymbolMembers.Scan(text, line.Length - line.TrimStart().Length, modified, language);
            }

            if (word is "const" && SymbolMembers.Constant(rest, language) is { } constant)
            {
                return constant;
            }

            modified = true;
            if (rest.StartsWith('(') && rest.IndexOf(')') is > 0 and var close && word is "pub")
            {
                rest = rest[(close + 1)..];
            }

            if (!rest.StartsWith(' '))
            {
                return SymbolMembers.Scan(text, line.Length - line.TrimStart().Length, modified: false, language);
            }

            text = rest.TrimStart();
        }
    }

    /// <summary>How many characters of a text are one word.</summary>
    public static int WordLength(ReadOnlySpan<char> text)
    {
        var length = text.Length > 0 && text[0] is '@' or '$' ? 1 : 0;
        while (length < text.Length && (char.IsLetterOrDigit(text[length]) || text[length] is '_' or '$'))
        {
            length++;
        }

        return length;
    }

    private static (string, string)? After(ReadOnlySpan<char> rest, string kind, string language)
    {
        rest = rest.TrimStart('!').TrimStart();
        switch (language)
        {
            case "go" when rest.StartsWith('(') && rest.IndexOf(')') is > 0 and var receiver:
                return Named(rest[(receiver + 1)..].TrimStart(), "method", mayEnd: false);
            case "rust" when kind == "impl":
                return null;
            case "terraform":
                return Quoted(rest, kind);
            case "csharp" or "cpp" when rest.StartsWith("struct ") || rest.StartsWith("class "):
                rest = rest[(rest.IndexOf(' ') + 1)..].TrimStart();
                break;
            case "kotlin" when rest.StartsWith('<') && rest.IndexOf('>') is > 0 and var generic:
                rest = rest[(generic + 1)..].TrimStart();
                break;
            case "ruby" when rest.StartsWith("self."):
                rest = rest[5..];
                break;
            case "csharp" when kind is "delegate" or "event":
                var last = rest.IndexOfAny("(;{=");
                return last < 0 ? null : Named(SymbolMembers.LastWord(rest[..last]), kind, mayEnd: true);
            case "javascript" or "typescript" when kind == "function":
                rest = rest.TrimStart('*').TrimStart();
                break;
        }

        if (kind is "namespace" or "module" || language is "ruby" or "elixir" or "lua" or "php")
        {
            var end = rest.IndexOfAny(s_ends);
            var dotted = (end < 0 ? rest : rest[..end]).TrimEnd(":,");
            var isWhole = kind == "namespace" || (language == "ruby" && kind == "method");
            var name = isWhole ? dotted : dotted[(dotted.LastIndexOfAny(".:\\") + 1)..];
            return name.Length is > 0 and <= LongestName && (char.IsLetter(name[0]) || name[0] == '_') ? (name.ToString(), kind) : null;
        }

        return Named(rest, kind, mayEnd: true);
    }

    /// <summary>The name a text begins with, if what follows can follow a name.</summary>
    private static (string, string)? Named(ReadOnlySpan<char> text, string kind, bool mayEnd)
    {
        var length = WordLength(text);
        if (length is 0 or > LongestName || char.IsDigit(text[0]) || (text[0] == '@' && length == 1))
        {
            return null;
        }

        var rest = text[length..].TrimStart();
        var follows = rest.IsEmpty ? mayEnd
            : kind == "macro" || rest[0] is '{' or '(' or '<' or '[' or ':' or ';' or '=' or '?' or '!' or ','
            || (rest.Length < text.Length - length && char.IsLetter(rest[0]) && IsClause(rest[..WordLength(rest)], kind));
        return follows ? (text[..length].TrimStart('@').ToString(), kind) : null;
    }

    // "class A extends B", "type T struct", "trait X where"
    private static bool IsClause(ReadOnlySpan<char> word, string kind) =>
        word is "extends" or "implements" or "where" or "permits" or "final" or "with" or "is" or "As" or "for" or "on" or "returns" or "do" or "throws"
        || (kind == "type" && word is "struct" or "interface" or "func" or "map" or "string" or "int" or "int32" or "int64" or "uint32" or "uint64" or "bool" or "float64" or "chan" or "error" or "byte")
        || kind == "extension";

    // resource "aws_s3_bucket" "logs" {
    private static (string, string)? Quoted(ReadOnlySpan<char> text, string kind)
    {
        var parts = text.ToString().Split('"');
        return parts.Length >= 3 && text.TrimEnd().EndsWith('{') ? (parts[^2], kind) : null;
    }

    private static (string, string)? Sql(ReadOnlySpan<char> text)
    {
        if (!text.StartsWith("create ", StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        var words = text.ToString().Split([' ', '(', ';'], StringSplitOptions.RemoveEmptyEntries);
        for (var i = 1; i + 1 < words.Length; i++)
        {
            var kind = words[i].ToLowerInvariant();
            if (kind is "table" or "view" or "function" or "procedure" or "index" or "type" or "trigger" or "schema" or "sequence" or "extension")
            {
                var at = i + 1;
                while (at + 1 < words.Length && words[at].ToLowerInvariant() is "if" or "not" or "exists" or "concurrently")
                {
                    at++;
                }

                var name = words[at].Trim('"', '`', '[', ']');
                return (name[(name.LastIndexOf('.') + 1)..].Trim('"', '`', '[', ']'), kind);
            }
        }

        return null;
    }
}
