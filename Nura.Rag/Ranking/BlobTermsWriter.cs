using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;
using Nura.Rag.Text;

namespace Nura.Rag.Ranking;

/// <summary>
/// Writes compactly which names stand how often in the chunks of a blob: the number of distinct names and each as length and UTF-8; then
/// for each chunk the number of its distinct names and for each of them its place in that list and its count. Numbers have 7 bits a byte,
/// low ones first. Of files the names are words as they are written, a third of the terms they split into; of commits they are terms.
/// </summary>
internal sealed class BlobTermsWriter(Vocabulary vocabulary)
{
    private readonly ArrayBufferWriter<byte> _head = new();
    private readonly ArrayBufferWriter<byte> _names = new();
    private readonly ArrayBufferWriter<byte> _chunks = new();

    private Vocabulary _vocabulary = vocabulary;

    // A name's place in the blob's list, from 1; by its number in the vocabulary, as that is much faster than looking it up.
    private readonly List<int> _places = [];
    private readonly List<int> _listed = [];
    private readonly List<int> _counts = [];
    private readonly List<int> _distinct = [];

    /// <summary>Goes on to another blob, whatever became of the one before. Much cheaper than another writer.</summary>
    /// <param name="vocabulary">What its names are numbered by.</param>
    public void Begin(Vocabulary vocabulary)
    {
        foreach (var name in _listed)
        {
            _places[name] = 0;
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
    /// <param name="names">Its names by their number in the vocabulary, with repetition.</param>
    public void Add(List<int> names)
    {
        CollectionsMarshal.SetCount(_places, Math.Max(_places.Count, _vocabulary.Count));
        foreach (var name in names)
        {
            var place = Place(name);
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

    private int Place(int name)
    {
        if (_places[name] == 0)
        {
            _listed.Add(name);
            _counts.Add(0);
            _places[name] = _listed.Count;
            var text = _vocabulary.Text(name);
            Write(_names, Encoding.UTF8.GetByteCount(text));
            Encoding.UTF8.GetBytes(text, _names);
        }

        return _places[name] - 1;
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
