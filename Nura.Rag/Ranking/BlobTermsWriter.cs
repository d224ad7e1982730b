using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;
using Nura.Rag.Text;

namespace Nura.Rag.Ranking;

/// <summary>
/// Writes a blob's terms compactly: the number of distinct terms and each as length and UTF-8; then for each chunk the number of its
/// distinct terms and for each of them its place in that list and how often it stands there. Numbers have 7 bits a byte, low ones first.
/// </summary>
internal sealed class BlobTermsWriter(Vocabulary vocabulary)
{
    private readonly ArrayBufferWriter<byte> _head = new();
    private readonly ArrayBufferWriter<byte> _names = new();
    private readonly ArrayBufferWriter<byte> _chunks = new();

    private Vocabulary _vocabulary = vocabulary;

    // A term's place in the blob's list, from 1; by its number in the vocabulary, as that is much faster than looking it up.
    private readonly List<int> _places = [];
    private readonly List<int> _listed = [];
    private readonly List<int> _counts = [];
    private readonly List<int> _distinct = [];

    /// <summary>Goes on to another blob, whatever became of the one before. Much cheaper than another writer.</summary>
    /// <param name="vocabulary">What its terms are numbers of.</param>
    public void Begin(Vocabulary vocabulary)
    {
        foreach (var term in _listed)
        {
            _places[term] = 0;
        }

        if (vocabulary != _vocabulary)
        {
            _places.Clear();
            _vocabulary = vocabulary;
        }

        _listed.Clear();
        _counts.Clear();
        _distinct.Clear();
        _head.ResetWrittenCount();
        _names.ResetWrittenCount();
        _chunks.ResetWrittenCount();
    }

    /// <summary>Adds a chunk.</summary>
    /// <param name="terms">Its terms by their number in the vocabulary, with repetition.</param>
    public void Add(List<int> terms)
    {
        CollectionsMarshal.SetCount(_places, Math.Max(_places.Count, _vocabulary.Count));
        foreach (var term in terms)
        {
            var place = Place(term);
            if (_counts[place]++ == 0)
            {
                _distinct.Add(place);
            }
        }

        Write(_chunks, _distinct.Count);
        foreach (var place in _distinct)
        {
            Write(_chunks, place);
            Write(_chunks, _counts[place]);
            _counts[place] = 0;
        }

        _distinct.Clear();
    }

    /// <summary>The bytes.</summary>
    public byte[] ToArray()
    {
        _head.ResetWrittenCount();
        Write(_head, _listed.Count);
        return [.. _head.WrittenSpan, .. _names.WrittenSpan, .. _chunks.WrittenSpan];
    }

    private int Place(int term)
    {
        if (_places[term] == 0)
        {
            _listed.Add(term);
            _counts.Add(0);
            _places[term] = _listed.Count;
            var name = _vocabulary.Text(term);
            Write(_names, Encoding.UTF8.GetByteCount(name));
            Encoding.UTF8.GetBytes(name, _names);
        }

        return _places[term] - 1;
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
