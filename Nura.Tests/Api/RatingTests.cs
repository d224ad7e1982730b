using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Nura.Tests.Databases;

namespace Nura.Tests.Api;

/// <summary>What people say of answers, and administrators read of that. Tests share a database: each has a team of its own.</summary>
public sealed class RatingTests(DatabaseFixture database) : IClassFixture<DatabaseFixture>
{
    private const int Hang = 240_000;
    private const string Good = """{"good":true}""";
    private const string Bad = """{"good":false}""";
    private const string Nothing = """{"good":null}""";

    [Theory(Timeout = Hang), MemberData(nameof(DatabaseFixture.Engines), MemberType = typeof(DatabaseFixture))]
    public async Task Answer_RatedChangedAndTakenBack_IsWhatItsOwnerSaidLast(string engine)
    {
        await using var host = await ApiHost.StartAsync(database, agentsUseModel: true, ("ConnectionStrings:nura", await database.GetAsync(engine)));
        using var owner = await PersonAsync(host, "Ana", engine);
        var (id, run) = await AnsweredAsync(owner);
        Assert.Null(await SaidAsync(owner, id));

        foreach (var (body, said, sums) in (IEnumerable<(string, bool?, string[])>)
        [
            (Bad, false, [$"nura mock {engine}: 0 good, 1 bad"]),
            (Good, true, [$"nura mock {engine}: 1 good, 0 bad"]),
            (Good, true, [$"nura mock {engine}: 1 good, 0 bad"]),
            (Nothing, null, []),
            (Nothing, null, []),
            (Good, true, [$"nura mock {engine}: 1 good, 0 bad"]),
        ])
        {
            Assert.Equal((HttpStatusCode.NoContent, ""), await RateAsync(owner, id, run, body));
            Assert.Equal(said, await SaidAsync(owner, id));
            Assert.Equal(sums, (await SumsAsync(host, "by=agent,model,team")).Where(sum => sum.Contains(engine, StringComparison.Ordinal)));
        }
    }

    [Theory(Timeout = Hang)]
    [InlineData(true, Good)]
    [InlineData(true, Nothing)]
    [InlineData(false, Good)]
    [InlineData(false, Nothing)]
    public async Task Answer_OfSomebodyElse_IsNotRatedAndNotThere(bool shared, string body)
    {
        await using var host = await ApiHost.StartAsync(database, agentsUseModel: true);
        var team = $"{shared} {body}";
        using var owner = await PersonAsync(host, "Ana", team);
        using var reader = await PersonAsync(host, "Bo", "another");
        var (id, run) = await AnsweredAsync(owner);
        await RateAsync(owner, id, run, Bad);
        if (shared)
        {
            await owner.AnswerAsync("PUT", $"/api/conversations/{id}/share");
            Assert.True(Assert.Single(await TurnsAsync(reader, id))!.AsObject() is var turn && turn.ContainsKey("runId") && !turn.ContainsKey("good"), "A reader is told what the owner said.");
        }

        var absent = Guid.CreateVersion7().ToString();
        var refused = await RateAsync(reader, id, run, body);

        Assert.Equal(HttpStatusCode.NotFound, refused.Status);
        // In the words for what never was, and for everything else that is done to a conversation.
        Assert.Equal(refused, await RateAsync(reader, absent, absent, body));
        Assert.Equal(refused, await RateAsync(owner, id, absent, body));
        Assert.Equal(refused, await RateAsync(owner, absent, run, body));
        Assert.Equal(refused, await RateAsync(host.Http, id, run, body));
        Assert.Equal(refused, await reader.AnswerAsync("DELETE", $"/api/conversations/{id}"));
        Assert.False(await SaidAsync(owner, id));
        Assert.Equal([$"{team}: 0 good, 1 bad"], (await SumsAsync(host, "by=team")).Where(sum => sum.StartsWith(team, StringComparison.Ordinal)));
    }

    [Fact(Timeout = Hang)]
    public async Task Answer_StillBeingWritten_IsRatedOnceItsEndIsTold()
    {
        await using var host = await ApiHost.StartAsync(database, agentsUseModel: true);
        var goOn = Waits(host);
        using var owner = await PersonAsync(host, "Ana", "waits");
        var (id, run) = await AskedAsync(owner);

        var refused = await RateAsync(owner, id, run, Good);
        goOn.SetResult();
        await EndAsync(owner, run);
        var taken = await RateAsync(owner, id, run, Good);

        Assert.Equal(HttpStatusCode.Conflict, refused.Status);
        Assert.Contains("Rate it when it is complete.", refused.Body, StringComparison.Ordinal);
        Assert.Equal((HttpStatusCode.NoContent, ""), taken);
    }

    [Fact(Timeout = Hang)]
    public async Task Answer_Stopped_IsRefused()
    {
        await using var host = await ApiHost.StartAsync(database, agentsUseModel: true);
        Waits(host);
        using var owner = await PersonAsync(host, "Ana", "stops");
        var (id, run) = await AskedAsync(owner);
        await owner.AnswerAsync("POST", $"/api/runs/{run}/stop");
        await EndAsync(owner, run);

        var refused = await RateAsync(owner, id, run, Good);

        Assert.Equal(HttpStatusCode.Conflict, refused.Status);
        Assert.Contains("Ask again, and rate that answer.", refused.Body, StringComparison.Ordinal);
        Assert.Null(await SaidAsync(owner, id));
    }

    [Fact(Timeout = Hang)]
    public async Task Answer_NoLongerKept_IsRefusedButWhatWasSaidIsTakenBack()
    {
        await using var host = await ApiHost.StartAsync(database, agentsUseModel: true);
        using var owner = await PersonAsync(host, "Ana", "kept");
        var (id, run) = await AnsweredAsync(owner);
        await RateAsync(owner, id, run, Good);
        await host.Agents.Client.ForgetAsync([Guid.Parse(run)], CancellationToken.None);

        var refused = await RateAsync(owner, id, run, Bad);
        var said = await SaidAsync(owner, id);
        var back = await RateAsync(owner, id, run, Nothing);

        Assert.Equal((HttpStatusCode.Gone, true, HttpStatusCode.NoContent), (refused.Status, said, back.Status));
        Assert.Contains("This answer is no longer kept.", refused.Body, StringComparison.Ordinal);
        Assert.Null(await SaidAsync(owner, id));
    }

    [Theory(Timeout = Hang)]
    [InlineData("{}")]
    [InlineData("""{"goood":true}""")]
    [InlineData("""{"good":"yes"}""")]
    [InlineData("null")]
    public async Task Rating_ThatDoesNotSayIt_IsRefused(string body)
    {
        await using var host = await ApiHost.StartAsync(database, agentsUseModel: true);
        using var owner = await PersonAsync(host, "Ana", "says");
        var (id, run) = await AnsweredAsync(owner);
        await RateAsync(owner, id, run, Good);

        Assert.Equal(HttpStatusCode.BadRequest, (await RateAsync(owner, id, run, body)).Status);
        Assert.True(await SaidAsync(owner, id));
    }

    [Fact(Timeout = Hang)]
    public async Task Rating_ItsConversationDeleted_Stays()
    {
        await using var host = await ApiHost.StartAsync(database, agentsUseModel: true);
        using var owner = await PersonAsync(host, "Ana", "stays");
        var (id, run) = await AnsweredAsync(owner);
        await RateAsync(owner, id, run, Good);

        await owner.AnswerAsync("DELETE", $"/api/conversations/{id}");

        Assert.Equal(HttpStatusCode.NotFound, (await owner.AnswerAsync("GET", $"/api/conversations/{id}/turns")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await RateAsync(owner, id, run, Nothing)).Status);
        Assert.Contains("stays: 1 good, 0 bad", await SumsAsync(host, "by=team"));
    }

    [Theory(Timeout = Hang), MemberData(nameof(DatabaseFixture.Engines), MemberType = typeof(DatabaseFixture))]
    public async Task Report_OfATime_SumsByWhatIsAskedFor(string engine)
    {
        await using var host = await ApiHost.StartAsync(database, settings: ("ConnectionStrings:nura", await database.GetAsync(engine)));
        await using (var past = DatabaseFixture.Pool(await database.GetAsync(engine))!.CreateCommand(
            """
            insert into api.ratings (run_id, agent, model, team, good, rated_at) values
                (gen_random_uuid(), 'nura', 'cheap', 'shop', true, '2020-03-01T00:00:00Z'),
                (gen_random_uuid(), 'nura', 'cheap', 'shop', false, '2020-03-01T23:59:59Z'),
                (gen_random_uuid(), 'other', 'dear', 'core', true, '2020-03-02T00:00:00Z'),
                (gen_random_uuid(), 'other', '', null, true, '2020-03-03T23:59:59Z')
            """))
        {
            await past.ExecuteNonQueryAsync();
        }

        const string Days = "from=2020-03-01&to=2020-03-03";
        Assert.Equal(["2020-03-01: 1 good, 1 bad", "2020-03-02: 1 good, 0 bad", "2020-03-03: 1 good, 0 bad"], await SumsAsync(host, $"{Days}&by=day"));
        Assert.Equal([": 1 good, 0 bad", "cheap: 1 good, 1 bad", "dear: 1 good, 0 bad"], await SumsAsync(host, $"{Days}&by=model"));
        Assert.Equal(["nura: 1 good, 1 bad", "other: 2 good, 0 bad"], await SumsAsync(host, $"{Days}&by=agent"));
        Assert.Equal([": 1 good, 0 bad", "core: 1 good, 0 bad", "shop: 1 good, 1 bad"], await SumsAsync(host, $"{Days}&by=team"));
        Assert.Equal(["other  2020-03-03: 1 good, 0 bad", "other dear 2020-03-02: 1 good, 0 bad"], await SumsAsync(host, "from=2020-03-02&to=2020-03-03&by=agent,model,day"));
        Assert.Equal(["2020-03-02 dear: 1 good, 0 bad"], await SumsAsync(host, "from=2020-03-02&to=2020-03-02"));
        Assert.Empty(await SumsAsync(host, "to=2020-02-29"));
        Assert.DoesNotContain(await SumsAsync(host, "by=model"), sum => sum.StartsWith("dear", StringComparison.Ordinal));
    }

    [Theory(Timeout = Hang)]
    [InlineData("by=key")]
    [InlineData("by=day,model,agent,team")]
    [InlineData("by=good;drop")]
    [InlineData("from=0001-01-01")]
    [InlineData("to=9999-12-31")]
    public async Task Report_OfWhatThereIsNot_IsRefused(string query)
    {
        await using var host = await ApiHost.StartAsync(database);

        Assert.Equal(HttpStatusCode.BadRequest, (await host.Http.AnswerAsync("GET", $"/api/models/ratings?{query}")).Status);
    }

    [Fact(Timeout = Hang)]
    public async Task Report_NoAdministrator_MayNotReadIt()
    {
        await using var host = await ApiHost.StartAsync(database);
        using var curious = await PersonAsync(host, "Ana", "curious");

        Assert.Equal(HttpStatusCode.Forbidden, (await curious.AnswerAsync("GET", "/api/models/ratings")).Status);
    }

    /// <summary>The model of the agents waits before it answers.</summary>
    private static TaskCompletionSource Waits(ApiHost host)
    {
        var goOn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        host.Agents.Model.Instead = async (http, _) =>
        {
            await goOn.Task.WaitAsync(http.RequestAborted);
            return false;
        };
        return goOn;
    }

    private static async Task<HttpClient> PersonAsync(ApiHost host, string name, string team)
    {
        var made = await host.Http.AnswerAsync("POST", "/api/keys", new JsonObject { ["name"] = name, ["team"] = team }.ToJsonString());
        var http = new HttpClient(new SocketsHttpHandler(), disposeHandler: true) { BaseAddress = host.Service.Url, Timeout = TimeSpan.FromSeconds(60) };
        http.DefaultRequestHeaders.Authorization = new("Bearer", (string)JsonNode.Parse(made.Body)!["key"]!);
        return http;
    }

    private static async Task<(string Id, string Run)> AskedAsync(HttpClient owner)
    {
        var id = (string)JsonNode.Parse((await owner.AnswerAsync("POST", "/api/conversations", """{"title":"Hats"}""")).Body)!["id"]!;
        var turn = await owner.AnswerAsync("POST", $"/api/conversations/{id}/turns", """{"question":"What is sold?","agent":"nura","messages":[{"role":"user","content":"What is sold?"}]}""");
        return (id, (string)JsonNode.Parse(turn.Body)!["runId"]!);
    }

    private static async Task<(string Id, string Run)> AnsweredAsync(HttpClient owner)
    {
        var (id, run) = await AskedAsync(owner);
        await EndAsync(owner, run);
        return (id, run);
    }

    private static async Task EndAsync(HttpClient owner, string run) =>
        Assert.Contains("\"type\":\"done\"", await owner.GetStringAsync($"/api/runs/{run}/events"), StringComparison.Ordinal);

    private static async Task<JsonArray> TurnsAsync(HttpClient http, string id) => (await http.GetFromJsonAsync<JsonArray>($"/api/conversations/{id}/turns"))!;

    private static async Task<bool?> SaidAsync(HttpClient owner, string id) => (bool?)Assert.Single(await TurnsAsync(owner, id))!["good"];

    /// <returns>The groups, in the order of the report, as <c>nura mock: 1 good, 0 bad</c>.</returns>
    private static async Task<List<string>> SumsAsync(ApiHost host, string query) =>
        [.. (await host.Http.GetFromJsonAsync<JsonArray>($"/api/models/ratings?{query}"))!.Select(sum => $"{string.Join(' ', sum!["group"]!.AsObject().Select(value => value.Value))}: {sum["good"]} good, {sum["bad"]} bad")];

    private static Task<(HttpStatusCode Status, string Body)> RateAsync(HttpClient http, string id, string run, string body) =>
        http.AnswerAsync("PUT", $"/api/conversations/{id}/turns/{run}/rating", body);
}
