using System.Text;
using Nura.Rag.Text;

namespace Nura.Rag.Ranking;

/// <summary>A blob's terms in memory, by their number in one vocabulary.</summary>
/// <param name="starts">For each chunk where its terms begin; one more at the end.</param>
/// <param name="terms">Terms, distinct within a chunk.</param>
/// <param name="counts">How often each stands in its chunk, at most 65,535.</param>
internal sealed class BlobTerms(int[] starts, int[] terms, ushort[] counts)
{
    /// <summary>How many chunks.</summary>
    public int Chunks => starts.Length - 1;

    /// <summary>The terms of a chunk.</summary>
    public ReadOnlySpan<int> Terms(int chunk) => terms.AsSpan(starts[chunk], starts[chunk + 1] - starts[chunk]);

    /// <summary>Their counts, in the same order.</summary>
    public ReadOnlySpan<ushort> Counts(int chunk) => counts.AsSpan(starts[chunk], starts[chunk + 1] - starts[chunk]);

    /// <summary>Reads what <see cref="BlobTermsWriter"/> wrote.</summary>
    /// <param name="bytes">All of it.</param>
    /// <param name="vocabulary">Receives terms it does not know.</param>
    public static BlobTerms Decode(ReadOnlySpan<byte> bytes, Vocabulary vocabulary)
    {
        var map = new int[Read(ref bytes)];
        Span<char> name = stackalloc char[256];
        for (var i = 0; i < map.Length; i++)
        {
            var length = Read(ref bytes);
            var utf8 = bytes[..length];
            map[i] = length <= name.Length
                ? vocabulary.Add(name[..Encoding.UTF8.GetChars(utf8, name)])
                : vocabulary.Add(Encoding.UTF8.GetString(utf8));
            bytes = bytes[length..];
        }

        var starts = new List<int> { 0 };
        var terms = new List<int>();
        var counts = new List<ushort>();
        while (bytes.Length > 0)
        {
            for (var left = Read(ref bytes); left > 0; left--)
            {
                terms.Add(map[Read(ref bytes)]);
                counts.Add((ushort)Math.Min(Read(ref bytes), ushort.MaxValue));
            }

            starts.Add(terms.Count);
        }

        return new BlobTerms([.. starts], [.. terms], [.. counts]);
    }

    private static int Read(ref ReadOnlySpan<byte> bytes)
    {
        uint value = 0;
        for (var shift = 0; ; shift += 7)
        {
            var next = bytes[0];
            bytes = bytes[1..];
            value |= (uint)(next & 0x7F) << shift;
            if (next < 0x80)
            {
                return (int)value;
            }
        }
    }
}
