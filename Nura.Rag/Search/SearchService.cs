using System.Diagnostics;
using Microsoft.Extensions.Options;
using Nura.Contracts;
using Nura.Rag.Assistance;
using Nura.Rag.Embeddings;
using Nura.Rag.Files;
using Nura.Rag.Ranking;
using Nura.Rag.Text;

namespace Nura.Rag.Search;

/// <summary>Answers questions to the index.</summary>
internal sealed class SearchService(
    VisibleCorpora visible, NearestChunks nearest, Ranker ranker, ChunkReader chunks, QueryRewriter rewriter, Reranker reranker, SearchInstruments instruments, IOptions<AssistanceOptions> assistance)
{
    private const int LongestQuery = 8192;
    private const int MostHits = 200;

    // One of the first few, if any, is what was looked for.
    private const int Judged = 3;

    /// <summary>The pieces of files that fit best.</summary>
    /// <exception cref="ProblemException">400 for a question that cannot be one.</exception>
    public async Task<SearchAnswer> SearchAsync(SearchRequest request, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        try
        {
            var answer = await AnswerAsync(request, cancellationToken);
            instruments.Ended(Stopwatch.GetElapsedTime(started), null);
            return answer;
        }
        catch (Exception exception)
        {
            instruments.Ended(Stopwatch.GetElapsedTime(started), exception);
            throw;
        }
    }

    private async Task<SearchAnswer> AnswerAsync(SearchRequest request, CancellationToken cancellationToken)
    {
        Check(request);
        var filter = new PathFilter(request.PathPrefix, request.Language, request.Kind);
        var (searched, pending) = await visible.GetAsync(request.Repositories, request.Ref, cancellationToken);
        var near = await nearest.FindAsync(request.Query, searched, cancellationToken);
        var found = await RankAsync(new SearchQuery(request.Query) { Near = near }, searched, filter, request.Limit, cancellationToken);
        var help = rewriter.IsOn || reranker.IsOn ? Judge(found, searched) : null;
        if (help?.Matched < assistance.Value.WeakBelow && searched.Count > 0)
        {
            (found, help) = await HelpAsync(request, found, help, searched, filter, cancellationToken);
        }

        return new SearchAnswer(Hits(request, found, searched), searched.Count, pending, found.ElapsedMs, help, near.Missing is { } reason ? [new LaneLeftOut(EmbeddingLane.LaneName, reason)] : null);
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

    private async Task<Ranking> RankAsync(SearchQuery query, IReadOnlyList<Corpus> searched, PathFilter filter, int limit, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        var ranked = searched.Count == 0 ? [] : ranker.Rank(query, searched, filter.Accepts, reranker.IsOn ? Math.Max(limit, Reranker.Most) : limit);
        var elapsed = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
        var texts = await chunks.ReadAsync(ranked.ConvertAll(chunk => (chunk.File.Blob, chunk.Ordinal)), cancellationToken);

        // A chunk without a text is of a repository that has just been removed.
        return new Ranking(query, [.. ranked.Select(chunk => (chunk, texts.GetValueOrDefault((chunk.File.Blob, chunk.Ordinal))!)).Where(found => found.Item2 is not null)], elapsed);
    }

    private SearchAssistance Judge(Ranking found, IReadOnlyList<Corpus> searched) => new(
        Math.Round(MatchedShare.Best(found.Query, searched, found.Chunks.Take(Judged).Select(chunk => Found(found.Query, chunk.Chunk.File.Path, chunk.Text.Content))), 3),
        rewriter.IsOn ? AssistanceOutcome.NotNeeded : AssistanceOutcome.Off,
        reranker.IsOn ? AssistanceOutcome.NotNeeded : AssistanceOutcome.Off);

    private async Task<(Ranking Found, SearchAssistance Help)> HelpAsync(
        SearchRequest request, Ranking found, SearchAssistance help, IReadOnlyList<Corpus> searched, PathFilter filter, CancellationToken cancellationToken)
    {
        if (rewriter.IsOn)
        {
            var (outcome, words) = await rewriter.RewriteAsync(request.Query, cancellationToken);
            help = help with { Rewriting = outcome, Words = words.Count > 0 ? words : null };
            if (words.Count > 0)
            {
                // Beside what was asked, not in its place: the model may be wrong.
                var again = await RankAsync(new SearchQuery(request.Query, string.Join(' ', words)) { Near = found.Query.Near }, searched, filter, request.Limit, cancellationToken);
                found = again with { ElapsedMs = again.ElapsedMs + found.ElapsedMs };
            }
        }

        if (reranker.IsOn && found.Chunks.Count > 1)
        {
            var (outcome, order) = await reranker.OrderAsync(request.Query, [.. found.Chunks.Take(Reranker.Most).Select(chunk => (chunk.Chunk.File.Path, chunk.Text.Content))], cancellationToken);
            help = help with { Reranking = outcome };

            // What the model left out follows in the order it had.
            found = found with { Chunks = [.. order.Select(i => found.Chunks[i]), .. found.Chunks.Where((_, i) => !order.Contains(i))] };
        }

        return (found, help);
    }

    private static List<SearchHit> Hits(SearchRequest request, Ranking found, IReadOnlyList<Corpus> searched)
    {
        var packer = new ContextPacker(request.BudgetTokens);
        foreach (var (chunk, text) in found.Chunks.Take(request.Limit))
        {
            if (!packer.TryAdd(chunk, text))
            {
                break;
            }
        }

        return [.. packer.Passages.Select(passage => Hit(passage, request.Explain, found.Query, searched))];
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

    private sealed record Ranking(SearchQuery Query, IReadOnlyList<(RankedChunk Chunk, ChunkLines Text)> Chunks, double ElapsedMs);
}
