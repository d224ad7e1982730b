using System.Runtime.InteropServices;

namespace Nura.Rag.Text;

/// <summary>
/// The terms that words split into. They are remembered, which is what makes it fast: code repeats its names. Not thread-safe.
/// </summary>
/// <param name="vocabulary">Receives the terms.</param>
internal sealed class WordTerms(Vocabulary vocabulary)
{
    // Of big repositories most names that come often; with more the looking up costs what it spares.
    private const int MaxRemembered = 100_000;

    // Words, and by their number where their terms begin, one more at the end.
    private readonly List<int> _starts = [0];
    private readonly List<int> _ids = [];
    private readonly List<string> _parts = [];
    private Vocabulary _words = new();

    /// <summary>The terms.</summary>
    public Vocabulary Vocabulary => vocabulary;

    /// <summary>Forgets all words once there are too many. Their numbers are void then.</summary>
    /// <returns>Whether it did.</returns>
    public bool Trim()
    {
        if (_words.Count <= MaxRemembered)
        {
            return false;
        }

        _words = new Vocabulary();
        _starts.RemoveRange(1, _starts.Count - 1);
        _ids.Clear();
        return true;
    }

    /// <summary>The number of a word.</summary>
    public int Add(ReadOnlySpan<char> word)
    {
        var number = _words.Add(word);
        if (number == _starts.Count - 1)
        {
            _parts.Clear();
            TermSplitter.Split(word, _parts);
            foreach (var part in _parts)
            {
                _ids.Add(vocabulary.Add(part));
            }

            _starts.Add(_ids.Count);
        }

        return number;
    }

    /// <summary>The terms of a word by its number, in order, until another is added.</summary>
    public ReadOnlySpan<int> Of(int word) => CollectionsMarshal.AsSpan(_ids)[_starts[word].._starts[word + 1]];
}
