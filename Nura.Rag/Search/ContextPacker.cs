using Nura.Rag.Ranking;

namespace Nura.Rag.Search;

/// <summary>
/// Fills a budget of tokens with chunks in their order. Chunks of a file that touch become one passage: that costs one citation less
/// each time, so no chunk is lost by it and sometimes another one fits.
/// </summary>
/// <param name="budget">Tokens by estimate; <see langword="null"/> for no budget, and then every chunk stays for itself.</param>
internal sealed class ContextPacker(int? budget)
{
    // About 3.6 characters a token in code, and what the citation around a passage costs.
    private const double CharactersPerToken = 3.6;
    private const int TokensPerPassage = 25;

    private readonly List<Passage> _passages = [];
    private double _tokens;

    /// <summary>What was packed, in the order of the best chunks.</summary>
    public IReadOnlyList<Passage> Passages => _passages;

    /// <summary>Adds a chunk, unless it does not fit any more. The first one is always taken.</summary>
    /// <returns>Whether it was added.</returns>
    public bool TryAdd(RankedChunk chunk, ChunkLines text)
    {
        var added = new Passage(chunk, text, chunk.Lanes);
        var touching = budget is null ? [] : _passages.FindAll(added.Touches);
        // The first of them has the best place; two of them touch only through the new one.
        var merged = touching.Count == 0 ? added : touching.Skip(1).Aggregate(touching[0].With(added), (passage, next) => passage.With(next));
        var tokens = _tokens + Cost(merged) - touching.Sum(Cost);
        if (tokens > budget && _passages.Count > 0)
        {
            return false;
        }

        _tokens = tokens;
        if (touching.Count == 0)
        {
            _passages.Add(merged);
            return true;
        }

        _passages[_passages.IndexOf(touching[0])] = merged;
        _passages.RemoveAll(touching.Skip(1).Contains);
        return true;
    }

    private static double Cost(Passage passage) => (passage.Lines.Content.Length / CharactersPerToken) + TokensPerPassage;
}
