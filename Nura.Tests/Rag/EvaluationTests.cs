using System.Text;
using System.Text.Json;
using Nura.Contracts;
using Nura.Tests.Databases;
using Nura.Tests.Fakes;

namespace Nura.Tests.Rag;

public sealed class EvaluationTests(DatabaseFixture database) : IClassFixture<DatabaseFixture>
{
    private static readonly string[] s_topics = ["garnet", "topaz", "quartz", "opal", "beryl", "agate", "jasper", "pearl", "amber", "onyx"];

    [Fact(Timeout = 180_000)]
    public async Task Evaluation_HistoryThatMisleads_IsLeftOutThereAndOnlyThere()
    {
        await using var host = new RagHost(await database.GetAsync(), ("Nura:Rag:HistoryCommits", "1000"), ("Nura:Rag:EvaluationHours", "24"));
        using SampleRepository helps = new(host.Root), misleads = new(host.Root);

        // What a file is about stands in messages alone.
        Commit(helps, (file, _) => $"class F{file} {{ }}", commit => commit % s_topics.Length);
        // Files say what they are about, and a little of their neighbour's; until lately, commits about a topic changed the neighbour.
        Commit(misleads, (file, _) => $"class F{file} {{ {Words(file, 6)} {Words(file + s_topics.Length - 1, 5)} }}", commit => (commit + (commit < 60 ? 1 : 0)) % s_topics.Length);

        var helped = await host.AddAsync(helps.Path);
        var good = await EvaluateAsync(host, helped);
        var misled = await host.AddAsync(misleads.Path);
        var bad = await EvaluateAsync(host, misled);

        Assert.Null(good.Reason);
        Assert.Equal(50, good.Questions);
        Assert.Empty(good.Weights);
        Assert.Equal(1, Lane(good, "history").Recall10);
        Assert.True(Lane(good, "mix").Mrr10 > Lane(good, "mix without history").Mrr10);

        Assert.Equal([new KeyValuePair<string, double>("history", 0)], bad.Weights);
        Assert.True(Lane(bad, "mix").Mrr10 < Lane(bad, "mix without history").Mrr10);
        await UntilAsync(async () => (await host.SearchAsync("garnet handling", misled.Id)).Hits is { Count: > 0 } hits && hits.All(hit => hit.Lanes.SequenceEqual(["lexical"])));
        Assert.Contains((await host.SearchAsync("garnet handling", misled.Id, helped.Id)).Hits, hit => hit.RepositoryId == helped.Id && hit.Lanes.Contains("history"));
    }

    [Fact(Timeout = 180_000)]
    public async Task Evaluation_EmbeddingsThatKnowBetter_WeighMore()
    {
        await using var fake = await FakeEmbeddings.StartAsync();
        fake.Dimensions = 512;
        await using var host = new RagHost(await database.GetAsync(), [.. fake.Settings, ("Nura:Rag:HistoryCommits", "1000"), ("Nura:Rag:EvaluationHours", "24")]);
        using var sample = new SampleRepository(host.Root);

        // Files name their neighbour's topic twice and their own once, and say it in words that only the model understands.
        Commit(
            sample,
            (file, _) => $"class F{file} {{ {Words(file + 1, 2)} {Words(file, 1)} {string.Join(' ', Enumerable.Repeat($"{s_topics[file]}ish", 6))} }}",
            commit => (commit + (commit < 60 ? 1 : 0)) % s_topics.Length);
        var view = await host.AddAsync(sample.Path);
        RetrievalEvaluation evaluation;
        do
        {
            // The first may have come before the vectors.
            evaluation = await EvaluateAsync(host, view);
        }
        while (evaluation.EmbeddingModel is null);
        SearchAnswer answer = null!;
        await UntilAsync(async () =>
        {
            answer = await host.Rag.SearchAsync(new SearchRequest("garnet", [view.Id], Explain: true), CancellationToken.None);
            return answer.Hits.Any(hit => hit.Explanation!.Lanes.Any(lane => lane.Lane == "embedding" && lane.Weight > 0.4));
        });

        Assert.Equal((FakeEmbeddings.Model, null, null), (evaluation.EmbeddingModel, evaluation.EmbeddingIssue, evaluation.Reason));
        // Forty of the fifty questions have the file that says so in the model's words; the ten before changed the neighbour.
        Assert.InRange(Lane(evaluation, "embedding").Mrr10, 0.8, 1);
        Assert.InRange(Lane(evaluation, "lexical").Mrr10, 0, 0.7);
        var weight = evaluation.Weights["embedding"];
        Assert.Contains(weight, (double[])[0.5, 0.8, 1.2]);
        Assert.True(Lane(evaluation, FormattableString.Invariant($"mix with embedding {weight}")).Mrr10 > Lane(evaluation, "mix").Mrr10);
        Assert.Equal("src/f0.cs", answer.Hits[0].Citation.Path);
    }

    [Fact(Timeout = 180_000)]
    public async Task Evaluation_PeopleCallThingsOtherThanTheCode_MovesTheirQuestions()
    {
        await using var fake = await FakeEmbeddings.StartAsync();
        fake.Dimensions = 512;
        await using var host = new RagHost(await database.GetAsync(), [.. fake.Settings, ("Nura:Rag:HistoryCommits", "1000"), ("Nura:Rag:EvaluationHours", "24")]);
        using var sample = new SampleRepository(host.Root);

        // What changes of a file are called, another file says; and no message has a word of another, but for the model.
        Commit(sample, (file, _) => $"class F{file} {{ {string.Join(' ', Enumerable.Repeat($"{s_topics[(file + 1) % s_topics.Length]}ish", 6))} }}", commit => commit % s_topics.Length, 200, Coined);
        var view = await host.AddAsync(sample.Path);
        RetrievalEvaluation evaluation;
        do
        {
            // The first may have come before the vectors.
            evaluation = await EvaluateAsync(host, view);
        }
        while (evaluation.EmbeddingModel is null);

        Assert.Equal((null, null), (evaluation.EmbeddingIssue, evaluation.Reason));
        Assert.True(Lane(evaluation, "embedding, adapted").Mrr10 > 0.9, JsonSerializer.Serialize(evaluation));
        Assert.InRange(Lane(evaluation, "embedding").Mrr10, 0, 0.3);
        Assert.Equal(["embedding"], evaluation.Adapted!);
        await UntilAsync(async () => (await host.SearchAsync(Coined(203), view.Id)).Hits is { Count: > 0 } hits && hits[0].Citation.Path == "src/f3.cs");
    }

    [Fact(Timeout = 180_000)]
    public async Task Evaluation_YoungRepository_SaysWhyThereIsNone()
    {
        await using var host = new RagHost(await database.GetAsync(), ("Nura:Rag:HistoryCommits", "1000"), ("Nura:Rag:EvaluationHours", "24"));
        using var sample = new SampleRepository(host.Root);
        sample.Commit("a.cs", "class Alone { }\n");

        var evaluation = await EvaluateAsync(host, await host.AddAsync(sample.Path));

        Assert.StartsWith("It has too few commits", evaluation.Reason, StringComparison.Ordinal);
        Assert.Empty(evaluation.Lanes);
    }

    // A topic in words of the commit's own, which the model takes for the topic.
    private static string Coined(int commit) => string.Join(' ', "abcd".Select(letter => $"{s_topics[commit % s_topics.Length]}{(char)('\u4E00' + commit)}{letter}"));

    // Commits, each of one file, about the topic of its number.
    private static void Commit(SampleRepository sample, Func<int, int, string> content, Func<int, int> changes, int commits = 100, Func<int, string>? message = null)
    {
        var stream = new StringBuilder();
        void File(int file, int commit)
        {
            var text = $"{content(file, commit)}\n// {commit}\n";
            stream.Append($"M 100644 inline src/f{file}.cs\ndata {text.Length}\n{text}\n");
        }

        void Head(string message, int time) => stream.Append($"commit refs/heads/main\ncommitter T <t@example.com> {1_700_000_000 + time} +0000\ndata {Encoding.UTF8.GetByteCount(message)}\n{message}\n");
        Head("Begin", 0);
        for (var file = 0; file < s_topics.Length; file++)
        {
            File(file, -1);
        }

        for (var commit = 0; commit < commits; commit++)
        {
            Head(message?.Invoke(commit) ?? $"Make {s_topics[commit % s_topics.Length]} handling faster somehow", (commit + 1) * 1000);
            File(changes(commit), commit);
        }

        SampleRepository.Run(sample.Path, stream.ToString(), "fast-import", "--quiet");
    }

    private static string Words(int topic, int times) => string.Join(' ', Enumerable.Repeat(s_topics[topic % s_topics.Length], times));

    private static LaneEvaluation Lane(RetrievalEvaluation evaluation, string name) => evaluation.Lanes.Single(lane => lane.Name == name);

    private static async Task<RetrievalEvaluation> EvaluateAsync(RagHost host, RepositoryView view)
    {
        Assert.Equal(RepositoryState.Ready, view.State);
        RetrievalEvaluation? evaluation = null;
        await UntilAsync(async () =>
        {
            try
            {
                evaluation = await host.Rag.EvaluationAsync(view.Id, CancellationToken.None);
                return true;
            }
            catch (ProblemException problem) when (problem.Status == 404)
            {
                return false;
            }
        });
        return evaluation!;
    }

    // Each try is a round trip; the test's own timeout ends it.
    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        while (!await condition())
        {
            await Task.Delay(50);
        }
    }
}
