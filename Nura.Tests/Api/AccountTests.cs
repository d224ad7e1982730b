using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Npgsql;
using Nura.Contracts;
using Nura.Tests.Databases;
using Nura.Tests.Fakes;
using Nura.Tests.Models;
using Nura.Tests.Rag;

namespace Nura.Tests.Api;

/// <summary>Whoever asks an agent pays for all that it leads to: the agent's calls of models, and those that help its searches.</summary>
public sealed class AccountTests(DatabaseFixture database) : IClassFixture<DatabaseFixture>
{
    private const int Hang = 180_000;
    private const string Question = "how are purchases bundled for shipping, crate";

    [Fact(Timeout = Hang)]
    public async Task Question_ToAnAgent_IsOnTheAccountOfKeyUserAndTeam()
    {
        await using var world = await World.StartAsync(database);
        var (key, id) = await world.KeyAsync("Zoë; of 100%", "platform");

        Assert.Equal(HttpStatusCode.OK, await world.AskAsync(key, "nura"));
        Assert.Equal(HttpStatusCode.OK, await world.AskAsync(key, "priced"));

        Assert.Equal(
            [("", id, "Zoë; of 100%", "platform"), ("nura", id, "Zoë; of 100%", "platform"), ("search", id, "Zoë; of 100%", "platform")],
            await world.UsageAsync(id, 3));
    }

    [Fact(Timeout = Hang)]
    public async Task Budget_OfATeamUsedUp_RefusesItsQuestionsToAgentsAndNobodyElses()
    {
        var team = $"team-{Guid.NewGuid():N}";
        await using var world = await World.StartAsync(database, ($"Nura:Models:Budgets:{team}:Limit", "0.0000001"), ($"Nura:Models:Budgets:{team}:Scope", "Team"), ($"Nura:Models:Budgets:{team}:Id", team));
        var (member, id) = await world.KeyAsync("member", team);
        var (other, _) = await world.KeyAsync("other", null);

        using var refused = await world.SendAsync(member, "nura");

        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        Assert.Contains(team, await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, await world.AskAsync(other, "nura"));
        using var moved = await world.Nura.Http.PutAsJsonAsync($"/api/keys/{id}/team", new { team = (string?)null });
        Assert.Equal(HttpStatusCode.OK, moved.StatusCode);
        Assert.Equal(HttpStatusCode.OK, await world.AskAsync(member, "nura"));
    }

    [Theory(Timeout = Hang)]
    [InlineData("""{"team":" "}""")]
    [InlineData("""{"team":""}""")]
    [InlineData("""{}""")]
    public async Task Team_WithoutAName_IsRefused(string body)
    {
        await using var host = await ApiHost.StartAsync(database);
        using var made = await host.Http.PostAsJsonAsync("/api/keys", new { name = "somebody" });
        var id = (string)JsonNode.Parse(await made.Content.ReadAsStringAsync())!["view"]!["id"]!;

        using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        using var refused = await host.Http.PutAsync($"/api/keys/{id}/team", content);

        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("one;two")]
    [InlineData("not-an-identity;a;b")]
    public void Account_ThatCannotBeRead_IsNobodys(string? text) => Assert.Null(Account.Read(text));

    [Theory]
    [InlineData("a;b%3B", null)]
    [InlineData(null, "Zoë\r\nx-other: 1")]
    public void Account_Written_IsReadAsItWas(string? user, string? team)
    {
        var account = new Account(Guid.NewGuid(), user, team);

        Assert.DoesNotContain('\n', account.ToString());
        Assert.Equal(account, Account.Read(account.ToString()));
    }

    /// <summary>All services with a repository, and a model with prices that also rewrites weak searches.</summary>
    private sealed class World : IAsyncDisposable
    {
        private readonly TemporaryFile _catalog;
        private readonly FakeOpenAi _model;
        private readonly SampleRepository _sample;

        private World(RunningNura nura, FakeOpenAi model, TemporaryFile catalog, SampleRepository sample) => (Nura, _model, _catalog, _sample) = (nura, model, catalog, sample);

        public RunningNura Nura { get; }

        public static async Task<World> StartAsync(DatabaseFixture database, params (string Key, string? Value)[] settings)
        {
            var model = await FakeOpenAi.StartAsync();
            var catalog = new TemporaryFile("""{ "models": [{ "id": "priced", "provider": "openai", "server": "fake", "upstream": "mock", "capabilities": ["tools"], "prices": [{ "input": 2, "output": 8 }] }] }""");
            var nura = await RunningNura.StartAsync(database, [
                ("Nura:Models:Catalog", catalog.Path), ("Nura:Models:Default", "priced"), ("Nura:Models:Servers:fake:BaseUrl", model.BaseUrl), ("Nura:Models:Servers:fake:Models:0", "mock"),
                ("Nura:Rag:Assistance:RewriteModel", "priced"), ("Nura:Rag:Assistance:RewriteMilliseconds", "60000"), .. settings]);
            var sample = new SampleRepository(nura.Folder);
            sample.Commit([.. Enumerable.Range(0, 5).SelectMany(i => new[] { $"Crate{i}.cs", $"class Crate{i}\n{{\n    // A crate of goods.\n}}\n" })]);
            await nura.AddAsync(sample, $"crates-{Guid.NewGuid():N}");
            return new World(nura, model, catalog, sample);
        }

        public async Task<(string Key, string Id)> KeyAsync(string name, string? team)
        {
            using var response = await Nura.Http.PostAsJsonAsync("/api/keys", new { name, team });
            var created = JsonNode.Parse(await response.EnsureSuccessStatusCode().Content.ReadAsStringAsync())!;
            Assert.Equal(team, (string?)created["view"]!["team"]);
            return ((string)created["key"]!, (string)created["view"]!["id"]!);
        }

        public async Task<HttpResponseMessage> SendAsync(string key, string model)
        {
            using var http = Nura.As(key);
            return await http.PostAsJsonAsync("/v1/chat/completions", new { model, messages = new[] { new { role = "user", content = Question } } });
        }

        public async Task<HttpStatusCode> AskAsync(string key, string model)
        {
            using var response = await SendAsync(key, model);
            return response.StatusCode;
        }

        /// <summary>On whose account a key's calls are, by agent; waits until there are as many, for rows are written behind.</summary>
        public async Task<List<(string Agent, string Key, string User, string Team)>> UsageAsync(string key, int atLeast)
        {
            while (true)
            {
                await using var command = Nura.Service.Get<NpgsqlDataSource>().CreateCommand("select distinct coalesce(agent, ''), key, user_name, coalesce(team, '') from models.usage where key = $1 order by 1");
                command.Parameters.AddWithValue(key);
                await using var reader = await command.ExecuteReaderAsync();
                var rows = new List<(string, string, string, string)>();
                while (await reader.ReadAsync())
                {
                    rows.Add((reader.GetString(0), reader.GetString(1), reader.GetString(2), reader.GetString(3)));
                }

                if (rows.Count >= atLeast)
                {
                    return rows;
                }

                await Task.Delay(50);
            }
        }

        public async ValueTask DisposeAsync()
        {
            _sample.Dispose();
            await Nura.DisposeAsync();
            await _model.DisposeAsync();
            _catalog.Dispose();
        }
    }
}
