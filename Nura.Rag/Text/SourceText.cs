using System.Text;

namespace Nura.Rag.Text;

/// <summary>A file's text with its lines. A line ends with a line feed; the carriage return before one is not part of it.</summary>
internal sealed class SourceText
{
    private readonly int[] _starts;
    private readonly bool _returns;

    /// <summary>Finds the lines of a text. A line feed at the very end starts no further line.</summary>
    public SourceText(string text)
    {
        Text = text;
        var starts = new List<int> { 0 };
        for (var at = text.IndexOf('\n'); at >= 0 && at + 1 < text.Length; at = text.IndexOf('\n', at + 1))
        {
            starts.Add(at + 1);
        }

        _starts = [.. starts];
        _returns = text.Contains('\r');
        Count = text.Length == 0 ? 0 : _starts.Length;
    }

    /// <summary>The whole text.</summary>
    public string Text { get; }

    /// <summary>How many lines.</summary>
    public int Count { get; }

    /// <summary>A line by its index from 0, without its end.</summary>
    public ReadOnlySpan<char> this[int line]
    {
        get
        {
            var end = line + 1 < _starts.Length ? _starts[line + 1] - 1 : Text.Length;
            return Text.AsSpan(_starts[line], end - _starts[line]).TrimEnd("\r\n");
        }
    }

    /// <summary>Lines joined by line feeds.</summary>
    /// <param name="start">Index of the first.</param>
    /// <param name="end">Index after the last.</param>
    public string Lines(int start, int end)
    {
        if (start < end && !_returns)
        {
            return Text.Substring(_starts[start], _starts[end - 1] + this[end - 1].Length - _starts[start]);
        }

        var lines = new StringBuilder();
        for (var line = start; line < end; line++)
        {
            lines.Append(line > start ? "\n" : "").Append(this[line]);
        }

        return lines.ToString();
    }
}
