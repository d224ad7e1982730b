using System.Buffers;
using Nura.Rag.Chunks;
using Nura.Rag.Files;
using Nura.Rag.Ranking;
using Nura.Rag.Symbols;
using Nura.Rag.Text;

namespace Nura.Rag.Indexing;

/// <summary>Turns a blob's bytes into chunks and their words. Not thread-safe; one for each thread.</summary>
internal sealed class BlobAnalyzer
{
    /// <summary>Of chunker, words, symbols, covered secrets and encoding together. Raise it when any of them changes: blobs are then read anew.</summary>
    public const int Format = 6;

    // Names of what a chunk declares count three times: once as text, twice here.
    private const int DeclarationWeight = 2;

    // With more, looking words up gets slow.
    private const int MostWords = 4_000;

    private readonly ArrayBufferWriter<char> _text = new();
    private readonly List<int> _held = [];
    private readonly BlobTermsWriter _writer = new(new Vocabulary());
    private Vocabulary _words = new();

    /// <summary>Splits and tokenizes a blob.</summary>
    /// <param name="key">What it is.</param>
    /// <param name="content">Its bytes; the chunks may be pieces of them.</param>
    public AnalyzedBlob Analyze(BlobKey key, ReadOnlyMemory<byte> content)
    {
        if (ContentRules.Read(content, _text, out var remark) is not { } text)
        {
            return new AnalyzedBlob(key, content.Length, remark, null, null, [], []);
        }

        _words = _words.Count > MostWords ? new Vocabulary() : _words;
        _writer.Begin(_words);
        var chunks = new List<AnalyzedChunk>();
        foreach (var chunk in Chunker.Split(text, key.Language))
        {
            _held.Clear();
            for (var line = chunk.Start; line < chunk.End; line++)
            {
                Read(text[line], 1);
            }

            foreach (var line in chunk.Declarations)
            {
                Read(text[line], DeclarationWeight);
            }

            _writer.Add(_held);
            chunks.Add(new AnalyzedChunk(chunk.Start + 1, chunk.End, chunk.Symbol, text.Utf8(chunk.Start, chunk.End)));
        }

        return new AnalyzedBlob(key, content.Length, null, remark, _writer.ToArray(), chunks, SymbolReader.Read(text, key.Language));
    }

    private void Read(ReadOnlySpan<char> line, int times)
    {
        var reader = new WordReader(line);
        while (reader.Next(out var word))
        {
            var number = _words.Add(word);
            for (var left = times; left > 0; left--)
            {
                _held.Add(number);
            }
        }
    }
}
