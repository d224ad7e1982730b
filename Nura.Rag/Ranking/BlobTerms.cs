using System.Text;
using Nura.Rag.Text;

namespace Nura.Rag.Ranking;

/// <summary>A blob's terms in memory, by their number in one vocabulary.</summary>
/// <param name="starts">For each chunk where its terms begin; one more at the end.</param>
/// <param name="terms">Terms, distinct within a chunk.</param>
/// <param name="counts">How often each stands in its chunk, at most 255.</param>
internal sealed class BlobTerms(int[] starts, int[] terms, byte[] counts)
{
    // What is decoded grows here before it is kept; one for each thread.
    [ThreadStatic]
    private static (List<int> Starts, List<int> Terms, List<byte> Counts)? t_decoded;

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

    /// <summary>Reads what <see cref="BlobTermsWriter"/> wrote.</summary>
    /// <param name="bytes">All of it.</param>
    /// <param name="vocabulary">Receives terms it does not know.</param>
    public static BlobTerms Decode(ReadOnlySpan<byte> bytes, Vocabulary vocabulary)
    {
        var at = 0;
        var map = new int[Read(bytes, ref at)];
        Span<char> name = stackalloc char[256];
        for (var i = 0; i < map.Length; i++)
        {
            var length = Read(bytes, ref at);
            var utf8 = bytes.Slice(at, length);
            map[i] = length <= name.Length
                ? vocabulary.Add(name[..Encoding.UTF8.GetChars(utf8, name)])
                : vocabulary.Add(Encoding.UTF8.GetString(utf8));
            at += length;
        }

        var (starts, terms, counts) = t_decoded ??= ([], [], []);
        starts.Clear();
        terms.Clear();
        counts.Clear();
        starts.Add(0);
        while (at < bytes.Length)
        {
            for (var left = Read(bytes, ref at); left > 0; left--)
            {
                terms.Add(map[Read(bytes, ref at)]);
                counts.Add((byte)Math.Min(Read(bytes, ref at), byte.MaxValue));
            }

            starts.Add(terms.Count);
        }

        return new BlobTerms([.. starts], [.. terms], [.. counts]);
    }

    private static int Read(ReadOnlySpan<byte> bytes, ref int at)
    {
        uint value = bytes[at++];
        if (value < 0x80)
        {
            return (int)value;
        }

        value &= 0x7F;
        for (var shift = 7; ; shift += 7)
        {
            var next = bytes[at++];
            value |= (uint)(next & 0x7F) << shift;
            if (next < 0x80)
            {
                return (int)value;
            }
        }
    }
}
