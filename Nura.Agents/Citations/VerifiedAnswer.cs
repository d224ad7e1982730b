using Nura.Agents.Kernel;
using Nura.Contracts;
using Nura.ServiceDefaults.Text;

namespace Nura.Agents.Citations;

/// <summary>Looks citations up.</summary>
/// <param name="citations">1 to 200 citations, without brackets.</param>
/// <param name="cancellationToken">Stops the look-up.</param>
/// <returns>One entry each, in that order; <see langword="null"/> for what does not exist or may not be seen.</returns>
internal delegate Task<IReadOnlyList<FileLines?>> LookUp(IReadOnlyList<string> citations, CancellationToken cancellationToken);

/// <summary>Passes an answer on and keeps only the citations that resolve. The others are taken out and counted.</summary>
internal sealed class VerifiedAnswer(LookUp lookUp, Action<RunEvent> emit) : IAnswerWriter
{
    // A citation may name a whole file, and a log is kept and sent to every reader. Who wants to see more of the file reads it.
    private const int MostLines = 200;
    private const int MostCharacters = 16_000;
    private const int MostCharactersOfAll = 256_000;

    private readonly CitationScanner _scanner = new();
    private readonly KnownLines _given = new();
    private readonly Dictionary<string, FileLines?> _known = new(StringComparer.Ordinal);
    private readonly HashSet<Citation> _reported = [];
    private int _left = MostCharactersOfAll;

    /// <summary>Citations passed on; one that stands twice counts twice.</summary>
    public int Verified { get; private set; }

    /// <summary>Citations taken out.</summary>
    public int Removed { get; private set; }

    public void Know(FileLines lines) => _given.Add(lines);

    public ValueTask WriteAsync(string text, CancellationToken cancellationToken) => PassAsync(_scanner.Push(text), cancellationToken);

    /// <summary>The answer is complete.</summary>
    public ValueTask FinishAsync(CancellationToken cancellationToken) => PassAsync(_scanner.Finish(), cancellationToken);

    private async ValueTask PassAsync(List<Segment> segments, CancellationToken cancellationToken)
    {
        // Everything that one piece of text cites is looked up together.
        var unknown = new HashSet<string>(StringComparer.Ordinal);
        foreach (var citation in segments.SelectMany(segment => segment.Citations ?? []).Where(citation => !_known.ContainsKey(citation)))
        {
            if (_given.Find(citation) is { } lines)
            {
                _known[citation] = Begin(lines);
            }
            else
            {
                unknown.Add(citation);
            }
        }

        foreach (var batch in unknown.Chunk(ResolveCitations.Max))
        {
            var found = await lookUp(batch, cancellationToken);
            foreach (var (citation, lines) in batch.Zip(found))
            {
                _known[citation] = lines is null ? null : Begin(lines);
            }
        }

        foreach (var segment in segments)
        {
            var text = segment.Citations is null ? segment.Text : Check(segment.Citations);
            if (text.Length > 0)
            {
                emit(new RunToken(text));
            }
        }
    }

    private string Check(IReadOnlyList<string> citations)
    {
        var resolved = citations.Select(citation => _known[citation]).OfType<FileLines>().ToList();
        Verified += resolved.Count;
        Removed += Math.Max(citations.Count, 1) - resolved.Count;
        foreach (var lines in resolved.Where(lines => _reported.Add(lines.Citation)))
        {
            var text = _left > 0 ? lines.Text.AtMost(_left) : "";
            _left -= text.Length;
            emit(new RunCitation(lines.Citation, text));
        }

        return string.Concat(resolved.Select(lines => $"[{lines.Citation}]"));
    }

    private static FileLines Begin(FileLines lines)
    {
        var text = lines.Text.AsSpan().AtMost(MostCharacters);
        var end = -1;
        for (var line = 0; line < MostLines; line++)
        {
            if (text[(end + 1)..].IndexOf('\n') is not (>= 0 and var length))
            {
                return text.Length == lines.Text.Length ? lines : lines with { Text = text.ToString() };
            }

            end += length + 1;
        }

        return lines with { Text = text[..end].ToString() };
    }
}
