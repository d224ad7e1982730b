using Nura.Rag.Chunks;
using Nura.Rag.Files;
using Nura.Rag.Ranking;
using Nura.Rag.Symbols;
using Nura.Rag.Text;

namespace Nura.Rag.Indexing;

/// <summary>Turns a blob's bytes into chunks and terms. Not thread-safe; one for each thread.</summary>
internal sealed class BlobAnalyzer
{
    /// <summary>Of chunker, tokenizer, symbols and encoding together. Raise it when any of them changes: blobs are then read anew.</summary>
    public const int Format = 4;

    // Names of what a chunk declares count three times: once as text, twice here.
    private const int DeclarationWeight = 2;

    private readonly CodeTokenizer _tokenizer = new();
    private readonly List<int> _terms = [];
    private readonly BlobTermsWriter _writer = new(new Vocabulary());

    /// <summary>Splits and tokenizes a blob.</summary>
    public AnalyzedBlob Analyze(BlobKey key, ReadOnlySpan<byte> content)
    {
        if (ContentRules.Read(content, out var reason) is not { } text)
        {
            return new AnalyzedBlob(key, content.Length, reason, null, [], []);
        }

        _tokenizer.Trim();
        _writer.Begin(_tokenizer.Vocabulary);
        var chunks = new List<AnalyzedChunk>();
        foreach (var chunk in Chunker.Split(text, key.Language))
        {
            _terms.Clear();
            for (var line = chunk.Start; line < chunk.End; line++)
            {
                _tokenizer.Tokenize(text[line], _terms);
            }

            foreach (var line in chunk.Declarations)
            {
                _tokenizer.Tokenize(text[line], _terms, DeclarationWeight);
            }

            _writer.Add(_terms);
            chunks.Add(new AnalyzedChunk(chunk.Start + 1, chunk.End, chunk.Symbol, text.Lines(chunk.Start, chunk.End)));
        }

        return new AnalyzedBlob(key, content.Length, null, _writer.ToArray(), chunks, SymbolReader.Read(text, key.Language));
    }
}
