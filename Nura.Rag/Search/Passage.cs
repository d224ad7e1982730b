using Nura.Rag.Ranking;

namespace Nura.Rag.Search;

/// <summary>Consecutive lines of a file that are given as one hit.</summary>
/// <param name="Best">The best chunk in it, which gives it its place.</param>
/// <param name="Lines">The lines, with what the best chunk declares.</param>
/// <param name="Lanes">The lanes that voted for any of it.</param>
internal sealed record Passage(RankedChunk Best, ChunkLines Lines, IReadOnlyList<string> Lanes)
{
    /// <summary>Whether another one goes on where this one ends, begins where it begins, or the other way round.</summary>
    public bool Touches(Passage other) =>
        Best.Corpus == other.Best.Corpus && Best.File == other.Best.File
        && Lines.StartLine <= other.Lines.EndLine + 1 && other.Lines.StartLine <= Lines.EndLine + 1;

    /// <summary>Both as one, at this one's place. They must touch.</summary>
    public Passage With(Passage other)
    {
        var (first, second) = Lines.StartLine <= other.Lines.StartLine ? (Lines, other.Lines) : (other.Lines, Lines);
        var shared = first.EndLine - second.StartLine + 1;
        var rest = second.EndLine <= first.EndLine ? [] : second.Content.Split('\n')[shared..];
        return this with
        {
            Lines = new ChunkLines(first.StartLine, Math.Max(first.EndLine, second.EndLine), Lines.Symbol, string.Join('\n', [first.Content, .. rest])),
            Lanes = [.. Lanes.Union(other.Lanes)],
        };
    }
}
