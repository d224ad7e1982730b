using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Nura.Api.Conversations;
using Nura.Contracts;
using Nura.Tests.Databases;
using Nura.Tests.Fakes;
using Nura.Tests.Requirements;

namespace Nura.Tests.Api;

public sealed class ConversationTests(DatabaseFixture database) : IClassFixture<DatabaseFixture>
{
    private const int Hang = 180_000;
    private const int Gate = 2026;

    [Fact(Timeout = Hang)]
    public async Task Conversation_Asked_KeepsTheQuestionAndTheRunThatAnswers()
    {
        await using var host = await ApiHost.StartAsync(database);
        host.Agents.Rag.Add("README.md", "The shop sells hats.");
        var id = await CreateAsync(host, "Hats");

        using var asked = await host.Http.PostAsJsonAsync(
            $"/api/conversations/{id}/turns", new { question = "What is sold?", agent = "nura", messages = new[] { new { role = "user", content = "What is sold?" } } });
        var turns = await host.Http.GetFromJsonAsync<JsonArray>($"/api/conversations/{id}/turns");

        Assert.Equal(HttpStatusCode.Created, asked.StatusCode);
        var turn = Assert.Single(turns!)!;
        Assert.Equal("What is sold?", (string?)turn["question"]);
        var log = await host.Agents.LogAsync((Guid)turn["runId"]!);
        Assert.Contains(log, entry => entry.Event is RunCitation { Citation.Path: "README.md" });
    }

    [Fact(Timeout = Hang)]
    public async Task Conversation_OfAnotherKey_IsNotThere()
    {
        await using var host = await ApiHost.StartAsync(database);
        var id = await CreateAsync(host, "Mine");
        using var made = await host.Http.PostAsJsonAsync("/api/keys", new { name = "somebody else" });
        var key = (string)JsonNode.Parse(await made.Content.ReadAsStringAsync())!["key"]!;
        host.Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);

        using var read = await host.Http.GetAsync($"/api/conversations/{id}/turns");
        using var renamed = await host.Http.PatchAsJsonAsync($"/api/conversations/{id}", new { title = "Stolen" });
        using var deleted = await host.Http.DeleteAsync($"/api/conversations/{id}");
        using var asked = await host.Http.PostAsJsonAsync($"/api/conversations/{id}/turns", new { question = "?", agent = "nura", messages = new[] { new { role = "user", content = "?" } } });

        Assert.All([read, renamed, deleted, asked], response => Assert.Equal(HttpStatusCode.NotFound, response.StatusCode));
        Assert.Empty((await host.Http.GetFromJsonAsync<JsonArray>("/api/conversations"))!);
        Assert.Empty(host.Agents.Rag.Searches);
    }

    [Fact(Timeout = Hang)]
    public async Task Conversation_RenamedThenDeleted_IsListedSoAndThenGone()
    {
        await using var host = await ApiHost.StartAsync(database);
        var id = await CreateAsync(host, "First");

        using var renamed = await host.Http.PatchAsJsonAsync($"/api/conversations/{id}", new { title = " Second " });
        var listed = await host.Http.GetFromJsonAsync<JsonArray>("/api/conversations");
        using var deleted = await host.Http.DeleteAsync($"/api/conversations/{id}");
        var left = await host.Http.GetFromJsonAsync<JsonArray>("/api/conversations");

        Assert.Equal("Second", (string?)listed!.Single(entry => (string?)entry!["id"] == id)!["title"]);
        Assert.DoesNotContain(left!, entry => (string?)entry!["id"] == id);
    }

    [Fact(Timeout = Hang)]
    public async Task Conversations_MoreThanTaken_AreListedPageByPage()
    {
        await using var host = await ApiHost.StartAsync(database);
        using var made = await host.Http.PostAsJsonAsync("/api/keys", new { name = "with many" });
        host.Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", (string)JsonNode.Parse(await made.Content.ReadAsStringAsync())!["key"]!);
        string[] ids = [await CreateAsync(host, "1"), await CreateAsync(host, "2"), await CreateAsync(host, "3")];

        var newest = (await host.Http.GetFromJsonAsync<JsonArray>("/api/conversations?take=2"))!;
        var older = (await host.Http.GetFromJsonAsync<JsonArray>($"/api/conversations?take=2&before={Uri.EscapeDataString((string)newest[^1]!["updatedAt"]!)}"))!;
        using var tooMany = await host.Http.GetAsync("/api/conversations?take=201");
        using var noTime = await host.Http.GetAsync("/api/conversations?before=yesterday");

        Assert.Equal(ids.Reverse(), newest.Concat(older).Select(conversation => (string)conversation!["id"]!));
        Assert.Equal((HttpStatusCode.BadRequest, HttpStatusCode.BadRequest), (tooMany.StatusCode, noTime.StatusCode));
        Assert.Contains("1 to 200", await tooMany.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory(Timeout = Hang)]
    [InlineData("hats", "Of HATS")]
    [InlineData("sold what", "Of shoes", "Of HATS")]
    [InlineData("shoes  hats")]
    [InlineData("100%", "100% wool")]
    [InlineData("0%w")]
    [InlineData("wÖÖl", "wööl")]
    [InlineData(@"w\S")]
    [InlineData("w.*l")]
    [InlineData("  ", "wööl", "100% wool", "Of shoes", "Of HATS")]
    public async Task Conversations_Searched_AreThoseWithEveryWord(string search, params string[] titles)
    {
        await using var host = await ApiHost.StartAsync(database);
        using var made = await host.Http.PostAsJsonAsync("/api/keys", new { name = "who searches" });
        host.Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", (string)JsonNode.Parse(await made.Content.ReadAsStringAsync())!["key"]!);
        foreach (var title in (string[])["Of HATS", "Of shoes"])
        {
            using var asked = await AskAsync(host, await CreateAsync(host, title), "What is sold?");
        }

        await CreateAsync(host, "100% wool");
        await CreateAsync(host, "wööl");

        var found = (await host.Http.GetFromJsonAsync<JsonArray>($"/api/conversations?search={Uri.EscapeDataString(search)}"))!;
        using var tooLong = await host.Http.GetAsync($"/api/conversations?search={new string('a', 201)}");

        Assert.Equal(titles, found.Select(conversation => (string)conversation!["title"]!));
        Assert.Equal(HttpStatusCode.BadRequest, tooLong.StatusCode);
    }

    [Theory(Timeout = Hang)]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("a\0b")]
    [InlineData(null)]
    public async Task Conversation_WithoutAUsableTitle_IsRefused(string? title)
    {
        await using var host = await ApiHost.StartAsync(database);

        using var response = await host.Http.PostAsJsonAsync("/api/conversations", new { title });

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
    }

    [Theory(Timeout = Hang)]
    [InlineData("")]
    [InlineData(null)]
    public async Task Question_Missing_IsRefusedBeforeAnythingRuns(string? question)
    {
        await using var host = await ApiHost.StartAsync(database);
        var id = await CreateAsync(host, "Hats");

        using var asked = await AskAsync(host, id, question);

        Assert.Equal(HttpStatusCode.BadRequest, asked.StatusCode);
        Assert.Empty(host.Agents.Rag.Searches);
    }

    [Fact(Timeout = Hang)]
    public async Task Question_ThatCannotBeKept_IsRefusedAndItsRunForgotten()
    {
        await using var host = await ApiHost.StartAsync(database, agentsUseModel: true);
        var id = await CreateAsync(host, "Hats");
        NeverAnswers(host);
        await using var runs = DatabaseFixture.Pool(await database.GetAsync())!.CreateCommand("select count(*) from agents.runs");
        var before = (long)(await runs.ExecuteScalarAsync())!;

        using var asked = await AskAsync(host, id, "a\0b");

        Assert.Equal(HttpStatusCode.BadRequest, asked.StatusCode);
        Assert.Empty((await host.Http.GetFromJsonAsync<JsonArray>($"/api/conversations/{id}/turns"))!);
        Assert.Equal(before, (long)(await runs.ExecuteScalarAsync())!);
    }

    [Fact(Timeout = Hang)]
    public async Task Question_NeitherKeptNorItsRunForgotten_FailsForTheFirstReason()
    {
        await using var agents = await AgentsAsync(_ => throw new InvalidOperationException("away"));
        await using var host = await ApiHost.StartAsync(database, settings: [("services:agents:http:0", agents.Urls.Single()), ("Nura:Resilience:Retries", "0")]);
        var id = await CreateAsync(host, "Hats");

        using var asked = await AskAsync(host, id, "a\0b");

        Assert.Equal(HttpStatusCode.BadRequest, asked.StatusCode);
    }

    [Fact(Timeout = Hang)]
    public async Task Conversation_Asked_KeepsTheAnswerThoughOthersGo()
    {
        await using var host = await ApiHost.StartAsync(database);
        var run = await RunAsync(await AskAsync(host, await CreateAsync(host, "Hats"), "What is sold?"));

        await using var kept = DatabaseFixture.Pool(await database.GetAsync())!.CreateCommand($"select kept from agents.runs where id = '{run}'");

        Assert.True((bool)(await kept.ExecuteScalarAsync())!);
    }

    [Fact(Timeout = Hang)]
    public async Task Conversation_Deleted_ItsAnswersAreGone()
    {
        await using var host = await ApiHost.StartAsync(database);
        var id = await CreateAsync(host, "Hats");
        var run = await RunAsync(await AskAsync(host, id, "What is sold?"));
        await host.Agents.LogAsync(run);

        using var deleted = await host.Http.DeleteAsync($"/api/conversations/{id}");

        Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (HttpStatusCode)(await Assert.ThrowsAsync<ProblemException>(() => host.Agents.LogAsync(run))).Status);
    }

    [Fact(Timeout = Hang)]
    public async Task Conversation_DeletedWhileItIsAnswered_EndsTheRun()
    {
        await using var host = await ApiHost.StartAsync(database, agentsUseModel: true);
        var id = await CreateAsync(host, "Hats");
        var (answering, ended) = NeverAnswers(host);
        using var asked = await AskAsync(host, id, "What is sold?");
        await answering;

        using var deleted = await host.Http.DeleteAsync($"/api/conversations/{id}");

        Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
        await ended;
    }

    [Fact(Timeout = Hang)]
    public async Task Conversation_WhoseAnswersCannotBeDeleted_Stays()
    {
        await using var agents = await AgentsAsync(_ => throw new InvalidOperationException("away"));
        await using var host = await ApiHost.StartAsync(database, settings: [("services:agents:http:0", agents.Urls.Single()), ("Nura:Resilience:Retries", "0")]);
        var id = await CreateAsync(host, "Hats");
        using var asked = await AskAsync(host, id, "What is sold?");

        using var deleted = await host.Http.DeleteAsync($"/api/conversations/{id}");

        Assert.False(deleted.IsSuccessStatusCode);
        Assert.Single((await host.Http.GetFromJsonAsync<JsonArray>($"/api/conversations/{id}/turns"))!);
    }

    [Fact(Timeout = Hang)]
    public async Task Conversation_SilentForTooLong_IsDeletedWithItsAnswers()
    {
        await using var host = await ApiHost.StartAsync(database);
        var (old, fresh) = (await CreateAsync(host, "Old"), await CreateAsync(host, "Fresh"));
        var (answer, other) = (await RunAsync(await AskAsync(host, old, "What was sold?")), await RunAsync(await AskAsync(host, fresh, "What is sold?")));
        await host.Agents.LogAsync(answer);
        await host.Agents.LogAsync(other);
        await ExecuteAsync(DatabaseFixture.Pool(await database.GetAsync())!, $"update api.conversations set updated_at = now() - case when id = '{old}' then interval '31 days' else interval '29 days' end where id in ('{old}', '{fresh}')");

        await using var expiring = await ApiHost.StartAsync(database, settings: ("Nura:Api:ConversationDays", "30"));
        await expiring.Service.Logs.WhenLogged(1063);

        Assert.Equal([fresh], (await host.Http.GetFromJsonAsync<JsonArray>("/api/conversations"))!.Select(entry => (string)entry!["id"]!).Where(id => id == old || id == fresh));
        await Assert.ThrowsAsync<ProblemException>(() => host.Agents.LogAsync(answer));
        Assert.NotEmpty(await host.Agents.LogAsync(other));
    }

    [Fact(Timeout = Hang)]
    public async Task Conversation_AskedInWhileOthersExpire_Stays()
    {
        await using var source = NpgsqlDataSource.Create(await database.GetAsync());
        List<string> old = [];
        await using var agents = await AgentsAsync(run =>
        {
            // What a question does to the others, once they are known to be silent.
            using var ask = source.CreateCommand($"update api.conversations c set updated_at = now() where not exists (select from api.turns t where t.conversation_id = c.id and t.run_id = '{run}')");
            ask.ExecuteNonQuery();
        });
        await using var host = await ApiHost.StartAsync(database, settings: ("services:agents:http:0", agents.Urls.Single()));
        foreach (var title in (string[])["One", "Another"])
        {
            old.Add(await CreateAsync(host, title));
            using var asked = await AskAsync(host, old[^1], "What was sold?");
        }

        await ExecuteAsync(source, $"update api.conversations set updated_at = now() - interval '31 days' where id in ('{old[0]}', '{old[1]}')");

        await using var expiring = await ApiHost.StartAsync(database, settings: [("services:agents:http:0", agents.Urls.Single()), ("Nura:Api:ConversationDays", "30")]);
        await expiring.Service.Logs.WhenLogged(1063);

        Assert.Single((await host.Http.GetFromJsonAsync<JsonArray>("/api/conversations"))!, entry => old.Contains((string)entry!["id"]!));
    }

    [Fact(Timeout = Hang)]
    [Trait("Inside", "service")]
    public async Task Conversation_WhoeverDeletesItLeavesMeanwhile_GoesWithItsAnswers()
    {
        using var leaving = new CancellationTokenSource();
        await using var agents = await AgentsAsync(_ => leaving.Cancel());
        await using var host = await ApiHost.StartAsync(database, settings: ("services:agents:http:0", agents.Urls.Single()));
        var id = await CreateAsync(host, "Hats");
        using var asked = await AskAsync(host, id, "What is sold?");

        var removed = await host.Service.Get<ConversationRemoval>().RemoveAsync(Guid.Parse(id), Guid.Empty, silentSince: null, leaving.Token);

        Assert.True(removed);
        using var turns = await host.Http.GetAsync($"/api/conversations/{id}/turns");
        Assert.Equal(HttpStatusCode.NotFound, turns.StatusCode);
    }

    /// <summary>A gate holds the turn after its conversation is locked and before it is written, until the deletion waits for it.</summary>
    [NativePostgresFact(Timeout = Hang)]
    public async Task Conversation_DeletedWhileATurnIsAdded_HasItsRunForgotten()
    {
        var forgotten = new ConcurrentBag<Guid>();
        await using var agents = await AgentsAsync(forgotten.Add);
        await using var host = await ApiHost.StartAsync(database, settings: ("services:agents:http:0", agents.Urls.Single()));
        var id = await CreateAsync(host, "Hats");
        var source = DatabaseFixture.Pool(await database.GetAsync(DatabaseFixture.Native))!;
        await ExecuteAsync(source, $"create function api.gate() returns trigger language plpgsql as $$ begin perform pg_advisory_xact_lock_shared({Gate}); return new; end $$");
        await ExecuteAsync(source, "create trigger gate before insert on api.turns for each row execute function api.gate()");
        Task<HttpResponseMessage> asking;
        Task<HttpResponseMessage> deleting;
        await using (var holding = await source.OpenConnectionAsync())
        {
            await using var transaction = await holding.BeginTransactionAsync();
            await using var close = new NpgsqlCommand($"select pg_advisory_xact_lock({Gate})", holding);
            await close.ExecuteNonQueryAsync();
            asking = AskAsync(host, id, "What is sold?");
            await WaitersAsync(source, 1);
            deleting = host.Http.DeleteAsync($"/api/conversations/{id}");
            await WaitersAsync(source, 2);
        }

        using var asked = await asking;
        using var deleted = await deleting;
        await ExecuteAsync(source, "drop function api.gate cascade");

        Assert.Equal((HttpStatusCode.Created, HttpStatusCode.NoContent), (asked.StatusCode, deleted.StatusCode));
        Assert.Equal((Guid)JsonNode.Parse(await asked.Content.ReadAsStringAsync())!["runId"]!, Assert.Single(forgotten));
    }

    /// <summary>The model of the agents is asked, and the answer never comes.</summary>
    /// <returns>When it is asked, and when nobody waits for it any more.</returns>
    private static (Task Asked, Task Ended) NeverAnswers(ApiHost host)
    {
        var (asked, ended) = (new TaskCompletionSource(), new TaskCompletionSource());
        host.Agents.Model.Instead = async (http, _) =>
        {
            http.RequestAborted.Register(ended.SetResult);
            asked.SetResult();
            await Task.Delay(Timeout.Infinite, http.RequestAborted);
            return true;
        };
        return (asked.Task, ended.Task);
    }

    /// <summary>The agents service as far as a conversation needs it: its runs start and are forgotten, and never answer.</summary>
    private static async Task<WebApplication> AgentsAsync(Action<Guid> forgotten)
    {
        var agents = Loopback.Create(services => services.ConfigureHttpJsonOptions(json => ContractsJson.Apply(json.SerializerOptions)));
        agents.MapPost("/runs", () => Results.Created((string?)null, new RunView(Guid.CreateVersion7(), "nura", RunState.Running, DateTimeOffset.UnixEpoch, null)));
        agents.MapPost("/runs/{id}/keep", () => Results.NoContent());
        agents.MapPost("/runs/forget", (Guid[] runs) =>
        {
            Array.ForEach(runs, forgotten);
            return Results.NoContent();
        });
        await agents.StartAsync();
        return agents;
    }

    private static async Task<Guid> RunAsync(HttpResponseMessage asked)
    {
        using (asked)
        {
            return (Guid)JsonNode.Parse(await asked.EnsureSuccessStatusCode().Content.ReadAsStringAsync())!["runId"]!;
        }
    }

    private static async Task WaitersAsync(NpgsqlDataSource source, int number)
    {
        await using var command = source.CreateCommand("select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'");
        while ((long)(await command.ExecuteScalarAsync())! < number)
        {
            await Task.Delay(20);
        }
    }

    private static async Task ExecuteAsync(NpgsqlDataSource source, string sql)
    {
        await using var command = source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    private static Task<HttpResponseMessage> AskAsync(ApiHost host, string id, string? question) =>
        host.Http.PostAsJsonAsync($"/api/conversations/{id}/turns", new { question, agent = "nura", messages = new[] { new { role = "user", content = "What is sold?" } } });

    private static async Task<string> CreateAsync(ApiHost host, string title)
    {
        using var response = await host.Http.PostAsJsonAsync("/api/conversations", new { title });
        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        return (string)JsonNode.Parse(await response.Content.ReadAsStringAsync())!["id"]!;
    }
}
