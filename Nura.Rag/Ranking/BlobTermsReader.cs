using System.Runtime.InteropServices;
using Nura.Rag.Text;

namespace Nura.Rag.Ranking;

/// <summary>Reads what <see cref="BlobTermsWriter"/> wrote of words, and splits them into terms. Not thread-safe.</summary>
/// <param name="vocabulary">Receives the terms.</param>
internal sealed class BlobTermsReader(Vocabulary vocabulary)
{
    // In earlier formats of a blob the names are terms. It is read so until it is indexed anew.
    private const int FirstFormatOfWords = 5;

    private readonly WordTerms _words = new(vocabulary);
    private readonly char[] _name = new char[TermBytes.LongestName];
    private readonly List<int> _starts = [];
    private readonly List<int> _terms = [];
    private readonly List<byte> _counts = [];

    // By term: its place among those read, from 1, while it is met in the present chunk.
    private readonly List<int> _places = [];

    /// <summary>The terms of a blob.</summary>
    /// <param name="bytes">All that was written of it.</param>
    /// <param name="format">Its format, <see cref="Indexing.BlobAnalyzer.Format"/> of then.</param>
    public BlobTerms Read(ReadOnlySpan<byte> bytes, int format)
    {
        if (format < FirstFormatOfWords)
        {
            return BlobTerms.Decode(bytes, vocabulary);
        }

        _words.Trim();
        var source = new TermBytes(bytes);
        var words = new int[source.Number()];
        foreach (ref var word in words.AsSpan())
        {
            word = _words.Add(source.Name(_name));
        }

        CollectionsMarshal.SetCount(_places, Math.Max(_places.Count, vocabulary.Count));
        var places = CollectionsMarshal.AsSpan(_places);
        _starts.Clear();
        _terms.Clear();
        _counts.Clear();
        _starts.Add(0);
        while (!source.Ended)
        {
            var start = _terms.Count;
            for (var left = source.Number(); left > 0; left--)
            {
                var word = words[source.Number()];
                var count = source.Number();
                foreach (var term in _words.Of(word))
                {
                    ref var place = ref places[term];
                    if (place == 0)
                    {
                        _terms.Add(term);
                        _counts.Add(0);
                        place = _terms.Count;
                    }

                    _counts[place - 1] = (byte)Math.Min(_counts[place - 1] + count, byte.MaxValue);
                }
            }

            foreach (var term in CollectionsMarshal.AsSpan(_terms)[start..])
            {
                places[term] = 0;
            }

            _starts.Add(_terms.Count);
        }

        return new BlobTerms([.. _starts], [.. _terms], [.. _counts]);
    }
}
