namespace Nura.Rag.Text;

/// <summary>
/// Cuts English words down to a common stem, so that "indexing" finds "index". The algorithm of M. F. Porter, "An algorithm for
/// suffix stripping", 1980: five steps, each replacing at most one ending if what is left is long enough.
/// </summary>
internal static class PorterStemmer
{
    private const int Longest = 40;

    private static readonly (string Ending, string Replacement)[] s_step2 =
    [
        ("ational", "ate"), ("tional", "tion"), ("enci", "ence"), ("anci", "ance"), ("izer", "ize"), ("abli", "able"), ("alli", "al"),
        ("entli", "ent"), ("eli", "e"), ("ousli", "ous"), ("ization", "ize"), ("ation", "ate"), ("ator", "ate"), ("alism", "al"),
        ("iveness", "ive"), ("fulness", "ful"), ("ousness", "ous"), ("aliti", "al"), ("iviti", "ive"), ("biliti", "ble"),
    ];

    private static readonly (string Ending, string Replacement)[] s_step3 =
    [
        ("icate", "ic"), ("ative", ""), ("alize", "al"), ("iciti", "ic"), ("ical", "ic"), ("ful", ""), ("ness", ""),
    ];

    // Longest first: the first that matches decides.
    private static readonly string[] s_step4 =
    [
        "ement", "ance", "ence", "able", "ible", "ment", "ant", "ent", "ism", "ate", "iti", "ous", "ive", "ize", "al", "er", "ic", "ou",
    ];

    /// <summary>The stem of a word.</summary>
    /// <param name="word">Lower case. Words of other than <c>a-z</c>, of two letters or fewer, or of more than 40, come back as they are.</param>
    public static string Stem(string word)
    {
        if (word.Length is <= 2 or > Longest || word.AsSpan().ContainsAnyExceptInRange('a', 'z'))
        {
            return word;
        }

        Span<char> letters = stackalloc char[Longest + 1];
        word.CopyTo(letters);
        var length = Plural(letters, word.Length);
        length = PastAndGerund(letters, length);
        if (letters[length - 1] == 'y' && HasVowel(letters[..(length - 1)]))
        {
            letters[length - 1] = 'i';
        }

        length = Replace(letters, length, s_step2);
        length = Replace(letters, length, s_step3);
        length = Suffix(letters, length);
        length = Tidy(letters, length);
        var stem = letters[..length];
        return stem.SequenceEqual(word) ? word : stem.ToString();
    }

    private static int Plural(ReadOnlySpan<char> letters, int length)
    {
        var word = letters[..length];
        return word.EndsWith("sses") || word.EndsWith("ies") ? length - 2
            : word.EndsWith("ss") || !word.EndsWith("s") ? length
            : length - 1;
    }

    private static int PastAndGerund(Span<char> letters, int length)
    {
        ReadOnlySpan<char> word = letters[..length];
        if (word.EndsWith("eed"))
        {
            return Measure(word[..^3]) > 0 ? length - 1 : length;
        }

        var ending = word.EndsWith("ed") ? 2 : word.EndsWith("ing") ? 3 : 0;
        if (ending == 0 || !HasVowel(word[..^ending]))
        {
            return length;
        }

        length -= ending;
        word = letters[..length];
        if (word.EndsWith("at") || word.EndsWith("bl") || word.EndsWith("iz") || (Measure(word) == 1 && EndsShort(word)))
        {
            letters[length++] = 'e';
        }
        else if (length > 1 && word[^1] == word[^2] && IsConsonant(word, length - 1) && word[^1] is not ('l' or 's' or 'z'))
        {
            length--;
        }

        return length;
    }

    private static int Replace(Span<char> letters, int length, (string Ending, string Replacement)[] rules)
    {
        ReadOnlySpan<char> word = letters[..length];
        foreach (var (ending, replacement) in rules)
        {
            if (word.EndsWith(ending))
            {
                if (Measure(word[..^ending.Length]) == 0)
                {
                    return length;
                }

                length -= ending.Length;
                replacement.CopyTo(letters[length..]);
                return length + replacement.Length;
            }
        }

        return length;
    }

    private static int Suffix(ReadOnlySpan<char> letters, int length)
    {
        var word = letters[..length];
        foreach (var ending in s_step4)
        {
            if (word.EndsWith(ending))
            {
                return Measure(word[..^ending.Length]) > 1 ? length - ending.Length : length;
            }
        }

        return length > 3 && word.EndsWith("ion") && word[^4] is 's' or 't' && Measure(word[..^3]) > 1 ? length - 3 : length;
    }

    private static int Tidy(ReadOnlySpan<char> letters, int length)
    {
        if (letters[length - 1] == 'e')
        {
            var measure = Measure(letters[..(length - 1)]);
            if (measure > 1 || (measure == 1 && !EndsShort(letters[..(length - 1)])))
            {
                length--;
            }
        }

        return length > 1 && letters[length - 1] == 'l' && letters[length - 2] == 'l' && Measure(letters[..length]) > 1 ? length - 1 : length;
    }

    /// <summary>Porter's m: how often a vowel run is followed by a consonant run.</summary>
    private static int Measure(ReadOnlySpan<char> word)
    {
        var count = 0;
        var afterVowel = false;
        for (var i = 0; i < word.Length; i++)
        {
            var consonant = IsConsonant(word, i);
            count += consonant && afterVowel ? 1 : 0;
            afterVowel = !consonant;
        }

        return count;
    }

    private static bool HasVowel(ReadOnlySpan<char> word)
    {
        for (var i = 0; i < word.Length; i++)
        {
            if (!IsConsonant(word, i))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsConsonant(ReadOnlySpan<char> word, int index) => word[index] switch
    {
        'a' or 'e' or 'i' or 'o' or 'u' => false,
        'y' => index == 0 || !IsConsonant(word, index - 1),
        _ => true,
    };

    /// <summary>Porter's *o: consonant, vowel, consonant other than w, x, y at the end, as in "hop".</summary>
    private static bool EndsShort(ReadOnlySpan<char> word) =>
        word.Length >= 3 && word[^1] is not ('w' or 'x' or 'y')
        && IsConsonant(word, word.Length - 1) && !IsConsonant(word, word.Length - 2) && IsConsonant(word, word.Length - 3);
}
