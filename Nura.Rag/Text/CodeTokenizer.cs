namespace Nura.Rag.Text;

/// <summary>Splits text into index terms, the same way for documents and queries. Not thread-safe.</summary>
internal sealed class CodeTokenizer
{
    private WordTerms _words = new(new Vocabulary());

    /// <summary>The terms met so far.</summary>
    public Vocabulary Vocabulary => _words.Vocabulary;

    /// <summary>Forgets everything once too much has been met. Numbers given before are void then.</summary>
    public void Trim()
    {
        if (_words.Trim())
        {
            _words = new WordTerms(new Vocabulary());
        }
    }

    /// <summary>Adds the terms of a text, in order, each <paramref name="times"/> times.</summary>
    public void Tokenize(ReadOnlySpan<char> text, List<int> terms, int times = 1)
    {
        var reader = new WordReader(text);
        while (reader.Next(out var word))
        {
            var number = _words.Add(word);
            for (var left = times; left > 0; left--)
            {
                // Mostly one to three: a loop is faster than AddRange.
                foreach (var term in _words.Of(number))
                {
                    terms.Add(term);
                }
            }
        }
    }
}
