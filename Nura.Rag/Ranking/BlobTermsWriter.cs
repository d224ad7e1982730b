using System.Buffers;
using System.Text;
using Nura.Rag.Text;

namespace Nura.Rag.Ranking;

/// <summary>
/// Writes a blob's terms compactly: the number of distinct terms and each as length and UTF-8; then for each chunk the number of its
/// distinct terms and for each of them its place in that list and how often it stands there. Numbers have 7 bits a byte, low ones first.
/// </summary>
internal sealed class BlobTermsWriter(Vocabulary vocabulary)
{
    private readonly Dictionary<int, int> _local = [];
    private readonly ArrayBufferWriter<byte> _names = new();
    private readonly ArrayBufferWriter<byte> _chunks = new();

    /// <summary>Adds a chunk.</summary>
    /// <param name="terms">Its terms by their number in the vocabulary, with repetition; is sorted.</param>
    public void Add(List<int> terms)
    {
        terms.Sort();
        var distinct = 0;
        for (var i = 0; i < terms.Count; i++)
        {
            distinct += i == 0 || terms[i] != terms[i - 1] ? 1 : 0;
        }

        Write(_chunks, distinct);
        for (int i = 0, next; i < terms.Count; i = next)
        {
            next = i + 1;
            while (next < terms.Count && terms[next] == terms[i])
            {
                next++;
            }

            Write(_chunks, Local(terms[i]));
            Write(_chunks, next - i);
        }
    }

    /// <summary>The bytes.</summary>
    public byte[] ToArray()
    {
        var head = new ArrayBufferWriter<byte>();
        Write(head, _local.Count);
        return [.. head.WrittenSpan, .. _names.WrittenSpan, .. _chunks.WrittenSpan];
    }

    private int Local(int term)
    {
        if (!_local.TryGetValue(term, out var local))
        {
            local = _local.Count;
            _local.Add(term, local);
            var name = Encoding.UTF8.GetBytes(vocabulary[term]);
            Write(_names, name.Length);
            _names.Write(name);
        }

        return local;
    }

    private static void Write(ArrayBufferWriter<byte> bytes, int value)
    {
        var span = bytes.GetSpan(5);
        var length = 0;
        var rest = (uint)value;
        for (; rest >= 0x80; rest >>= 7)
        {
            span[length++] = (byte)(rest | 0x80);
        }

        span[length++] = (byte)rest;
        bytes.Advance(length);
    }
}
