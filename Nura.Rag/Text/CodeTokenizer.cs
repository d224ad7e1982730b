namespace Nura.Rag.Text;

/// <summary>
/// Splits text into index terms, the same way for documents and queries. What an identifier splits into is remembered, which is
/// what makes it fast: code repeats its names. Not thread-safe.
/// </summary>
internal sealed class CodeTokenizer
{
    // Longer runs are encoded data, not names.
    private const int LongestIdentifier = 80;
    private const int LongestNumber = 6;

    // Of big repositories most names that come often; with more the looking up costs what it spares.
    private const int MaxRemembered = 100_000;

    // Identifiers, and by their number where their terms begin, one more at the end.
    private readonly List<int> _starts = [0];
    private readonly List<int> _ids = [];
    private readonly List<string> _parts = [];
    private Vocabulary _remembered = new();

    /// <summary>The terms met so far.</summary>
    public Vocabulary Vocabulary { get; private set; } = new();

    /// <summary>Forgets everything once too much has been met. Numbers given before are void then.</summary>
    public void Trim()
    {
        if (_remembered.Count > MaxRemembered)
        {
            _remembered = new Vocabulary();
            _starts.RemoveRange(1, _starts.Count - 1);
            _ids.Clear();
            Vocabulary = new Vocabulary();
        }
    }

    /// <summary>Adds the terms of a text, in order, each <paramref name="times"/> times.</summary>
    public void Tokenize(ReadOnlySpan<char> text, List<int> terms, int times = 1)
    {
        for (var position = 0; position < text.Length;)
        {
            var c = text[position];
            if (!IsWord(c))
            {
                position++;
                continue;
            }

            var start = position++;
            if (char.IsAsciiDigit(c))
            {
                while (position < text.Length && char.IsAsciiDigit(text[position]))
                {
                    position++;
                }

                if (position - start is >= 2 and <= LongestNumber)
                {
                    Add(text[start..position], terms, times);
                }

                continue;
            }

            while (position < text.Length && IsWord(text[position]))
            {
                position++;
            }

            if (position - start <= LongestIdentifier)
            {
                Add(text[start..position], terms, times);
            }
        }
    }

    private static bool IsWord(char c) => char.IsAsciiLetterOrDigit(c) || c == '_' || (c > 127 && char.IsLetterOrDigit(c));

    private void Add(ReadOnlySpan<char> identifier, List<int> terms, int times)
    {
        var number = _remembered.Add(identifier);
        if (number == _starts.Count - 1)
        {
            _parts.Clear();
            TermSplitter.Split(identifier, _parts);
            foreach (var part in _parts)
            {
                _ids.Add(Vocabulary.Add(part));
            }

            _starts.Add(_ids.Count);
        }

        for (; times > 0; times--)
        {
            // Mostly one to three: a loop is faster than AddRange.
            for (var i = _starts[number]; i < _starts[number + 1]; i++)
            {
                terms.Add(_ids[i]);
            }
        }
    }
}
