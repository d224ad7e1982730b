using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Nura.Api;
using Nura.Api.Conversations;
using Nura.Contracts;
using Nura.Tests.Agents;
using Nura.Tests.Databases;
using Nura.Tests.Rag;

namespace Nura.Tests.Api;

/// <summary>Whoever may not see a repository reads nothing of it in a shared conversation either.</summary>
public sealed class SharedAnswerTests(DatabaseFixture database) : IClassFixture<DatabaseFixture>
{
    private const int Hang = 240_000;

    private static readonly Guid s_hats = Guid.Parse("00000000-0000-0000-0000-00000000000a");
    private static readonly Guid s_payroll = Guid.Parse("00000000-0000-0000-0000-00000000000b");

    /// <summary>Each limit is one of the repositories' letters; null is none.</summary>
    [Theory(Timeout = Hang), MemberData(nameof(DatabaseFixture.Engines), MemberType = typeof(DatabaseFixture))]
    public async Task Answer_Shared_IsReadByThoseWhoMaySeeAllThatItMayDrawOn(string engine)
    {
        await using var service = await ServeAsync(engine);
        var store = await StoreAsync(engine);
        foreach (var (asker, reader, reads) in new (string? Asker, string? Reader, bool Reads)[]
        {
            (null, null, true), (null, "ab", false), (null, "", false), ("ab", null, true), ("ab", "ab", true), ("ab", "ba", true), ("ab", "a", false), ("ab", "", false),
            ("a", "ab", true), ("a", "a", true), ("a", "b", false), ("a", "", false), ("", "a", true), ("", "", true),
        })
        {
            var (conversation, owner) = await SharedAsync(store);
            var run = await AskAsync(store, conversation, Limit(owner, asker));

            Assert.Equal((reads, reads ? run : (Guid?)null), await SeenAsync(store, conversation, run, reader));
            await store.ShareAsync(conversation, owner, shared: false, orAnybodys: false, CancellationToken.None);
            Assert.Null(await store.TurnsAsync(conversation, Limit(Guid.CreateVersion7(), reader), CancellationToken.None));
            Assert.False(await store.HasReadableRunAsync(Limit(Guid.CreateVersion7(), reader), run, CancellationToken.None));
            Assert.True(await store.HasReadableRunAsync(Limit(owner, ""), run, CancellationToken.None));
        }
    }

    [Theory(Timeout = Hang), MemberData(nameof(DatabaseFixture.Engines), MemberType = typeof(DatabaseFixture))]
    public async Task Answer_BehindOthers_DrawsOnAllThatTheyDo(string engine)
    {
        await using var service = await ServeAsync(engine);
        var store = await StoreAsync(engine);
        var (conversation, owner) = await SharedAsync(store);
        var first = await AskAsync(store, conversation, Limit(owner, "a"));
        var wider = await AskAsync(store, conversation, Limit(owner, "b"));
        var narrower = await AskAsync(store, conversation, Limit(owner, "a"));

        Assert.Equal((true, first), await SeenAsync(store, conversation, first, "a"));
        foreach (var run in (Guid[])[wider, narrower])
        {
            Assert.Equal((false, null), await SeenAsync(store, conversation, run, "a"));
            Assert.Equal((true, run), await SeenAsync(store, conversation, run, "ab"));
        }
    }

    [Theory(Timeout = Hang), MemberData(nameof(DatabaseFixture.Engines), MemberType = typeof(DatabaseFixture))]
    public async Task Answer_OfAnEarlierVersion_IsReadWithoutALimitAlone(string engine)
    {
        await using var service = await ServeAsync(engine);
        var store = await StoreAsync(engine);
        var (conversation, owner) = await SharedAsync(store);
        var earlier = Guid.CreateVersion7();
        await using var insert = DatabaseFixture.Pool(await database.GetAsync(engine))!.CreateCommand($"insert into api.turns (conversation_id, question, run_id) values ('{conversation}', '?', '{earlier}')");
        await insert.ExecuteNonQueryAsync();
        var later = await AskAsync(store, conversation, Limit(owner, "a"));

        foreach (var run in (Guid[])[earlier, later])
        {
            Assert.Equal((false, null), await SeenAsync(store, conversation, run, "ab"));
            Assert.Equal((true, run), await SeenAsync(store, conversation, run, null));
        }
    }

    [Fact(Timeout = Hang)]
    public async Task LimitedKey_ReadsASharedConversation_GetsNothingOfOtherRepositories()
    {
        await using var nura = await RunningNura.StartAsync(database, ("Nura:Api:KeyMemory", "00:00:00"));
        using var mine = new SampleRepository(nura.Folder);
        using var secret = new SampleRepository(nura.Folder);
        mine.Commit("Cart.cs", "class Cart\n{\n    int CountItems() => 1;\n}\n");
        var commit = secret.Commit("Payroll.cs", "class Payroll\n{\n    int SalaryOfTheBoss() => 1;\n}\n");
        var (view, hidden) = (await nura.AddAsync(mine, "shared-mine"), await nura.AddAsync(secret, "shared-secret"));
        using var owner = nura.As((await nura.KeyAsync(view.Id, hidden.Id)).Key);
        var (key, reading) = await nura.KeyAsync(view.Id);
        using var reader = nura.As(key);
        using var made = await owner.PostAsJsonAsync("/api/conversations", new { title = "Pay" });
        var id = (string)JsonNode.Parse(await made.Content.ReadAsStringAsync())!["id"]!;
        const string Question = "What is the SalaryOfTheBoss in Payroll?";
        using var asked = await owner.PostAsJsonAsync($"/api/conversations/{id}/turns", new { question = Question, agent = "nura", messages = new[] { new { role = "user", content = Question } } });
        var run = (string)JsonNode.Parse(await asked.Content.ReadAsStringAsync())!["runId"]!;
        Assert.Contains("shared-secret", await owner.GetStringAsync($"/api/runs/{run}/events"), StringComparison.Ordinal);
        using var shared = await owner.PutAsync($"/api/conversations/{id}/share", null);
        var source = $"/api/file?citation={Uri.EscapeDataString($"shared-secret@{commit}:Payroll.cs#L1-L2")}";

        var turn = Assert.Single((await reader.GetFromJsonAsync<JsonArray>($"/api/conversations/{id}/turns"))!)!.AsObject();
        Assert.Equal((Question, false), ((string?)turn["question"], turn.ContainsKey("runId")));
        Assert.All(await StatusesAsync(reader, $"/api/runs/{run}", $"/api/runs/{run}/events", source), status => Assert.Equal(HttpStatusCode.NotFound, status));

        // What the reader may see now is what counts.
        using var widened = await nura.Http.PutAsJsonAsync($"/api/keys/{reading}/repositories", new { repositories = new[] { view.Id, hidden.Id } });
        Assert.Equal(run, (string?)Assert.Single((await reader.GetFromJsonAsync<JsonArray>($"/api/conversations/{id}/turns"))!)!["runId"]);
        Assert.All(await StatusesAsync(reader, $"/api/runs/{run}", $"/api/runs/{run}/events", source), status => Assert.Equal(HttpStatusCode.OK, status));
    }

    /// <summary>The service brings its tables along.</summary>
    private async Task<ServiceHost<ApiOptions>> ServeAsync(string engine)
    {
        var service = new ServiceHost<ApiOptions>([
            ("ConnectionStrings:nura", await database.GetAsync(engine)), ("services:rag:http:0", "http://127.0.0.1:1"), ("services:agents:http:0", "http://127.0.0.1:1"), ("Nura:Api:Key", ApiHost.Key)]);
        service.Http.DefaultRequestHeaders.Add("Authorization", $"Bearer {ApiHost.Key}");
        using var ready = await service.Http.GetAsync("/api/conversations");
        Assert.Equal(HttpStatusCode.OK, ready.StatusCode);
        return service;
    }

    private async Task<ConversationStore> StoreAsync(string engine) => new(DatabaseFixture.Pool(await database.GetAsync(engine))!);

    private static async Task<(Guid Id, Guid Owner)> SharedAsync(ConversationStore store)
    {
        var (id, owner) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        await store.InsertAsync(id, owner, "Pay", CancellationToken.None);
        Assert.True(await store.ShareAsync(id, owner, shared: true, orAnybodys: false, CancellationToken.None));
        return (id, owner);
    }

    private static async Task<Guid> AskAsync(ConversationStore store, Guid conversation, CallerScope asker)
    {
        var run = Guid.CreateVersion7();
        Assert.NotNull(await store.AddTurnAsync(conversation, asker, "?", run, CancellationToken.None));
        return run;
    }

    /// <summary>Whether a reader may read a run, and the run as the list of turns has it.</summary>
    private static async Task<(bool Reads, Guid? Listed)> SeenAsync(ConversationStore store, Guid conversation, Guid run, string? limit)
    {
        var reader = Limit(Guid.CreateVersion7(), limit);
        var turns = await store.TurnsAsync(conversation, reader, CancellationToken.None);
        return (await store.HasReadableRunAsync(reader, run, CancellationToken.None), turns!.SingleOrDefault(turn => turn.RunId == run)?.RunId);
    }

    private static CallerScope Limit(Guid holder, string? letters) => new(holder, Administrator: false, letters?.Select(letter => letter == 'a' ? s_hats : s_payroll).ToArray());

    private static async Task<List<HttpStatusCode>> StatusesAsync(HttpClient http, params string[] paths)
    {
        var statuses = new List<HttpStatusCode>();
        foreach (var path in paths)
        {
            using var response = await http.GetAsync(path);
            statuses.Add(response.StatusCode);
        }

        return statuses;
    }
}
