using System.Text;

namespace Nura.Rag.Text;

/// <summary>A file's text with its lines. A line ends with a line feed; the carriage return before one is not part of it.</summary>
internal sealed class SourceText
{
    private readonly ReadOnlyMemory<char> _text;
    private readonly ReadOnlyMemory<byte> _ascii;
    private readonly int[] _starts;
    private readonly bool _returns;

    /// <summary>Finds the lines of a text. A line feed at the very end starts no further line.</summary>
    /// <param name="text">The text.</param>
    /// <param name="ascii">The same in bytes if it is ASCII throughout, so that its lines need not be encoded again.</param>
    public SourceText(ReadOnlyMemory<char> text, ReadOnlyMemory<byte> ascii = default)
    {
        (_text, _ascii) = (text, ascii);
        var left = text.Span;
        _starts = new int[(left.EndsWith('\n') ? 0 : 1) + left.Count('\n')];
        for (var line = 1; line < _starts.Length; line++)
        {
            _starts[line] = _starts[line - 1] + left[_starts[line - 1]..].IndexOf('\n') + 1;
        }

        _returns = left.Contains('\r');
        Count = left.IsEmpty ? 0 : _starts.Length;
    }

    /// <summary>Finds the lines of a text.</summary>
    public SourceText(string text)
        : this(text.AsMemory())
    {
    }

    /// <summary>The whole text.</summary>
    public ReadOnlySpan<char> Text => _text.Span;

    /// <summary>How many lines.</summary>
    public int Count { get; }

    /// <summary>A line by its index from 0, without its end.</summary>
    public ReadOnlySpan<char> this[int line]
    {
        get
        {
            var end = line + 1 < _starts.Length ? _starts[line + 1] - 1 : Text.Length;
            var text = Text[_starts[line]..end];
            return text is [.., '\r' or '\n'] ? text.TrimEnd("\r\n") : text;
        }
    }

    /// <summary>Lines joined by line feeds.</summary>
    /// <param name="start">Index of the first.</param>
    /// <param name="end">Index after the last.</param>
    public string Lines(int start, int end)
    {
        if (IsOnePiece(start, end))
        {
            return Text[Piece(start, end)].ToString();
        }

        var lines = new StringBuilder();
        for (var line = start; line < end; line++)
        {
            lines.Append(line > start ? "\n" : "").Append(this[line]);
        }

        return lines.ToString();
    }

    /// <summary>Lines joined by line feeds, in UTF-8.</summary>
    /// <param name="start">Index of the first.</param>
    /// <param name="end">Index after the last.</param>
    public ReadOnlyMemory<byte> Utf8(int start, int end) =>
        !_ascii.IsEmpty && IsOnePiece(start, end) ? _ascii[Piece(start, end)] : Encoding.UTF8.GetBytes(Lines(start, end));

    private bool IsOnePiece(int start, int end) => start < end && !_returns;

    private Range Piece(int start, int end) => _starts[start]..(_starts[end - 1] + this[end - 1].Length);
}
