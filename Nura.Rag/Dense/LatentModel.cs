using Nura.Rag.Text;

namespace Nura.Rag.Dense;

/// <summary>
/// Where terms lie in a space of meanings that was learned from a repository's own chunks (latent semantic analysis: Deerwester and
/// others, 1990). Terms that occur among the same others lie close together, so chunks are found that share no word with a question.
/// </summary>
/// <param name="vocabulary">What numbers the terms.</param>
/// <param name="terms">Row of each term, or -1 for one that is too rare or too common to say something.</param>
/// <param name="rarity">By row: the logarithm of how rare it was.</param>
/// <param name="vectors">By row: <paramref name="dimensions"/> numbers.</param>
/// <param name="dimensions">How many.</param>
internal sealed class LatentModel(Vocabulary vocabulary, int[] terms, float[] rarity, float[] vectors, int dimensions)
{
    /// <summary>How long a vector is.</summary>
    public int Dimensions => dimensions;

    /// <summary>Whether another vocabulary, a later copy of its own, numbers what it knows the same.</summary>
    public bool Fits(Vocabulary other) => other.Lineage == vocabulary.Lineage;

    /// <summary>Adds a term to a vector that is zero at first.</summary>
    /// <param name="term">Number of the term; unknown ones add nothing.</param>
    /// <param name="count">How often it occurs.</param>
    /// <param name="vector">Receives its share.</param>
    /// <param name="weight">How much it counts beside others.</param>
    public void Add(int term, double count, Span<float> vector, float weight = 1)
    {
        if (term < 0 || term >= terms.Length || terms[term] is not (>= 0 and var row))
        {
            return;
        }

        Matrix.AddScaled(vector, vectors.AsSpan(row * dimensions, dimensions), (float)(1 + Math.Log(Math.Max(1, count))) * rarity[row] * weight);
    }
}
