namespace Nura.Rag.Text;

/// <summary>
/// Turns one identifier into index terms: the whole of it, the stems of its words, and pairs of neighbouring stems. A pair says far more
/// than its words: "connection string" in a question finds <c>NpgsqlConnectionStringBuilder</c>.
/// </summary>
internal static class TermSplitter
{
    /// <summary>Stands in the middle of a pair; no identifier holds it.</summary>
    public const char PairMark = '+';

    /// <summary>The term of two stems that follow each other.</summary>
    public static string Pair(string first, string second) => $"{first}{PairMark}{second}";

    /// <summary>Adds the terms of an identifier or word.</summary>
    /// <param name="identifier">Letters, digits and underscores, such as <c>HTTPServer_main2</c>.</param>
    /// <param name="terms">Receives the whole identifier in lower case if it has more than one word, then the stem of each word of two letters or more that is no stop word, each after its pair with the one before.</param>
    public static void Split(ReadOnlySpan<char> identifier, List<string> terms)
    {
        var whole = terms.Count;
        var words = 0;
        string? previous = null;
        for (var position = 0; position < identifier.Length;)
        {
            if (identifier[position] == '_')
            {
                position++;
                continue;
            }

            var end = WordEnd(identifier, position);
            var word = Lower(identifier[position..end]);
            position = end;
            words++;
            if (word.Length > 1 && !StopWords.Contains(word))
            {
                var stem = PorterStemmer.Stem(word);
                if (previous is not null)
                {
                    terms.Add(Pair(previous, stem));
                }

                terms.Add(stem);
                previous = stem;
            }
        }

        if (words > 1)
        {
            terms.Insert(whole, Lower(identifier.Trim('_')));
        }
    }

    private static int WordEnd(ReadOnlySpan<char> text, int start)
    {
        var end = start + 1;
        if (char.IsDigit(text[start]))
        {
            while (end < text.Length && char.IsDigit(text[end]))
            {
                end++;
            }

            return end;
        }

        if (char.IsUpper(text[start]) && end < text.Length && char.IsUpper(text[end]))
        {
            while (end < text.Length && char.IsUpper(text[end]))
            {
                end++;
            }

            // "HTTPServer": the last capital belongs to the next word.
            return end < text.Length && IsSmall(text[end]) ? end - 1 : end;
        }

        while (end < text.Length && IsSmall(text[end]))
        {
            end++;
        }

        return end;
    }

    private static bool IsSmall(char c) => c != '_' && !char.IsUpper(c) && !char.IsDigit(c);

    private static string Lower(ReadOnlySpan<char> text) =>
        string.Create(text.Length, text, static (target, source) => source.ToLowerInvariant(target));
}
