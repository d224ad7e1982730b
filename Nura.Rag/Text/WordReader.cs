namespace Nura.Rag.Text;

/// <summary>Finds the words of a text: identifiers, and numbers of two to six digits, as they are written.</summary>
/// <param name="text">The text.</param>
internal ref struct WordReader(ReadOnlySpan<char> text)
{
    // Longer runs are encoded data, not names.
    private const int LongestIdentifier = 80;
    private const int LongestNumber = 6;

    private readonly ReadOnlySpan<char> _text = text;
    private int _position;

    /// <summary>Goes on to the next word.</summary>
    /// <param name="word">That word.</param>
    /// <returns>Whether there is one.</returns>
    public bool Next(out ReadOnlySpan<char> word)
    {
        while (_position < _text.Length)
        {
            var c = _text[_position];
            if (!IsWord(c))
            {
                _position++;
                continue;
            }

            var start = _position++;
            var digits = char.IsAsciiDigit(c);
            while (_position < _text.Length && (digits ? char.IsAsciiDigit(_text[_position]) : IsWord(_text[_position])))
            {
                _position++;
            }

            var length = _position - start;
            if (digits ? length is >= 2 and <= LongestNumber : length <= LongestIdentifier)
            {
                word = _text.Slice(start, length);
                return true;
            }
        }

        word = default;
        return false;
    }

    private static bool IsWord(char c) => char.IsAsciiLetterOrDigit(c) || c == '_' || (c > 127 && char.IsLetterOrDigit(c));
}
