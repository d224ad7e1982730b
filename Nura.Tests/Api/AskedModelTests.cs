using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Nura.Contracts;
using Nura.Tests.Databases;

namespace Nura.Tests.Api;

/// <summary>A model that somebody names for an agent, on every way to ask one.</summary>
public sealed class AskedModelTests(DatabaseFixture database) : IClassFixture<DatabaseFixture>
{
    private const int Hang = 180_000;
    private const string Refusal = "The model 'nobody' cannot answer: there is none of this name.";

    private static readonly object[] s_messages = [new { role = "user", content = "What is sold?" }];

    [Theory(Timeout = Hang)]
    [InlineData(null)]
    [InlineData("offline")]
    public async Task Turn_WithAModel_IsAnsweredByIt(string? asked)
    {
        await using var host = await ApiHost.StartAsync(database, agentsUseModel: true);
        var turns = await ConversationAsync(host);

        using var response = await host.Http.PostAsJsonAsync(turns, new { question = "What is sold?", agent = "nura", model = asked, messages = s_messages });

        var log = await host.Agents.LogAsync((Guid)JsonNode.Parse(await response.EnsureSuccessStatusCode().Content.ReadAsStringAsync())!["runId"]!);
        var route = Assert.Single(log.Select(entry => entry.Event).OfType<RunRoute>());
        Assert.Equal((asked ?? "mock", asked is not null), (route.Chosen, route.Rule == "asked for"));
        Assert.Equal(route.Chosen, Assert.IsType<RunDone>(log[^1].Event).Model);
    }

    [Fact(Timeout = Hang)]
    public async Task Turn_WithAnUnknownModel_IsRefusedAndNotKept()
    {
        await using var host = await ApiHost.StartAsync(database, agentsUseModel: true);
        var turns = await ConversationAsync(host);

        using var turn = await host.Http.PostAsJsonAsync(turns, new { question = "What is sold?", agent = "nura", model = "nobody", messages = s_messages });
        using var run = await host.Http.PostAsJsonAsync("/api/runs", new { agent = "nura", model = "nobody", messages = s_messages });

        foreach (var refused in (HttpResponseMessage[])[turn, run])
        {
            Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
            Assert.Equal(Refusal, (string?)JsonNode.Parse(await refused.Content.ReadAsStringAsync())!["title"]);
        }

        Assert.Empty((await host.Http.GetFromJsonAsync<JsonArray>(turns))!);
    }

    [Theory(Timeout = Hang)]
    [InlineData("/v1/chat/completions", """{"model":"nura","messages":[{"role":"user","content":"What is sold?"}]}""")]
    [InlineData("/v1/responses", """{"model":"nura","input":"What is sold?"}""")]
    public async Task Agent_AskedInOpenAisDialectWithAModel_UsesIt(string path, string body)
    {
        await using var host = await ApiHost.StartAsync(database, agentsUseModel: true);

        using var answered = await PostAsync("offline");
        using var refused = await PostAsync("nobody");

        Assert.Equal("offline", answered.EnsureSuccessStatusCode().Headers.GetValues("x-nura-model").Single());
        Assert.Empty(host.Agents.Model.Requests);
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        Assert.Contains(Refusal, (string?)JsonNode.Parse(await refused.Content.ReadAsStringAsync())!["error"]!["message"], StringComparison.Ordinal);

        Task<HttpResponseMessage> PostAsync(string model) => host.Http.SendAsync(
            new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(body, Encoding.UTF8, "application/json"), Headers = { { "x-nura-model", model } } });
    }

    [Fact(Timeout = Hang)]
    public async Task Models_Listed_AreThoseThatChat()
    {
        await using var host = await ApiHost.StartAsync(database, settings: ("Nura:Models:Servers:fake:EmbeddingModels:0", "vectors"));

        var models = (await host.Http.GetFromJsonAsync<JsonArray>("/api/models"))!;

        Assert.Equal([("mock", "fake"), ("offline", "offline")], models.Select(model => ((string)model!["id"]!, (string)model["provider"]!)));
    }

    private static async Task<string> ConversationAsync(ApiHost host)
    {
        using var response = await host.Http.PostAsJsonAsync("/api/conversations", new { title = "Hats" });
        return $"/api/conversations/{JsonNode.Parse(await response.Content.ReadAsStringAsync())!["id"]}/turns";
    }
}
