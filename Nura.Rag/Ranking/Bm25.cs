namespace Nura.Rag.Ranking;

/// <summary>
/// How much a term says about a chunk: the term-frequency part of BM25 after Robertson and Zaragoza, "The Probabilistic Relevance
/// Framework", 2009, to be multiplied by the term's rarity.
/// </summary>
internal static class Bm25
{
    // Measured for chunks of 800 characters of ink.
    private const float K1 = 2f;
    private const float B = 0.5f;

    /// <summary>What a chunk's length takes off.</summary>
    /// <param name="length">Number of its terms.</param>
    /// <param name="average">Mean of all chunks.</param>
    public static float Norm(int length, float average) => K1 * (1 - B + (B * length / average));

    /// <summary>The weight of a term.</summary>
    /// <param name="count">How often it stands in the chunk.</param>
    /// <param name="norm">The chunk's <see cref="Norm"/>.</param>
    public static float Weight(int count, float norm) => count * (K1 + 1) / (count + norm);
}
