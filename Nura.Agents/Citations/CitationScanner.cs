using System.Text;
using Nura.Agents.Answering;
using Nura.Contracts;

namespace Nura.Agents.Citations;

/// <summary>
/// Cuts a stream of text into plain text and citations, <c>[repository@commit:path#Lx-Ly]</c>. Holds back what may become a
/// citation, from its bracket on, and not a character more: text without citations comes out as it goes in.
/// </summary>
internal sealed class CitationScanner
{
    /// <summary>Longer than any citation: the lengths of repository, commit, path and lines together.</summary>
    private const int LongestCitation = 200 + 64 + 4_096 + 32;

    private readonly StringBuilder _held = new();
    private Part _part;
    private int _partLength;

    private enum Part
    {
        None,
        Repository,
        Commit,
        Path,
    }

    /// <summary>Takes the next piece.</summary>
    public List<Segment> Push(string text)
    {
        var output = new Output();
        Scan(text, output);
        return output.Finish();
    }

    /// <summary>The end of the text: gives out what was held.</summary>
    public List<Segment> Finish()
    {
        var output = new Output();
        while (_part != Part.None)
        {
            GiveUp(output);
        }

        return output.Finish();
    }

    private void Scan(string text, Output output)
    {
        foreach (var c in text)
        {
            Take(c, output);
        }
    }

    private void Take(char c, Output output)
    {
        if (_part == Part.None)
        {
            if (c == '[')
            {
                Enter(Part.Repository);
                _held.Append(c);
            }
            else
            {
                output.Add(c);
            }

            return;
        }

        _held.Append(c);
        _partLength++;
        switch (_part)
        {
            case Part.Repository when c == '@' && _partLength > 1:
                Enter(Part.Commit);
                break;
            case Part.Repository when _partLength <= 200 && (char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-' or '/'):
                break;
            case Part.Commit when c == ':' && _partLength > 7:
                Enter(Part.Path);
                break;
            case Part.Commit when _partLength <= 64 && char.IsAsciiHexDigitLower(c):
                break;
            case Part.Path when c == ']':
                Close(output);
                break;
            case Part.Path when c is not ('\r' or '\n') && _held.Length <= LongestCitation:
                break;
            default:
                GiveUp(output);
                break;
        }
    }

    private void Enter(Part part)
    {
        _part = part;
        _partLength = 0;
    }

    // A path may hold brackets itself ("app/[id]/page.tsx"), so before the lines a closing one need not be the end.
    private void Close(Output output)
    {
        var text = _held.ToString();
        var inner = PassageText.Copied(text[1..^1]);
        var pieces = inner.Split([", ", "; ", ","], StringSplitOptions.TrimEntries);
        if (Array.TrueForAll(pieces, piece => Citation.TryParse(piece, out _)))
        {
            Emit(text, pieces, output);
        }
        else if (Citation.TryParse(inner, out _))
        {
            Emit(text, [inner], output);
        }
        else if (text.Contains("#L", StringComparison.Ordinal))
        {
            Emit(text, [], output);
        }
    }

    private void Emit(string text, IReadOnlyList<string> citations, Output output)
    {
        output.Add(new Segment(text, citations));
        _held.Clear();
        _part = Part.None;
    }

    // What is held is no citation. With repository, commit and a closing bracket it pretended to be one; without, its
    // bracket was just a bracket, and the rest is looked at afresh.
    private void GiveUp(Output output)
    {
        var text = _held.ToString();
        var end = _part == Part.Path ? text.IndexOf(']', StringComparison.Ordinal) : -1;
        _held.Clear();
        _part = Part.None;
        if (end > 0)
        {
            output.Add(new Segment(text[..(end + 1)], []));
        }
        else
        {
            output.Add(text[0]);
        }

        Scan(text[(Math.Max(end, 0) + 1)..], output);
    }

    private sealed class Output
    {
        private readonly List<Segment> _segments = [];
        private readonly StringBuilder _plain = new();

        public void Add(char c) => _plain.Append(c);

        public void Add(Segment segment)
        {
            Flush();
            _segments.Add(segment);
        }

        public List<Segment> Finish()
        {
            Flush();
            return _segments;
        }

        private void Flush()
        {
            if (_plain.Length > 0)
            {
                _segments.Add(new Segment(_plain.ToString(), null));
                _plain.Clear();
            }
        }
    }
}
