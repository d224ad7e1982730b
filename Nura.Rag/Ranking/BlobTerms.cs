using Nura.Rag.Text;

namespace Nura.Rag.Ranking;

/// <summary>A blob's terms in memory, by their number in one vocabulary.</summary>
/// <param name="starts">For each chunk where its terms begin; one more at the end.</param>
/// <param name="terms">Terms, distinct within a chunk.</param>
/// <param name="counts">How often each stands in its chunk, at most 255.</param>
internal sealed class BlobTerms(int[] starts, int[] terms, byte[] counts)
{
    /// <summary>How many chunks.</summary>
    public int Chunks => starts.Length - 1;

    /// <summary>The terms of a chunk.</summary>
    public ReadOnlySpan<int> Terms(int chunk) => terms.AsSpan(starts[chunk], starts[chunk + 1] - starts[chunk]);

    /// <summary>Their counts, in the same order.</summary>
    public ReadOnlySpan<byte> Counts(int chunk) => counts.AsSpan(starts[chunk], starts[chunk + 1] - starts[chunk]);

    /// <summary>Goes over to the numbers of another vocabulary. Only while nobody else has these terms.</summary>
    /// <param name="numbers">By the present number of a term its number there.</param>
    public void Renumber(int[] numbers)
    {
        foreach (ref var term in terms.AsSpan())
        {
            term = numbers[term];
        }
    }

    /// <summary>Reads what <see cref="BlobTermsWriter"/> wrote of terms.</summary>
    /// <param name="bytes">All of it.</param>
    /// <param name="vocabulary">Receives terms it does not know.</param>
    public static BlobTerms Decode(ReadOnlySpan<byte> bytes, Vocabulary vocabulary)
    {
        var source = new TermBytes(bytes);
        var names = new int[source.Number()];
        var buffer = new char[TermBytes.LongestName];
        foreach (ref var name in names.AsSpan())
        {
            name = vocabulary.Add(source.Name(buffer));
        }

        List<int> starts = [0], terms = [];
        var counts = new List<byte>();
        while (!source.Ended)
        {
            for (var left = source.Number(); left > 0; left--)
            {
                terms.Add(names[source.Number()]);
                counts.Add((byte)Math.Min(source.Number(), byte.MaxValue));
            }

            starts.Add(terms.Count);
        }

        return new BlobTerms([.. starts], [.. terms], [.. counts]);
    }
}
