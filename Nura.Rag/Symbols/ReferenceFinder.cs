using Nura.Contracts;
using Nura.Rag.Ranking;
using Nura.Rag.Search;
using Nura.Rag.Text;

namespace Nura.Rag.Symbols;

/// <summary>Finds the lines that hold a word: the index tells the chunks, their text tells the lines.</summary>
internal sealed class ReferenceFinder(VisibleCorpora visible, ChunkReader chunks, SymbolStore symbols)
{
    private const int Batch = 200;

    /// <summary>The lines, in the order of repository, path and line.</summary>
    public async Task<ReferenceAnswer> FindAsync(ReferenceRequest request, CancellationToken cancellationToken)
    {
        var filter = new PathFilter(request.Path, request.Language);
        var hits = new List<ReferenceHit>();
        var skip = request.Skip;
        var (corpora, _) = await visible.GetAsync(request.Repositories, request.Ref, cancellationToken);
        foreach (var corpus in corpora)
        {
            foreach (var places in Places(corpus, request.Name, filter).Chunk(Batch))
            {
                var texts = await chunks.ReadAsync(Array.ConvertAll(places, place => (place.File.Blob, place.Ordinal)), cancellationToken);
                var defined = await symbols.OfAsync([.. places.Select(place => place.File.Blob).Distinct()], cancellationToken);
                foreach (var (file, ordinal) in places)
                {
                    foreach (var hit in texts.TryGetValue((file.Blob, ordinal), out var chunk) ? Lines(corpus, file, chunk, request.Name, defined[file.Blob]) : [])
                    {
                        if (skip > 0)
                        {
                            skip--;
                        }
                        else if (hits.Count == request.Take)
                        {
                            return new ReferenceAnswer(hits, More: true);
                        }
                        else
                        {
                            hits.Add(hit);
                        }
                    }
                }
            }
        }

        return new ReferenceAnswer(hits, More: false);
    }

    // A word is indexed as a whole, or as its stem if it is a single word; one that is not, being too common or too long or a number with letters, may stand anywhere.
    private static IEnumerable<(CorpusFile File, int Ordinal)> Places(Corpus corpus, string name, PathFilter filter)
    {
        var terms = new List<string>();
        var reader = new WordReader(name);
        if (reader.Next(out var word) && word.Length == name.Length)
        {
            TermSplitter.Split(name, terms);
        }

        var holding = terms.Count == 0 ? Enumerable.Range(0, corpus.Chunks).Except(corpus.Dead) : corpus.ChunksWith(corpus.Vocabulary.Find(terms[0]));
        return holding.Select(chunk => (File: corpus.Files[corpus.ChunkFile[chunk]], Chunk: chunk))
            .Where(place => filter.Accepts(place.File))
            .Select(place => (place.File, place.Chunk - place.File.FirstChunk))
            .OrderBy(place => place.File.Path, StringComparer.Ordinal).ThenBy(place => place.Item2);
    }

    private static IEnumerable<ReferenceHit> Lines(Corpus corpus, CorpusFile file, ChunkLines chunk, string name, IEnumerable<Symbol> symbols)
    {
        var lines = chunk.Content.Split('\n');
        for (var i = 0; i < lines.Length; i++)
        {
            if (HasWord(lines[i], name))
            {
                var line = chunk.StartLine + i;
                var around = symbols.LastOrDefault(symbol => symbol.StartLine <= line && symbol.EndLine >= line);
                yield return new ReferenceHit(
                    new Citation(corpus.Name, corpus.Commit, file.Path, line, line), corpus.Repository, lines[i],
                    symbols.Any(symbol => symbol.StartLine == line && symbol.Name == name),
                    around is null ? null : around.Container is null ? around.Name : $"{around.Container}.{around.Name}");
            }
        }
    }

    private static bool HasWord(string line, string word)
    {
        for (var at = line.IndexOf(word, StringComparison.Ordinal); at >= 0; at = line.IndexOf(word, at + 1, StringComparison.Ordinal))
        {
            if ((at == 0 || !IsWord(line[at - 1])) && (at + word.Length == line.Length || !IsWord(line[at + word.Length])))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsWord(char c) => char.IsLetterOrDigit(c) || c == '_';
}
