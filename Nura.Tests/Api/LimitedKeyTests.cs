using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Nura.Tests.Databases;
using Nura.Tests.Rag;

namespace Nura.Tests.Api;

/// <summary>What a key that is limited to repositories sees, through all three services.</summary>
public sealed class LimitedKeyTests(DatabaseFixture database) : IClassFixture<DatabaseFixture>
{
    private const int Hang = 240_000;

    [Fact(Timeout = Hang)]
    public async Task LimitedKey_OtherRepositories_AreNotThereForIt()
    {
        await using var nura = await RunningNura.StartAsync(database);
        using var mine = new SampleRepository(nura.Folder);
        using var secret = new SampleRepository(nura.Folder);
        mine.Commit("a.cs", "class Invoice\n{\n    int total;\n}\n", "b.cs", "class Customer\n{\n    int invoice;\n    int total;\n}\n", "c.cs", "class Other { }\n");
        var view = await nura.AddAsync(mine, "limited-mine");
        var (key, _) = await nura.KeyAsync(view.Id);
        using var limited = nura.As(key);
        string[] asked =
        [
            "/api/search {\"query\":\"invoice total\",\"explain\":true,\"limit\":50}", "/api/symbols {\"name\":\"Invoice\",\"prefix\":true}",
            "/api/references {\"name\":\"total\"}", "/api/grep {\"pattern\":\"total\"}",
        ];
        var before = await AskAsync(limited, asked);

        var commit = secret.Commit([.. Enumerable.Range(0, 30).SelectMany(i => new[] { $"s{i}.cs", $"class Invoice{i}\n{{\n    int invoice;\n    int total;\n}}\n" })]);
        var hidden = await nura.AddAsync(secret, "limited-secret");

        // Not a hit, a count, a rarity or a score differs.
        Assert.Equal(before, await AskAsync(limited, asked));
        Assert.Contains("limited-secret", string.Concat(await AskAsync(nura.Http, asked)), StringComparison.Ordinal);
        Assert.Equal(await AskAsync(limited, [Search(Guid.CreateVersion7())]), await AskAsync(limited, [Search(hidden.Id)]));
        Assert.Equal(view.Id, (Guid)Assert.Single((await limited.GetFromJsonAsync<JsonArray>("/api/repositories"))!)!["id"]!);

        // By identity: the same words as for one that does not exist.
        foreach (var (method, below) in new[]
        {
            ("GET", ""), ("POST", "/index"), ("GET", "/progress"), ("GET", "/progress/stream"), ("GET", "/evaluation"), ("GET", "/embeddings"), ("GET", "/issues"),
            ("GET", "/refs"),
        })
        {
            var absent = await SendAsync(limited, method, $"/api/repositories/{Guid.CreateVersion7()}{below}");
            Assert.Equal((HttpStatusCode.NotFound, absent.Body), await SendAsync(limited, method, $"/api/repositories/{hidden.Id}{below}"));
            Assert.Equal(HttpStatusCode.NotFound, absent.Status);
        }

        // By name: as another name that nobody has.
        string[] places = [$"/api/files/read {{\"repository\":\"limited-secret\",\"path\":\"s1.cs\"}}", $"/api/file?citation={Uri.EscapeDataString($"limited-secret@{commit}:s1.cs#L1-L2")}"];
        foreach (var place in places)
        {
            var (status, body) = await PlaceAsync(limited, place);
            Assert.Equal((HttpStatusCode.NotFound, body.Replace("limited-secret", "limited-absent", StringComparison.Ordinal)), await PlaceAsync(limited, place.Replace("limited-secret", "limited-absent", StringComparison.Ordinal)));
            Assert.Equal(HttpStatusCode.NotFound, status);
            Assert.Equal(HttpStatusCode.OK, (await PlaceAsync(nura.Http, place)).Status);
        }

        Assert.Equal(HttpStatusCode.OK, (await PlaceAsync(limited, "/api/files/read {\"repository\":\"limited-mine\",\"path\":\"a.cs\"}")).Status);
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(limited, "GET", $"/api/repositories/{view.Id}")).Status);
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(nura.Http, "GET", $"/api/repositories/{hidden.Id}")).Status);
    }

    [Fact(Timeout = Hang)]
    public async Task LimitedKey_AsksTheAgent_GetsNothingOfOtherRepositories()
    {
        await using var nura = await RunningNura.StartAsync(database);
        using var mine = new SampleRepository(nura.Folder);
        using var secret = new SampleRepository(nura.Folder);
        mine.Commit("Cart.cs", "class Cart\n{\n    int CountItems() => 1;\n}\n");
        secret.Commit("Payroll.cs", "class Payroll\n{\n    int SalaryOfTheBoss() => 1;\n}\n");
        var (view, hidden) = (await nura.AddAsync(mine, "agent-mine"), await nura.AddAsync(secret, "agent-secret"));
        var (key, _) = await nura.KeyAsync(view.Id);
        using var limited = nura.As(key);

        var mineAnswer = await AnswerAsync(limited, "How does Cart CountItems?");
        var secretAnswer = await AnswerAsync(limited, "What is the SalaryOfTheBoss in Payroll?");
        using var named = await limited.PostAsJsonAsync("/api/runs", new { agent = "nura", messages = new[] { new { role = "user", content = "SalaryOfTheBoss" } }, repositories = new[] { hidden.Id } });
        var run = (Guid)JsonNode.Parse(await named.Content.ReadAsStringAsync())!["id"]!;
        var log = await limited.GetStringAsync($"/api/runs/{run}/events");

        Assert.Contains("agent-mine@", mineAnswer, StringComparison.Ordinal);
        Assert.DoesNotContain("agent-secret", secretAnswer, StringComparison.Ordinal);
        Assert.DoesNotContain("agent-secret", log, StringComparison.Ordinal);
        Assert.Contains("agent-secret@", await AnswerAsync(nura.Http, "What is the SalaryOfTheBoss in Payroll?"), StringComparison.Ordinal);
    }

    [Fact(Timeout = Hang)]
    public async Task Run_OfAnotherKey_IsNotThere()
    {
        await using var nura = await RunningNura.StartAsync(database);
        using var owner = nura.As((await nura.KeyAsync(null)).Key);
        using var other = nura.As((await nura.KeyAsync(null)).Key);
        using var started = await owner.PostAsJsonAsync("/api/runs", new { agent = "nura", messages = new[] { new { role = "user", content = "Hello" } } });
        var run = (Guid)JsonNode.Parse(await started.Content.ReadAsStringAsync())!["id"]!;

        // While it works, from memory, and afterwards, from the database.
        for (var round = 0; round < 2; round++)
        {
            foreach (var (method, below) in new[] { ("GET", ""), ("GET", "/events"), ("POST", "/stop") })
            {
                var unknown = Guid.CreateVersion7();
                var absent = await SendAsync(other, method, $"/api/runs/{unknown}{below}");
                Assert.Equal((HttpStatusCode.NotFound, absent.Body.Replace(unknown.ToString(), run.ToString(), StringComparison.Ordinal)), await SendAsync(other, method, $"/api/runs/{run}{below}"));
            }

            Assert.Contains("\"type\":\"done\"", await owner.GetStringAsync($"/api/runs/{run}/events"), StringComparison.Ordinal);
        }

        Assert.Contains("\"type\":\"done\"", await nura.Http.GetStringAsync($"/api/runs/{run}/events"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(owner, "GET", $"/api/runs/{run}")).Status);
    }

    [Fact(Timeout = Hang)]
    public async Task Run_OfAnEarlierVersion_IsReadByWhoseConversationItIsIn()
    {
        await using var nura = await RunningNura.StartAsync(database);
        using var owner = nura.As((await nura.KeyAsync(null)).Key);
        using var other = nura.As((await nura.KeyAsync(null)).Key);
        using var made = await owner.PostAsJsonAsync("/api/conversations", new { title = "Mine" });
        var conversation = (string)JsonNode.Parse(await made.Content.ReadAsStringAsync())!["id"]!;
        using var asked = await owner.PostAsJsonAsync($"/api/conversations/{conversation}/turns", new { question = "?", agent = "nura", messages = new[] { new { role = "user", content = "What is sold?" } } });
        var run = (Guid)JsonNode.Parse(await asked.Content.ReadAsStringAsync())!["runId"]!;
        await using (var forget = nura.Service.Get<Npgsql.NpgsqlDataSource>().CreateCommand($"update agents.runs set holder = null where id = '{run}'"))
        {
            await forget.ExecuteNonQueryAsync();
        }

        Assert.Equal(HttpStatusCode.OK, (await SendAsync(owner, "GET", $"/api/runs/{run}")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await SendAsync(other, "GET", $"/api/runs/{run}")).Status);
    }

    [Fact(Timeout = Hang)]
    public async Task LimitedKey_LimitChanged_HoldsAtOnce()
    {
        await using var nura = await RunningNura.StartAsync(database);
        using var sample = new SampleRepository(nura.Folder);
        sample.Commit("a.cs", "class A { }\n");
        var view = await nura.AddAsync(sample, "limit-changed");
        var (key, id) = await nura.KeyAsync([]);
        using var limited = nura.As(key);

        Assert.Empty((await limited.GetFromJsonAsync<JsonArray>("/api/repositories"))!);
        Assert.Equal(HttpStatusCode.NotFound, (await SendAsync(limited, "GET", $"/api/repositories/{view.Id}")).Status);
        using var widened = await nura.Http.PutAsJsonAsync($"/api/keys/{id}/repositories", new { repositories = new[] { view.Id } });
        Assert.Equal(view.Id, (Guid)JsonNode.Parse(await widened.Content.ReadAsStringAsync())!["repositories"]![0]!);
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(limited, "GET", $"/api/repositories/{view.Id}")).Status);
        using var forbidden = await limited.PutAsJsonAsync($"/api/keys/{id}/repositories", new { });
        Assert.Equal(HttpStatusCode.Forbidden, forbidden.StatusCode);
        using var mistyped = await nura.Http.PutAsJsonAsync($"/api/keys/{id}/repositories", new { repository = view.Id });
        Assert.Equal(HttpStatusCode.BadRequest, mistyped.StatusCode);
        using var lifted = await nura.Http.PutAsJsonAsync($"/api/keys/{id}/repositories", new { repositories = (Guid[]?)null });
        Assert.Null(JsonNode.Parse(await lifted.Content.ReadAsStringAsync())!["repositories"]);
        Assert.NotEmpty((await limited.GetFromJsonAsync<JsonArray>("/api/repositories"))!);
    }

    [Fact(Timeout = Hang)]
    public async Task LimitedKey_ChangesWhatItSees_IsRefused()
    {
        await using var nura = await RunningNura.StartAsync(database);
        using var sample = new SampleRepository(nura.Folder);
        sample.Commit("a.cs", "class A { }\n");
        var view = await nura.AddAsync(sample, "limited-changes");
        using var text = new StringContent("# Shared\n");
        using var uploaded = await nura.Http.PutAsync("/api/documents/limited-handbook/a.md", text);
        var collection = (Guid)JsonNode.Parse(await uploaded.EnsureSuccessStatusCode().Content.ReadAsStringAsync())!["id"]!;
        using var limited = nura.As((await nura.KeyAsync(view.Id, collection)).Key);
        using var unlimited = nura.As((await nura.KeyAsync(null)).Key);
        var repository = $"/api/repositories/{view.Id}";

        foreach (var (method, path, body, otherwise) in new[]
        {
            ("POST", "/api/repositories", $"{{\"source\":\"{nura.Folder}\"}}", HttpStatusCode.BadRequest),
            ("POST", $"{repository}/pause", "", HttpStatusCode.Conflict), ("POST", $"{repository}/resume", "", HttpStatusCode.Conflict), ("POST", $"{repository}/cancel", "", HttpStatusCode.Conflict),
            ("POST", $"{repository}/refs", "{\"ref\":\"main\"}", HttpStatusCode.Accepted), ("DELETE", repository, "", HttpStatusCode.NoContent),
            ("PUT", "/api/documents/limited-handbook/b.md", "# More\n", HttpStatusCode.Accepted), ("DELETE", "/api/documents/limited-handbook/a.md", "", HttpStatusCode.OK),
            ("PUT", "/api/documents/limited-new/b.md", "# More\n", HttpStatusCode.Accepted),
        })
        {
            // As what it may not see, and what is not there: the answer tells of none.
            var refused = await SendAsync(limited, method, path, body);
            Assert.Equal(HttpStatusCode.Forbidden, refused.Status);
            Assert.Equal(refused, await SendAsync(limited, method, path.Replace(view.Id.ToString(), Guid.CreateVersion7().ToString(), StringComparison.Ordinal).Replace("handbook", "nothing", StringComparison.Ordinal), body));
            Assert.Equal(otherwise, (await SendAsync(unlimited, method, path, body)).Status);
        }
    }

    [Fact(Timeout = Hang)]
    public async Task LimitedKey_IndexesWhatSomebodyPaused_LeavesItPaused()
    {
        await using var nura = await RunningNura.StartAsync(database);
        using var sample = new SampleRepository(nura.Folder);
        sample.Commit("a.cs", "class A { }\n");
        var view = await nura.AddAsync(sample, "limited-paused");
        using var limited = nura.As((await nura.KeyAsync(view.Id)).Key);
        using var unlimited = nura.As((await nura.KeyAsync(null)).Key);
        await using var pause = nura.Service.Get<Npgsql.NpgsqlDataSource>().CreateCommand($"INSERT INTO rag.index_run (repository, state) VALUES ('{view.Id}', 'paused')");
        await pause.ExecuteNonQueryAsync();
        async Task<(HttpStatusCode, string?)> IndexAsync(HttpClient key) =>
            await SendAsync(key, "POST", $"/api/repositories/{view.Id}/index") is var (status, body) ? (status, (string?)JsonNode.Parse(body)!["state"]) : default;

        Assert.Equal((HttpStatusCode.Accepted, "paused"), await IndexAsync(limited));
        Assert.NotEqual((HttpStatusCode.Accepted, "paused"), await IndexAsync(unlimited));
        Assert.Equal(HttpStatusCode.Accepted, (await SendAsync(limited, "POST", $"/api/repositories/{view.Id}/index")).Status);
    }

    [Theory(Timeout = Hang)]
    [InlineData("""{"name":"x","repositories":["00000000-0000-0000-0000-00000000abcd"]}""", "There is no repository")]
    [InlineData("""{"name":"x","admin":true,"repositories":[]}""", "sees every repository")]
    public async Task CreateKey_LimitThatCannotBe_IsRefused(string body, string said)
    {
        await using var nura = await RunningNura.StartAsync(database);

        using var response = await nura.Http.PostAsync("/api/keys", new StringContent(body, System.Text.Encoding.UTF8, "application/json"));

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Contains(said, await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    private static string Search(Guid repository) => $"/api/search {{\"query\":\"invoice total\",\"repositories\":[\"{repository}\"]}}";

    private static async Task<List<string>> AskAsync(HttpClient http, IEnumerable<string> questions)
    {
        var answers = new List<string>();
        foreach (var question in questions)
        {
            var (status, body) = await PlaceAsync(http, question);
            Assert.Equal(HttpStatusCode.OK, status);
            var json = JsonNode.Parse(body)!.AsObject();
            json.Remove("elapsedMs");
            answers.Add(json.ToJsonString());
        }

        return answers;
    }

    private static async Task<(HttpStatusCode Status, string Body)> PlaceAsync(HttpClient http, string question)
    {
        var parts = question.Split(' ', 2);
        using var request = new HttpRequestMessage(parts.Length == 1 ? HttpMethod.Get : HttpMethod.Post, parts[0])
        {
            Content = parts.Length == 1 ? null : new StringContent(parts[1], System.Text.Encoding.UTF8, "application/json"),
        };
        using var response = await http.SendAsync(request);
        return (response.StatusCode, WithoutTrace(await response.Content.ReadAsStringAsync()));
    }

    private static async Task<(HttpStatusCode Status, string Body)> SendAsync(HttpClient http, string method, string path, string body = "")
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path) { Content = body.Length > 0 ? new StringContent(body, System.Text.Encoding.UTF8, "application/json") : null };
        using var response = await http.SendAsync(request);
        return (response.StatusCode, WithoutTrace(await response.Content.ReadAsStringAsync()));
    }

    // Names the request, and so differs with each.
    private static string WithoutTrace(string body)
    {
        if (!body.StartsWith('{'))
        {
            return body;
        }

        var json = JsonNode.Parse(body)!.AsObject();
        json.Remove("traceId");
        json.Remove("requestId");
        return json.ToJsonString();
    }

    private static async Task<string> AnswerAsync(HttpClient http, string question)
    {
        using var response = await http.PostAsJsonAsync("/v1/chat/completions", new { model = "nura", messages = new[] { new { role = "user", content = question } } });
        return await response.EnsureSuccessStatusCode().Content.ReadAsStringAsync();
    }
}
