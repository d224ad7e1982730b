using System.Diagnostics;
using Nura.Contracts;
using Nura.Rag.Files;
using Nura.Rag.Ranking;
using Nura.Rag.Text;

namespace Nura.Rag.Search;

/// <summary>Answers questions to the index.</summary>
internal sealed class SearchService(VisibleCorpora visible, Ranker ranker, ChunkReader chunks)
{
    private const int LongestQuery = 8192;
    private const int MostHits = 200;

    /// <summary>The pieces of files that fit best.</summary>
    /// <exception cref="ProblemException">400 for a question that cannot be one.</exception>
    public async Task<SearchAnswer> SearchAsync(SearchRequest request, CancellationToken cancellationToken)
    {
        Check(request);
        var filter = new PathFilter(request.PathPrefix, request.Language, request.Kind);
        var (searched, pending) = await visible.GetAsync(request.Repositories, request.Ref, cancellationToken);
        var started = Stopwatch.GetTimestamp();
        var query = new SearchQuery(request.Query);
        var ranked = searched.Count == 0 ? [] : ranker.Rank(query, searched, filter.Accepts, request.Limit);
        var elapsed = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
        return new SearchAnswer(await HitsAsync(request, query, searched, ranked, cancellationToken), searched.Count, pending, elapsed);
    }

    private static void Check(SearchRequest request)
    {
        if (string.IsNullOrWhiteSpace(request.Query) || request.Query.Length > LongestQuery)
        {
            throw new ProblemException(400, "The query cannot be searched for.", $"It must have 1 to {LongestQuery} characters that are not all blank.");
        }

        if (request.Limit is < 1 or > MostHits || request.BudgetTokens is < 1)
        {
            throw new ProblemException(400, "The limit or budget is out of range.", $"Limit must be 1 to {MostHits}, and budgetTokens at least 1.");
        }
    }

    private static List<string> Found(SearchQuery query, string path, string text)
    {
        var tokenizer = new CodeTokenizer();
        var ids = new List<int>();
        tokenizer.Tokenize(path, ids);
        tokenizer.Tokenize(text, ids);
        return [.. query.Terms.Select(term => term.Term).Where(term => !term.Contains(TermSplitter.PairMark) && tokenizer.Vocabulary.Find(term) >= 0)];
    }

    private static HitExplanation Explain(RankedChunk chunk, List<string> terms, IReadOnlyList<Corpus> searched) => new(
        [.. chunk.Shares.Select(share => new LaneContribution(share.Lane, share.Weight, Math.Round(share.Chunk, 6), Math.Round(share.File, 6)))],
        FileKinds.NameOf(chunk.File.Kind),
        Math.Round(chunk.Factor, 3),
        [.. terms.Select(term => new TermRarity(term, searched.Sum(corpus => (long)corpus.Frequency(corpus.Vocabulary.Find(term))))).OrderBy(rarity => rarity.Chunks)]);

    private async Task<List<SearchHit>> HitsAsync(
        SearchRequest request, SearchQuery query, IReadOnlyList<Corpus> searched, List<RankedChunk> ranked, CancellationToken cancellationToken)
    {
        var texts = await chunks.ReadAsync(ranked.ConvertAll(chunk => (chunk.File.Blob, chunk.Ordinal)), cancellationToken);
        var packer = new ContextPacker(request.BudgetTokens);
        foreach (var chunk in ranked)
        {
            if (texts.TryGetValue((chunk.File.Blob, chunk.Ordinal), out var text) && !packer.TryAdd(chunk, text))
            {
                break;
            }
        }

        return [.. packer.Passages.Select(passage => Hit(passage, request.Explain, query, searched))];
    }

    private static SearchHit Hit(Passage passage, bool explain, SearchQuery query, IReadOnlyList<Corpus> searched)
    {
        var (chunk, lines) = (passage.Best, passage.Lines);
        var found = Found(query, chunk.File.Path, lines.Content);
        return new SearchHit(
            new Citation(chunk.Corpus.Name, chunk.Corpus.Commit, chunk.File.Path, lines.StartLine, lines.EndLine),
            chunk.Corpus.Repository, lines.Symbol, chunk.File.Language, lines.Content, Math.Round(chunk.Score, 6), passage.Lanes,
            found,
            chunk.Commits.Count == 0 ? null : [.. chunk.Commits.Select(commit => new CommitEvidence(commit.Sha, commit.Subject, commit.Time))],
            explain ? Explain(chunk, found, searched) : null);
    }
}
