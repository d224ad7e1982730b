namespace Nura.Rag.Symbols;

/// <summary>Definitions that no keyword announces: methods, properties, fields and constants, told by the shape of their line.</summary>
internal static class SymbolMembers
{
    /// <summary>The member a line defines.</summary>
    /// <param name="text">The line from after its modifiers.</param>
    /// <param name="depth">How far it is indented.</param>
    /// <param name="modified">Whether it had modifiers.</param>
    /// <param name="language">Its language.</param>
    public static (string Name, string Kind)? Scan(ReadOnlySpan<char> text, int depth, bool modified, string language)
    {
        var word = text[..SymbolScanner.WordLength(text)];
        if (SymbolWords.IsStatement(word) && !(language is "typescript" or "javascript" && word is "let" or "var"))
        {
            return null;
        }

        return language switch
        {
            "python" => depth == 0 ? PythonConstant(text) : null,
            "shell" => text.IndexOf("()") is > 0 and var end && SymbolScanner.WordLength(text) == end ? (text[..end].ToString(), "function") : null,
            "go" => depth == 0 && word is "var" or "const" ? Constant(text[word.Length..], language) : null,
            "rust" => word is "static" ? Constant(text[word.Length..], language) : null,
            _ when word is "let" or "var" or "val" => depth == 0 ? Constant(text[word.Length..], language) : null,
            _ when SymbolWords.IsScript(language) && Script(text, depth, modified) is { } method => method,
            _ when SymbolWords.IsTyped(language) => Typed(text, depth, modified, language),
            "php" when modified && text.StartsWith('$') => (text[..SymbolScanner.WordLength(text)].TrimStart('$').ToString(), "property"),
            _ => null,
        };
    }

    /// <summary>The constant or function that <c>const</c> or its like defines.</summary>
    public static (string Name, string Kind)? Constant(ReadOnlySpan<char> rest, string language)
    {
        var text = rest.TrimStart();
        if (language is not ("typescript" or "javascript" or "vue" or "svelte" or "go" or "rust" or "php" or "zig" or "swift" or "kotlin" or "scala"))
        {
            return null;
        }

        var length = SymbolScanner.WordLength(text);
        var value = text.IndexOf('=');
        if (length == 0 || SymbolWords.Kind(language, text[..length]) is not null || (value < 0 && language is not "go") || (value >= 0 && text[length..value].TrimStart() is { IsEmpty: false } between && between[0] is not ':' && language is not "go"))
        {
            return null;
        }

        var function = value >= 0 && (text[value..].Contains("=>", StringComparison.Ordinal) || text[value..].Contains("function", StringComparison.Ordinal))
            && language is "typescript" or "javascript" or "vue" or "svelte";
        return (text[..length].ToString(), function ? "function" : "constant");
    }

    /// <summary>The word at the end of a text.</summary>
    public static ReadOnlySpan<char> LastWord(ReadOnlySpan<char> text)
    {
        text = text.TrimEnd();
        if (text.EndsWith('>') && OpeningAngle(text) is > 0 and var generic)
        {
            text = text[..generic].TrimEnd();
        }

        var start = text.Length;
        while (start > 0 && (char.IsLetterOrDigit(text[start - 1]) || text[start - 1] is '_' or '$'))
        {
            start--;
        }

        return text[start..];
    }

    private static (string, string)? PythonConstant(ReadOnlySpan<char> text)
    {
        var length = SymbolScanner.WordLength(text);
        var rest = text[length..].TrimStart();
        return length > 1 && rest.Length > 1 && rest[0] is '=' or ':' && rest[1] != '=' && !text[..length].ContainsAnyInRange('a', 'z') && char.IsLetter(text[0])
            ? (text[..length].ToString(), "constant") : null;
    }

    // "name(parameters) {" inside of a class
    private static (string, string)? Script(ReadOnlySpan<char> text, int depth, bool modified)
    {
        text = text.StartsWith("get ") || text.StartsWith("set ") ? text[4..].TrimStart() : text.TrimStart('*').TrimStart();
        var length = SymbolScanner.WordLength(text);
        if (length == 0 || depth == 0 || SymbolWords.IsStatement(text[..length]))
        {
            return null;
        }

        var rest = text[length..];
        var opens = rest.StartsWith('(') || (rest.StartsWith('<') && rest.Contains('('));
        return opens && text.EndsWith('{') && !text.Contains("=>", StringComparison.Ordinal) && !text.Contains("function", StringComparison.Ordinal) ? (text[..length].ToString(), "method")
            : modified && rest.Length > 0 && rest[0] is ':' or '=' or '?' or '!' or ';' ? (text[..length].ToString(), "property")
            : null;
    }

    // "Type Name(", "Name(" of a constructor, "Type Name {", "Type Name ="
    private static (string, string)? Typed(ReadOnlySpan<char> text, int depth, bool modified, string language)
    {
        var native = language is "c" or "cpp" or "objectivec";
        var end = Delimiter(text);
        if (end < 0 ? !modified : end == 0)
        {
            return null;
        }

        var head = end < 0 ? text : text[..end];
        var name = LastWord(head);
        var before = head[..head.LastIndexOf(name)].TrimEnd();
        if (name.IsEmpty || char.IsDigit(name[0]) || SymbolWords.IsStatement(name) || before.Contains('"') || before.EndsWith('.') || before.EndsWith("->") || before.EndsWith("::new"))
        {
            return null;
        }

        if (end >= 0 && text[end] == '(')
        {
            // Only with a body, or as a declaration where one can stand: all else is a call.
            var called = before.IsEmpty && !modified;
            var qualified = before.EndsWith("::");
            var open = text.EndsWith(';') && !text.Contains("=>", StringComparison.Ordinal) && (native ? depth > 0 && !modified : before.IsEmpty);
            return (called && !(qualified && depth == 0)) || open || (native && depth > 0 && !text.EndsWith('{') && !text.EndsWith(';'))
                ? null : (name.ToString(), "method");
        }

        // Without modifiers it may be any local variable.
        return modified && !native && !before.IsEmpty ? (name.ToString(), end >= 0 && text[end] == '{' || text.Contains("=>", StringComparison.Ordinal) ? "property" : "field") : null;
    }

    // The first of "(", "{", "=", ";" outside of angle brackets; "operator ==" has none.
    private static int Delimiter(ReadOnlySpan<char> text)
    {
        var angles = 0;
        for (var i = 0; i < text.Length; i++)
        {
            switch (text[i])
            {
                case '<':
                    angles++;
                    break;
                case '>':
                    angles = Math.Max(0, angles - 1);
                    break;
                case '(' when angles > 0 || i == 0:
                    // A tuple as type or type argument.
                    var close = text[i..].IndexOf(')');
                    if (close < 0)
                    {
                        return -1;
                    }

                    i += close;
                    break;
                case '(' or '{' or '=' or ';' when angles == 0:
                    return i;
            }
        }

        return -1;
    }

    private static int OpeningAngle(ReadOnlySpan<char> text)
    {
        var depth = 0;
        for (var i = text.Length - 1; i >= 0; i--)
        {
            depth += text[i] == '>' ? 1 : text[i] == '<' ? -1 : 0;
            if (depth == 0)
            {
                return i;
            }
        }

        return -1;
    }
}
