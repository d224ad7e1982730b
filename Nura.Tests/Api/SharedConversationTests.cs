using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Npgsql;
using Nura.Tests.Databases;
using Nura.Tests.Fakes;

namespace Nura.Tests.Api;

/// <summary>Conversations that people share with everybody who can sign in.</summary>
public sealed class SharedConversationTests(DatabaseFixture database) : IClassFixture<DatabaseFixture>
{
    private const int Hang = 180_000;
    private const string Question = """{"question":"What is sold?","agent":"nura","messages":[{"role":"user","content":"What is sold?"}]}""";

    [Fact(Timeout = Hang)]
    public async Task Conversation_Shared_IsReadByEverybodySignedIn()
    {
        await using var host = await StartAsync();
        using var owner = await PersonAsync(host, "Ana");
        using var reader = await PersonAsync(host, "Bo");
        using var nobody = As(host, "Bearer nura_of-nobody");
        var (id, run) = await AskedAsync(owner);

        var shared = await owner.AnswerAsync("PUT", $"/api/conversations/{id}/share");
        var again = await owner.AnswerAsync("PUT", $"/api/conversations/{id}/share");

        Assert.Equal((HttpStatusCode.NoContent, HttpStatusCode.NoContent), (shared.Status, again.Status));
        var seen = (await reader.GetFromJsonAsync<JsonObject>($"/api/conversations/{id}"))!;
        Assert.Equal(("Hats", true, "Ana"), ((string?)seen["title"], (bool)seen["shared"]!, (string?)seen["sharedBy"]));
        var turn = Assert.Single((await reader.GetFromJsonAsync<JsonArray>($"/api/conversations/{id}/turns"))!)!;
        Assert.Equal(("What is sold?", run), ((string?)turn["question"], (string?)turn["runId"]));
        Assert.Equal(HttpStatusCode.OK, (await reader.AnswerAsync("GET", $"/api/runs/{run}")).Status);
        Assert.Contains("The shop sells hats.", await reader.GetStringAsync($"/api/runs/{run}/events"), StringComparison.Ordinal);
        Assert.All(await ReadAsync(nobody, id, run), answer => Assert.Equal(HttpStatusCode.Unauthorized, answer.Status));

        // It is listed by its owner alone, who is told of nobody else.
        Assert.Empty((await reader.GetFromJsonAsync<JsonArray>("/api/conversations"))!);
        var own = Assert.Single((await owner.GetFromJsonAsync<JsonArray>("/api/conversations"))!)!;
        Assert.Equal((true, false), ((bool)own["shared"]!, own.AsObject().ContainsKey("sharedBy")));
        Assert.Equal(own.ToJsonString(), (await owner.GetFromJsonAsync<JsonObject>($"/api/conversations/{id}"))!.ToJsonString());
    }

    [Theory(Timeout = Hang)]
    [InlineData("never shared")]
    [InlineData("not shared any more")]
    [InlineData("deleted")]
    public async Task Conversation_NotShared_IsNotThereForOthers(string how)
    {
        await using var host = await StartAsync();
        using var owner = await PersonAsync(host, "Ana");
        using var reader = await PersonAsync(host, "Bo");
        var (id, run) = await AskedAsync(owner);
        if (how != "never shared")
        {
            await owner.AnswerAsync("PUT", $"/api/conversations/{id}/share");
            Assert.All(await ReadAsync(reader, id, run), answer => Assert.Equal(HttpStatusCode.OK, answer.Status));
            var path = how == "deleted" ? $"/api/conversations/{id}" : $"/api/conversations/{id}/share";
            Assert.Equal(HttpStatusCode.NoContent, (await owner.AnswerAsync("DELETE", path)).Status);
            Assert.Equal(how == "deleted" ? HttpStatusCode.NotFound : HttpStatusCode.NoContent, (await owner.AnswerAsync("DELETE", path)).Status);
        }

        var absent = Guid.CreateVersion7().ToString();
        var answers = await ReadAsync(reader, id, run);

        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.NotFound, answer.Status));
        // In the words for what never was: nobody learns which it is.
        Assert.Equal(await ReadAsync(reader, absent, absent), answers.Select(answer => (answer.Status, answer.Body.Replace(run, absent, StringComparison.Ordinal))));
    }

    [Theory(Timeout = Hang)]
    [InlineData("PATCH", "/api/conversations/{id}", """{"title":"Stolen"}""")]
    [InlineData("DELETE", "/api/conversations/{id}", null)]
    [InlineData("PUT", "/api/conversations/{id}/share", null)]
    [InlineData("DELETE", "/api/conversations/{id}/share", null)]
    [InlineData("POST", "/api/conversations/{id}/turns", Question)]
    [InlineData("POST", "/api/runs/{id}/stop", null)]
    public async Task Reader_OfASharedConversation_ChangesNothing(string method, string path, string? body)
    {
        await using var host = await StartAsync();
        using var owner = await PersonAsync(host, "Ana");
        using var reader = await PersonAsync(host, "Bo");
        var (id, run) = await AskedAsync(owner);
        await owner.AnswerAsync("PUT", $"/api/conversations/{id}/share");
        var (there, absent) = (path.Contains("runs", StringComparison.Ordinal) ? run : id, Guid.CreateVersion7().ToString());

        var refused = await reader.AnswerAsync(method, path.Replace("{id}", there, StringComparison.Ordinal), body);

        Assert.Equal(HttpStatusCode.NotFound, refused.Status);
        Assert.Equal(await reader.AnswerAsync(method, path.Replace("{id}", absent, StringComparison.Ordinal), body), (refused.Status, refused.Body.Replace(there, absent, StringComparison.Ordinal)));
        var seen = (await reader.GetFromJsonAsync<JsonObject>($"/api/conversations/{id}"))!;
        Assert.Equal(("Hats", true), ((string?)seen["title"], (bool)seen["shared"]!));
        Assert.Single((await reader.GetFromJsonAsync<JsonArray>($"/api/conversations/{id}/turns"))!);
    }

    [Fact(Timeout = Hang)]
    public async Task Conversation_SharedWhileItIsAnswered_IsFollowedLiveAndNotStopped()
    {
        await using var host = await ApiHost.StartAsync(database, agentsUseModel: true);
        using var owner = await PersonAsync(host, "Ana");
        using var reader = await PersonAsync(host, "Bo");
        var goOn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        host.Agents.Model.Instead = async (http, _) =>
        {
            http.Response.ContentType = "text/event-stream";
            await http.Response.WriteAsync(FakeOpenAi.Event(FakeOpenAi.Chunk(new() { ["content"] = "It sells\n\n" }, null)));
            await http.Response.Body.FlushAsync();
            await goOn.Task.WaitAsync(http.RequestAborted);
            await http.Response.WriteAsync(FakeOpenAi.StreamOf("hats."));
            return true;
        };
        var id = await CreateAsync(owner);
        await owner.AnswerAsync("PUT", $"/api/conversations/{id}/share");
        await owner.AnswerAsync("POST", $"/api/conversations/{id}/turns", Question);
        var run = (string?)Assert.Single((await reader.GetFromJsonAsync<JsonArray>($"/api/conversations/{id}/turns"))!)!["runId"];

        using var following = await reader.GetAsync($"/api/runs/{run}/events", HttpCompletionOption.ResponseHeadersRead);
        using var lines = new StreamReader(await following.Content.ReadAsStreamAsync());
        while (await lines.ReadLineAsync() is { } line && !line.Contains("It sells", StringComparison.Ordinal))
        {
        }

        var stopped = await reader.AnswerAsync("POST", $"/api/runs/{run}/stop");
        goOn.SetResult();
        var rest = await lines.ReadToEndAsync();

        Assert.Equal(HttpStatusCode.NotFound, stopped.Status);
        Assert.Contains("hats.", rest, StringComparison.Ordinal);
        Assert.Contains("\"state\":\"completed\"", rest, StringComparison.Ordinal);
    }

    [Fact(Timeout = Hang)]
    public async Task Conversation_SharedBySomebodyWhoHasLeft_IsEndedByAnAdministrator()
    {
        await using var host = await StartAsync();
        using var owner = await PersonAsync(host, "Ana");
        using var reader = await PersonAsync(host, "Bo");
        var (id, run) = await AskedAsync(owner);
        var before = await host.Http.AnswerAsync("DELETE", $"/api/conversations/{id}/share");
        await owner.AnswerAsync("PUT", $"/api/conversations/{id}/share");

        var ended = await host.Http.AnswerAsync("DELETE", $"/api/conversations/{id}/share");
        var begun = await host.Http.AnswerAsync("PUT", $"/api/conversations/{id}/share");

        Assert.Equal((HttpStatusCode.NotFound, HttpStatusCode.NoContent, HttpStatusCode.NotFound), (before.Status, ended.Status, begun.Status));
        Assert.All(await ReadAsync(reader, id, run), answer => Assert.Equal(HttpStatusCode.NotFound, answer.Status));
        var trail = (await host.Http.GetFromJsonAsync<JsonArray>("/api/audit"))!.Where(entry => (string?)entry!["subject"] == id);
        Assert.Equal(["first key conversation.unshared", "Ana conversation.shared"], trail.Select(entry => $"{entry!["actor"]} {entry["action"]}"));
    }

    [Fact(Timeout = Hang)]
    public async Task Conversation_OfTheFirstKey_IsSharedByIt()
    {
        await using var host = await StartAsync();
        using var reader = await PersonAsync(host, "Bo");
        var id = await CreateAsync(host.Http);
        await host.Http.AnswerAsync("PUT", $"/api/conversations/{id}/share");

        Assert.Equal("first key", (string?)(await reader.GetFromJsonAsync<JsonObject>($"/api/conversations/{id}"))!["sharedBy"]);
        Assert.Empty((await reader.GetFromJsonAsync<JsonArray>($"/api/conversations/{id}/turns"))!);
    }

    [Fact(Timeout = Hang)]
    public async Task Conversation_OfAPersonsOwnKey_IsSharedByThePerson()
    {
        await using var host = await StartAsync();
        using var owner = await PersonAsync(host, "a laptop");
        using var reader = await PersonAsync(host, "Bo");
        await using var person = host.Service.Get<NpgsqlDataSource>().CreateCommand(
            """
            with person as (
                insert into api.keys (id, name, hash, prefix, issuer, subject, signed_in_at)
                values (gen_random_uuid(), 'ana@example.com', decode(repeat('00', 32), 'hex'), '', 'https://example.com', 'ana', now()) returning id)
            update api.keys set person = (select id from person) where name = 'a laptop'
            """);
        await person.ExecuteNonQueryAsync();
        var id = await CreateAsync(owner);
        await owner.AnswerAsync("PUT", $"/api/conversations/{id}/share");

        Assert.Equal("ana@example.com", (string?)(await reader.GetFromJsonAsync<JsonObject>($"/api/conversations/{id}"))!["sharedBy"]);
    }

    private async Task<ApiHost> StartAsync()
    {
        var host = await ApiHost.StartAsync(database);
        host.Agents.Rag.Add("README.md", "The shop sells hats.");
        return host;
    }

    /// <summary>The public edge as the holder of a new key sees it.</summary>
    private static async Task<HttpClient> PersonAsync(ApiHost host, string name)
    {
        using var made = await host.Http.PostAsJsonAsync("/api/keys", new { name });
        var key = (string)JsonNode.Parse(await made.EnsureSuccessStatusCode().Content.ReadAsStringAsync())!["key"]!;
        return As(host, $"Bearer {key}");
    }

    private static HttpClient As(ApiHost host, string authorization) =>
        new(new SocketsHttpHandler(), disposeHandler: true) { BaseAddress = host.Service.Url, DefaultRequestHeaders = { { "Authorization", authorization } }, Timeout = TimeSpan.FromSeconds(60) };

    private static async Task<string> CreateAsync(HttpClient owner) =>
        (string)JsonNode.Parse((await owner.AnswerAsync("POST", "/api/conversations", """{"title":"Hats"}""")).Body)!["id"]!;

    /// <summary>A conversation with an answer that has ended.</summary>
    private static async Task<(string Id, string Run)> AskedAsync(HttpClient owner)
    {
        var id = await CreateAsync(owner);
        var run = (string)JsonNode.Parse((await owner.AnswerAsync("POST", $"/api/conversations/{id}/turns", Question)).Body)!["runId"]!;
        Assert.Contains("\"type\":\"done\"", await owner.GetStringAsync($"/api/runs/{run}/events"), StringComparison.Ordinal);
        return (id, run);
    }

    /// <summary>Every way to read it.</summary>
    private static async Task<List<(HttpStatusCode Status, string Body)>> ReadAsync(HttpClient http, string id, string run)
    {
        var answers = new List<(HttpStatusCode, string)>();
        foreach (var path in (string[])[$"/api/conversations/{id}", $"/api/conversations/{id}/turns", $"/api/runs/{run}", $"/api/runs/{run}/events"])
        {
            answers.Add(await http.AnswerAsync("GET", path));
        }

        return answers;
    }
}
