using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Nura.Contracts;
using Nura.Tests.Databases;
using Nura.Tests.Fakes;

namespace Nura.Tests.Api;

public sealed class ConversationTests(DatabaseFixture database) : IClassFixture<DatabaseFixture>
{
    private const int Hang = 180_000;

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
    public async Task Question_ThatCannotBeKept_IsRefusedAndItsRunStopped()
    {
        await using var host = await ApiHost.StartAsync(database, agentsUseModel: true);
        var id = await CreateAsync(host, "Hats");
        host.Agents.Model.Instead = async (http, _) =>
        {
            await Task.Delay(Timeout.Infinite, http.RequestAborted);
            return true;
        };

        using var asked = await AskAsync(host, id, "a\0b");

        Assert.Equal(HttpStatusCode.BadRequest, asked.StatusCode);
        Assert.Empty((await host.Http.GetFromJsonAsync<JsonArray>($"/api/conversations/{id}/turns"))!);
        await using var command = DatabaseFixture.Pool(await database.GetAsync())!.CreateCommand("select state from agents.runs order by id desc limit 1");
        while ((string?)await command.ExecuteScalarAsync() == "running")
        {
            await Task.Delay(50);
        }

        Assert.Equal("stopped", (string?)await command.ExecuteScalarAsync());
    }

    [Fact(Timeout = Hang)]
    public async Task Question_NeitherKeptNorItsRunStopped_FailsForTheFirstReason()
    {
        await using var agents = Loopback.Create(services => services.ConfigureHttpJsonOptions(json => ContractsJson.Apply(json.SerializerOptions)));
        agents.MapPost("/runs", () => Results.Created((string?)null, new RunView(Guid.CreateVersion7(), "nura", RunState.Running, DateTimeOffset.UnixEpoch, null)));
        agents.MapPost("/runs/{id}/stop", () => Results.StatusCode(StatusCodes.Status500InternalServerError));
        await agents.StartAsync();
        await using var host = await ApiHost.StartAsync(database, settings: [("services:agents:http:0", agents.Urls.Single()), ("Nura:Resilience:Retries", "0")]);
        var id = await CreateAsync(host, "Hats");

        using var asked = await AskAsync(host, id, "a\0b");

        Assert.Equal(HttpStatusCode.BadRequest, asked.StatusCode);
    }

    [Fact(Timeout = Hang)]
    public async Task Conversation_DeletedWhileItIsAnswered_StopsTheRun()
    {
        await using var host = await ApiHost.StartAsync(database, agentsUseModel: true);
        var id = await CreateAsync(host, "Hats");
        var answering = new TaskCompletionSource();
        host.Agents.Model.Instead = async (http, _) =>
        {
            answering.TrySetResult();
            await Task.Delay(Timeout.Infinite, http.RequestAborted);
            return true;
        };
        using var asked = await AskAsync(host, id, "What is sold?");
        var run = (Guid)JsonNode.Parse(await asked.Content.ReadAsStringAsync())!["runId"]!;
        await answering.Task;

        using var deleted = await host.Http.DeleteAsync($"/api/conversations/{id}");

        Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
        Assert.Equal(RunState.Stopped, Assert.IsType<RunDone>((await host.Agents.LogAsync(run))[^1].Event).State);
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
