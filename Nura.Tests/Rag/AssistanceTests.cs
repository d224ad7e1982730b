using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using Npgsql;
using Nura.Contracts;
using Nura.Rag.Assistance;
using Nura.Tests.Databases;
using Nura.Tests.Fakes;
using Nura.Tests.Models;

namespace Nura.Tests.Rag;

/// <summary>Models that help a search: a double speaks OpenAI's wire format, everything else is as it is.</summary>
public sealed partial class AssistanceTests(DatabaseFixture database) : IClassFixture<DatabaseFixture>
{
    private const int Hang = 180_000;
    private const string Weak = "how are purchases bundled for shipping, crate";
    private const string Strong = "crate of goods";

    // Long enough on any machine, and too short for a server that does not answer.
    private const string Ample = "60000";
    private const string Brief = "50";

    [Fact(Timeout = Hang)]
    public async Task Rerank_WeakSearch_TakesTheModelsOrder()
    {
        await using var world = await World.StartAsync(database, rerank: Ample);
        var before = Paths(await world.WithoutAsync(Weak));
        world.Reply = passages => $"[{passages.Count}, 99, -3, 1, {passages.Count}]";

        var answer = await world.AskAsync(Weak);

        Assert.True(before.Count > 3, string.Join(' ', before));
        Assert.Equal([before[^1], before[0], .. before[1..^1]], Paths(answer));
        Assert.Equal((AssistanceOutcome.Off, AssistanceOutcome.Done), (answer.Assistance!.Rewriting, answer.Assistance.Reranking));
        Assert.InRange(answer.Assistance.Matched, 0.01, 0.49);
        var sent = Assert.Single(world.Model.Requests)["messages"]!.AsArray();
        Assert.Equal(["system", "user"], sent.Select(message => (string)message!["role"]!));
        Assert.DoesNotContain("class Crate", (string)sent[0]!["content"]!, StringComparison.Ordinal);
        Assert.DoesNotContain("purchases", (string)sent[0]!["content"]!, StringComparison.Ordinal);
        Assert.Contains("class Crate", (string)sent[1]!["content"]!, StringComparison.Ordinal);
        Assert.EndsWith(Weak, (string)sent[1]!["content"]!, StringComparison.Ordinal);
        Assert.Equal(("priced", "search", 200), await world.UsageAsync());
    }

    [Fact(Timeout = Hang)]
    public async Task Rerank_ThirtyAndMoreChunks_OrdersThirtyAndKeepsTheLimit()
    {
        await using var world = await World.StartAsync(database, rerank: Ample, files: 40);
        world.Reply = passages => $"[{passages.Count}]";

        var answer = await world.AskAsync(Weak, limit: 5);

        Assert.Equal(30, world.Passages.Count);
        Assert.Equal((5, world.Passages[^1], world.Passages[0]), (answer.Hits.Count, answer.Hits[0].Citation.Path, answer.Hits[1].Citation.Path));
    }

    [Theory(Timeout = Hang)]
    [InlineData("I would say that the best passage is number 2.")]
    [InlineData("```json\n[2]\n```")]
    [InlineData("[\"2\"]")]
    [InlineData("[1.5]")]
    [InlineData("{\"order\":[2]}")]
    [InlineData("[77, 0, -1]")]
    [InlineData("[]")]
    [InlineData("")]
    public async Task Rerank_ReplyThatIsNoOrder_ChangesNothing(string reply)
    {
        await using var world = await World.StartAsync(database, rerank: Ample);
        var before = Paths(await world.WithoutAsync(Weak));
        world.Reply = _ => reply;

        var answer = await world.AskAsync(Weak);

        Assert.Equal(before, Paths(answer));
        Assert.Equal(AssistanceOutcome.Unreadable, answer.Assistance!.Reranking);
    }

    [Fact(Timeout = Hang)]
    public async Task Assistance_ModelIsLate_SearchGoesOnWithout()
    {
        await using var world = await World.StartAsync(database, rewrite: Brief, rerank: Brief);
        var before = Paths(await world.WithoutAsync(Weak));
        world.Model.Instead = async (context, _) =>
        {
            await Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(static _ => { }, TaskScheduler.Default);
            return true;
        };

        var answer = await world.AskAsync(Weak);

        Assert.Equal(before, Paths(answer));
        Assert.Equal((AssistanceOutcome.Late, AssistanceOutcome.Late), (answer.Assistance!.Rewriting, answer.Assistance.Reranking));
    }

    [Theory(Timeout = Hang)]
    [InlineData(500)]
    [InlineData(401)]
    public async Task Assistance_ModelFails_SearchGoesOnWithout(int status)
    {
        await using var world = await World.StartAsync(database, rewrite: Ample, rerank: Ample);
        var before = Paths(await world.WithoutAsync(Weak));
        world.Model.Instead = async (context, _) =>
        {
            await FakeOpenAi.ErrorAsync(context, status, "not today");
            return true;
        };

        var answer = await world.AskAsync(Weak);

        Assert.Equal(before, Paths(answer));
        Assert.Equal((AssistanceOutcome.Failed, AssistanceOutcome.Failed), (answer.Assistance!.Rewriting, answer.Assistance.Reranking));
    }

    [Fact(Timeout = Hang)]
    public async Task Assistance_BudgetUsedUp_SearchGoesOnAndTheModelIsNotAsked()
    {
        await using var world = await World.StartAsync(database, rewrite: Ample, rerank: Ample, settings: ($"Nura:Models:Budgets:b{Guid.NewGuid():N}:Limit", "0.0000001"));
        var before = Paths(await world.WithoutAsync(Weak));

        var answer = await world.AskAsync(Weak);

        Assert.Equal(before, Paths(answer));
        Assert.Equal((AssistanceOutcome.Failed, AssistanceOutcome.Failed), (answer.Assistance!.Rewriting, answer.Assistance.Reranking));
        Assert.Empty(world.Model.Requests);
    }

    [Fact(Timeout = Hang)]
    public async Task Assistance_SearchIsStrong_ModelIsNotAsked()
    {
        await using var world = await World.StartAsync(database, rewrite: Ample, rerank: Ample);

        var answer = await world.AskAsync(Strong);

        Assert.Equal((AssistanceOutcome.NotNeeded, AssistanceOutcome.NotNeeded), (answer.Assistance!.Rewriting, answer.Assistance.Reranking));
        Assert.InRange(answer.Assistance.Matched, 0.5, 1);
        Assert.Empty(world.Model.Requests);
    }

    [Fact(Timeout = Hang)]
    public async Task Assistance_NothingConfigured_IsOff()
    {
        await using var world = await World.StartAsync(database);

        Assert.Null((await world.AskAsync(Weak)).Assistance);
        Assert.Empty(world.Model.Requests);
    }

    [Fact(Timeout = Hang)]
    public async Task Rewrite_WeakSearch_FindsByTheWordsAddedBesideItsOwn()
    {
        await using var world = await World.StartAsync(database, rewrite: Ample);
        var before = Paths(await world.WithoutAsync(Weak));
        world.Reply = _ => """["ConsignmentPacker", "pallet"]""";

        var answer = await world.AskAsync(Weak);

        Assert.DoesNotContain("Pallets.cs", before);
        Assert.Equal("Pallets.cs", Paths(answer)[0]);
        Assert.Contains("Crate0.cs", Paths(answer));
        Assert.Equal((AssistanceOutcome.Done, AssistanceOutcome.Off), (answer.Assistance!.Rewriting, answer.Assistance.Reranking));
        Assert.Equal(["ConsignmentPacker", "pallet"], answer.Assistance.Words);
        Assert.Equal(Weak, (string)Assert.Single(world.Model.Requests)["messages"]!.AsArray()[^1]!["content"]!);
    }

    [Theory]
    [InlineData("""["a","b","a"]""", "a b")]
    [InlineData("""["a"] and more""", null)]
    [InlineData("""["a",1]""", null)]
    [InlineData("""["a",null]""", null)]
    [InlineData("""["a\nb"]""", null)]
    [InlineData("""[""]""", null)]
    [InlineData("""["1","2","3","4","5","6","7","8","9","10","11","12","13"]""", "1 2 3 4 5 6 7 8 9 10 11 12")]
    [InlineData("""null""", null)]
    public void Rewrite_Reply_IsAListOfWordsOrNothing(string reply, string? words) =>
        Assert.Equal(words, QueryRewriter.Read(reply) is { } read ? string.Join(' ', read) : null);

    [Fact]
    public void Rewrite_LongWord_IsRefused() => Assert.Null(QueryRewriter.Read($"[\"{new string('x', 65)}\"]"));

    [Theory(Timeout = Hang)]
    [InlineData("RerankModel", "no-such-model", "which is not in the catalog")]
    [InlineData("RewriteModel", "offline", "which only quotes")]
    [InlineData("RerankModel", "claude-opus-4-6", "whose provider is not configured")]
    [InlineData("RerankMilliseconds", "0", "RerankMilliseconds")]
    public async Task Start_SettingThatCannotBe_SaysWhich(string key, string value, string said)
    {
        var connectionString = await database.GetAsync();

        var exception = Assert.ThrowsAny<Exception>(() => new RagHost(connectionString, ($"Nura:Rag:Assistance:{key}", value)));

        Assert.Contains(said, Assert.IsType<OptionsValidationException>(exception.GetBaseException()).Message, StringComparison.Ordinal);
    }

    private static List<string> Paths(SearchAnswer answer) => [.. answer.Hits.Select(hit => hit.Citation.Path)];

    [GeneratedRegex("<passage-[0-9a-f]{12} number=\"[0-9]+\">\n(?<path>.+)\n", RegexOptions.ExplicitCapture)]
    private static partial Regex Passage();

    /// <summary>A service with a repository of crates, and a model whose replies a test writes.</summary>
    private sealed class World : IAsyncDisposable
    {
        private readonly TemporaryFile _catalog;
        private readonly SampleRepository _sample;
        private readonly RepositoryView _view;
        private readonly RagHost _plain;
        private readonly RagHost _host;
        private bool _ended;

        private World(FakeOpenAi model, TemporaryFile catalog, RagHost plain, RagHost host, SampleRepository sample, RepositoryView view)
        {
            (Model, _catalog, _plain, _host, _sample, _view) = (model, catalog, plain, host, sample, view);
            model.Instead = async (context, body) =>
            {
                if (Reply is null)
                {
                    return false;
                }

                Passages = [.. Passage().Matches((string)body["messages"]!.AsArray()[^1]!["content"]!).Select(match => match.Groups["path"].Value)];
                context.Response.ContentType = "application/json";
                await context.Response.WriteAsync(FakeOpenAi.Answer(new JsonObject { ["messages"] = new JsonArray(new JsonObject { ["role"] = "user", ["content"] = Reply(Passages) }) }));
                return true;
            };
        }

        public FakeOpenAi Model { get; }

        /// <summary>What the model says to the passages it is shown.</summary>
        public Func<IReadOnlyList<string>, string>? Reply { get; set; }

        /// <summary>The paths of the passages shown last.</summary>
        public IReadOnlyList<string> Passages { get; private set; } = [];

        public static async Task<World> StartAsync(
            DatabaseFixture database, string? rewrite = null, string? rerank = null, int files = 5, params (string Key, string Value)[] settings)
        {
            var connectionString = await database.GetAsync();
            var model = await FakeOpenAi.StartAsync();
            var catalog = new TemporaryFile("""{ "models": [{ "id": "priced", "provider": "openai", "server": "fake", "upstream": "mock", "prices": [{ "input": 2, "output": 8 }] }] }""");
            var plain = new RagHost(connectionString);
            var sample = new SampleRepository(plain.Root);
            sample.Commit(
            [
                .. Enumerable.Range(0, files).SelectMany(i => new[] { $"Crate{i}.cs", $"class Crate{i}\n{{\n    // A crate of goods{string.Concat(Enumerable.Repeat(" stacked", i))}.\n}}\n" }),
                "Pallets.cs", "class ConsignmentPacker\n{\n    int pallet;\n}\n", "Other.cs", "class Other { }\n",
            ]);
            var view = await plain.AddAsync(sample.Path, $"crates-{Guid.NewGuid():N}");
            var all = new List<(string, string)> { ("Nura:Models:Servers:fake:BaseUrl", model.BaseUrl), ("Nura:Models:Servers:fake:Models:0", "mock"), ("Nura:Models:Catalog", catalog.Path) };
            all.AddRange(rewrite is null ? [] : [("Nura:Rag:Assistance:RewriteModel", "priced"), ("Nura:Rag:Assistance:RewriteMilliseconds", rewrite)]);
            all.AddRange(rerank is null ? [] : [("Nura:Rag:Assistance:RerankModel", "priced"), ("Nura:Rag:Assistance:RerankMilliseconds", rerank)]);
            return new World(model, catalog, plain, new RagHost(connectionString, [.. all, .. settings]), sample, view);
        }

        public Task<SearchAnswer> AskAsync(string query, int limit = 50) => _host.Rag.SearchAsync(new SearchRequest(query, [_view.Id], limit), CancellationToken.None);

        /// <summary>What a service without any model answers.</summary>
        public Task<SearchAnswer> WithoutAsync(string query) => _plain.Rag.SearchAsync(new SearchRequest(query, [_view.Id], 50), CancellationToken.None);

        /// <summary>What is recorded of the last call: rows are written when the service ends at the latest.</summary>
        public async Task<(string Model, string? Agent, int Status)> UsageAsync()
        {
            await EndAsync();
            await using var command = _plain.Get<NpgsqlDataSource>().CreateCommand("select model, agent, status from models.usage where cost_usd > 0 order by at desc limit 1");
            await using var reader = await command.ExecuteReaderAsync();
            return await reader.ReadAsync() ? (reader.GetString(0), reader.GetString(1), reader.GetInt32(2)) : default;
        }

        private async Task EndAsync()
        {
            if (!_ended)
            {
                _ended = true;
                await _host.DisposeAsync();
            }
        }

        public async ValueTask DisposeAsync()
        {
            _sample.Dispose();
            await EndAsync();
            await _plain.DisposeAsync();
            await Model.DisposeAsync();
            _catalog.Dispose();
        }
    }
}
