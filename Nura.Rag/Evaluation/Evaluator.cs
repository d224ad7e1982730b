using System.Text.RegularExpressions;
using Microsoft.Extensions.Options;
using Nura.Contracts;
using Nura.Models;
using Nura.Rag.Dense;
using Nura.Rag.Embeddings;
using Nura.Rag.Files;
using Nura.Rag.Git;
using Nura.Rag.History;
using Nura.Rag.Ranking;

namespace Nura.Rag.Evaluation;

/// <summary>
/// Measures ranking on a repository's own past: goes back to before its newest commits, asks for each by its subject, and looks where
/// the files it changed stand. Decides whether lanes that help elsewhere help here.
/// </summary>
internal sealed partial class Evaluator(
    GitCommand git, CommitStore commits, PastCorpus past, PastNearest nearest, Ranker ranker, IEnumerable<IRankingLane> lanes, IOptions<RagOptions> options, TimeProvider time)
{
    private const int MostQuestions = 100;
    private const int FewestQuestions = 20;
    private const int MostFiles = 3;
    private const int FewestTerms = 4;
    private const int Hits = 200;
    private const int First = 10;

    // Standard errors that a change must bring; what helps elsewhere is not given up for a loss that may be chance.
    private const double Enough = 0.5;

    // And what helps few must bring more, to have a weight at all: with half an error, chance chose it for one repository of six, and wrongly.
    private const double Sure = 2;

    // Twice the corpus is in memory meanwhile.
    private const int MostChunks = 200_000;

    // What the dense lane may count, if anything.
    private static readonly double[] s_denseWeights = [0.15, 0.3];

    // And what the configured model's may instead of its usual weight.
    private static readonly double[] s_embeddingWeights = [0, 0.15, 0.5, 0.8, 1.2];

    private readonly IRankingLane[] _lanes = [.. lanes];

    /// <summary>Evaluates the searchable commit.</summary>
    /// <returns>
    /// What came out, <see cref="RetrievalEvaluation.Reason"/> says why if nothing could be measured; and the adapter that questions for the embedding
    /// model are to be moved by, if they are.
    /// </returns>
    public async Task<(RetrievalEvaluation Evaluation, QueryAdapter? Adapter)> RunAsync(Corpus corpus, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        var model = await nearest.ReadyAsync(corpus.Repository, cancellationToken);
        string? issue = null;
        RetrievalEvaluation Measured(string? reason, int questions, string? state, Choice choice) => new(
            corpus.Commit, time.GetUtcNow(), time.GetElapsedTime(started).TotalSeconds, reason, questions, state, choice.Measured, choice.Weights, model, issue, choice.Adapted);
        (RetrievalEvaluation, QueryAdapter?) Result(string? reason, int questions = 0, string? state = null) => (Measured(reason, questions, state, new Choice()), null);

        if (corpus.History is null || corpus.Chunks > MostChunks)
        {
            return Result(corpus.History is null ? "Its history has not been read." : $"It has more than {MostChunks:N0} chunks; the usual weights are in use.");
        }

        var documents = await commits.ReadAsync(corpus.Repository, corpus.History.Terms.Keys.ToList(), cancellationToken);
        var suitable = documents.Where(IsSuitable).ToList();
        if (suitable.Count < 2 * FewestQuestions)
        {
            return Result($"It has too few commits to measure on: {suitable.Count} that change one to {MostFiles} source files and say what they do, {2 * FewestQuestions} are needed.");
        }

        var oldest = suitable[Math.Min(MostQuestions, suitable.Count / 2) - 1];
        var mirror = new GitMirror(git, corpus.Repository);
        var reader = new CommitReader(git, mirror, static _ => true);
        if (await mirror.ResolveAsync(oldest.Sha, cancellationToken) is null || await ParentAsync(mirror, oldest.Sha, cancellationToken) is not { } state)
        {
            return Result("Its history is cut off.");
        }

        var before = (await reader.ListAsync(state, options.Value.HistoryCommits, cancellationToken)).ToHashSet(StringComparer.Ordinal);
        var (corpusThen, forgotten) = await past.BuildAsync(corpus, state, [.. documents.Where(document => before.Contains(document.Sha))], options.Value.MaxFileBytes, cancellationToken);
        var latent = LatentTrainer.Train(corpusThen, cancellationToken);
        corpusThen = latent is null ? corpusThen : corpusThen with { Dense = DenseIndex.Place(latent, corpusThen).Adapt(corpusThen) };
        var questions = Questions(corpusThen, suitable.Where(document => !before.Contains(document.Sha)));
        if (questions.Count < FewestQuestions)
        {
            return Result($"Only {questions.Count} of its newest commits change files that were there before; {FewestQuestions} are needed.", questions.Count, state);
        }

        PastNear? near = null;
        try
        {
            near = model is null ? null : await nearest.FindAsync(corpusThen, forgotten, questions.ConvertAll(question => question.Query.Text), cancellationToken);
            issue = model is null || near is not null ? null : "Too much has changed since: its past text would have to be embedded anew.";
        }
        catch (ModelException exception)
        {
            issue = exception.Message;
        }

        var choice = Measure(corpusThen, questions, near, cancellationToken);
        return (Measured(null, questions.Count, state, choice), choice.Adapted.Contains(EmbeddingLane.LaneName) ? near?.Adapter : null);
    }

    /// <summary>An evaluation that measured nothing.</summary>
    public static RetrievalEvaluation Nothing(Corpus corpus, string reason, TimeProvider time) =>
        new(corpus.Commit, time.GetUtcNow(), 0, reason, 0, null, [], new Dictionary<string, double>());

    private Choice Measure(Corpus corpus, List<Question> questions, PastNear? near, CancellationToken cancellationToken)
    {
        List<Question> Near(IReadOnlyList<NearChunks>? found) =>
            found is null ? questions : [.. questions.Zip(found, (question, chunks) => question with { Query = new SearchQuery(question.Query.Text) { Near = chunks } })];
        var (plain, moved) = (Near(near?.Found), Near(near?.Moved));
        List<(double Recall, double Reciprocal)> Ask(Func<IRankingLane, double> weight, params IReadOnlyList<string> adapted)
        {
            var dense = adapted.Contains(DenseLane.LaneName) ? corpus.Dense : corpus.Dense is null ? null : corpus.Dense with { Adapter = null };
            var asked = corpus with { Weights = new LaneWeights(_lanes.ToDictionary(lane => lane.Name, weight)), Dense = dense };
            return (adapted.Contains(EmbeddingLane.LaneName) ? moved : plain).ConvertAll(question =>
            {
                cancellationToken.ThrowIfCancellationRequested();
                return Score(ranker.Rank(question.Query, [asked], static _ => true, Hits), question.Files);
            });
        }

        static LaneEvaluation Summary(string name, List<(double Recall, double Reciprocal)> scores) =>
            new(name, Math.Round(scores.Average(score => score.Recall), 4), Math.Round(scores.Average(score => score.Reciprocal), 4));

        var choice = new Choice();
        var (measured, weights) = (choice.Measured, choice.Weights);
        measured.AddRange(_lanes.Where(lane => near is not null || lane.Name != EmbeddingLane.LaneName).Select(lane => Summary(lane.Name, Ask(other => other == lane ? 1 : 0))));
        var usual = Ask(lane => lane.Weight);
        measured.Add(Summary("mix", usual));
        var best = usual;
        var without = Ask(lane => lane.Name == HistoryLane.LaneName ? 0 : lane.Weight);
        measured.Add(Summary($"mix without {HistoryLane.LaneName}", without));
        if (Gain(usual, without) > Enough)
        {
            (best, weights[HistoryLane.LaneName]) = (without, 0);
        }

        // The best of some settings of a lane, if it brings enough beside what was best so far.
        void Try(string name, IReadOnlyList<(double Weight, bool Adapted)> settings, Func<double, double> enough)
        {
            var (reference, most) = (best, 0.0);
            if (settings.Any(setting => setting.Adapted))
            {
                measured.Add(Summary($"{name}, adapted", Ask(lane => lane.Name == name ? 1 : 0, name)));
            }

            foreach (var (weight, adapted) in settings)
            {
                string[] lanes = adapted ? [.. choice.Adapted, name] : [.. choice.Adapted.Where(lane => lane != name)];
                var with = Ask(lane => lane.Name == name ? weight : weights.GetValueOrDefault(lane.Name, lane.Weight), lanes);
                measured.Add(Summary(FormattableString.Invariant($"mix with {name} {weight}{(adapted ? ", adapted" : "")}"), with));
                if (Gain(reference, with) is var gain && gain > Math.Max(most, enough(weight)))
                {
                    (best, most, weights[name]) = (with, gain, weight);
                    choice.Adapted.Remove(name);
                    choice.Adapted.AddRange(adapted ? [name] : []);
                }
            }
        }

        if (corpus.Dense is not null)
        {
            Try(DenseLane.LaneName, Settings(s_denseWeights, corpus.Dense.Adapter), static _ => Sure);
        }

        if (near is not null)
        {
            // It was there from the start, so it is left out for as little as history is, and has another weight only if that is sure to be better.
            var lane = _lanes.OfType<EmbeddingLane>().Single();
            Try(lane.Name, [.. Settings(s_embeddingWeights, near.Adapter), .. near.Adapter is null ? [] : new[] { (lane.Weight, true) }], static weight => weight == 0 ? Enough : Sure);
        }

        return choice;
    }

    private static List<(double Weight, bool Adapted)> Settings(double[] weights, QueryAdapter? adapter) =>
        [.. weights.Select(weight => (weight, false)), .. adapter is null ? [] : weights.Where(weight => weight > 0).Select(weight => (weight, true))];

    // What a change brings, in standard errors.
    private static double Gain(List<(double Recall, double Reciprocal)> before, List<(double Recall, double Reciprocal)> after)
    {
        var gains = before.Zip(after, (old, now) => now.Recall + now.Reciprocal - old.Recall - old.Reciprocal).ToList();
        var mean = gains.Average();
        var error = Math.Sqrt(gains.Average(gain => (gain - mean) * (gain - mean)) / gains.Count);
        return mean == 0 ? 0 : mean / Math.Max(error, 1e-9);
    }

    private static (double Recall, double Reciprocal) Score(List<RankedChunk> ranked, IReadOnlySet<string> wanted)
    {
        var files = ranked.Select(chunk => chunk.File.Path).Distinct(StringComparer.Ordinal).Take(First).ToList();
        var best = files.FindIndex(wanted.Contains);
        return ((double)files.Count(wanted.Contains) / wanted.Count, best < 0 ? 0 : 1.0 / (best + 1));
    }

    private static List<Question> Questions(Corpus corpus, IEnumerable<CommitDoc> documents)
    {
        var sources = corpus.Files.Where(file => file.Kind == FileKind.Source).Select(file => file.Path).ToHashSet(StringComparer.Ordinal);
        return [.. documents.Select(document => new Question(new SearchQuery(document.Subject), document.Files.Where(sources.Contains).ToHashSet(StringComparer.Ordinal)))
            .Where(question => question.Files.Count is > 0 and <= MostFiles).Take(MostQuestions)];
    }

    private static bool IsSuitable(CommitDoc document) =>
        document.Files.Count(file => FileKinds.Of(file, Languages.Of(file)) == FileKind.Source) is > 0 and <= MostFiles
        && !Chore().IsMatch(document.Subject) && new SearchQuery(document.Subject).Terms.Count >= FewestTerms;

    private async Task<string?> ParentAsync(GitMirror mirror, string commit, CancellationToken cancellationToken)
    {
        var parents = (await git.RunAsync(["--git-dir", mirror.Directory, "rev-list", "--parents", "--max-count=1", "--end-of-options", commit], cancellationToken)).Trim().Split(' ');
        return parents.Length > 1 ? parents[1] : null;
    }

    // What such commits change cannot be told from what they say.
    [GeneratedRegex(@"\A(merge|revert|bump|release|prepare|update (version|dependenc|changelog)|fix(ed|es)? (typo|lint|format))|\bv?\d+\.\d+\.\d+\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Chore();

    // What was measured and what follows from it.
    private sealed record Choice
    {
        public List<LaneEvaluation> Measured { get; } = [];

        public Dictionary<string, double> Weights { get; } = [];

        public List<string> Adapted { get; } = [];
    }

    private sealed record Question(SearchQuery Query, IReadOnlySet<string> Files);
}
