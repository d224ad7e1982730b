using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Npgsql;
using Nura.Tests.Databases;

namespace Nura.Tests.Gateway;

/// <summary>The fake's vectors are (length of the text, 0.5): "abcdefgh" and "abcdefghi" are as good as the same, "a" and "abcdefgh" are not.</summary>
public sealed partial class SemanticCacheTests(DatabaseFixture databases) : IClassFixture<DatabaseFixture>
{
    private const int Hang = 180_000;
    private const string Question = "what does it do, please";
    private const string Same = "please, what does it do?";

    public static TheoryData<string> Engines => DatabaseFixture.Engines;

    [Theory(Timeout = Hang)]
    [MemberData(nameof(Engines))]
    public async Task Question_MeansTheSame_IsAnsweredFromTheCache(string engine)
    {
        await using var gateway = await StartAsync(engine);
        foreach (var stream in (bool[])[false, true])
        {
            var first = await AskAsync(gateway, Body(Question, stream: stream));
            await KeptAsync(gateway, stream ? 2 : 1);
            var second = await AskAsync(gateway, Body(Same, stream: stream));

            Assert.Equal((null, "semantic"), (first.Kind, second.Kind));
            Assert.Equal(GatewayHost.WithoutCost(first.Text), second.Text);
        }

        Assert.Equal(2, Chats(gateway));
    }

    [Theory(Timeout = Hang)]
    [InlineData("/v1/chat/completions", "false")]
    [InlineData("/v1/chat/completions", "true")]
    [InlineData("/v1/messages", "false")]
    [InlineData("/v1/messages", "true")]
    public async Task Question_ToAModelOnBedrock_IsAnsweredFromTheCacheInItsOwnDialect(string path, string stream)
    {
        await using var gateway = await StartAsync(DatabaseFixture.Fastest);
        string Ask(string question) => $$"""{"model":"claude-haiku-4-5","max_tokens":100,"stream":{{stream}},"messages":[{"role":"user","content":"{{question}}"}]}""";
        var first = await AskAsync(gateway, Ask(Question), path: path);
        await KeptAsync(gateway, 1);
        var second = await AskAsync(gateway, Ask(Same), path: path);
        var inAnother = await AskAsync(gateway, Ask(Question + "!"), path: path == "/v1/messages" ? "/v1/chat/completions" : "/v1/messages");

        Assert.Equal((null, "semantic", null), (first.Kind, second.Kind, inAnother.Kind));
        Assert.Equal(Question, Said(second.Text));
        Assert.Equal(GatewayHost.WithoutCost(first.Text), second.Text);
        Assert.Equal(2, gateway.Bedrock.Requests.Count);
    }

    [Fact(Timeout = Hang)]
    public async Task Answer_GivenToTheSameQuestion_IsRecordedWithWhatItOnceCost()
    {
        await using var gateway = await StartAsync(DatabaseFixture.Pglite);
        var since = TimeProvider.System.GetUtcNow().UtcDateTime;
        const string Body = """{"model":"mock","messages":[{"role":"user","content":"Q"}]}""";
        await AskAsync(gateway, Body.Replace("Q", Question, StringComparison.Ordinal));
        await KeptAsync(gateway, 1);
        Assert.Equal("semantic", (await AskAsync(gateway, Body.Replace("Q", Same, StringComparison.Ordinal))).Kind);

        await using var command = gateway.Service.Get<NpgsqlDataSource>().CreateCommand(
            "select max(saved_usd) filter (where provider = 'cache'), max(cost_usd) filter (where provider <> 'cache') from models.usage where model = 'mock' and at >= $1 having count(*) = 2");
        command.Parameters.AddWithValue(since);
        while (true)
        {
            await using var reader = await command.ExecuteReaderAsync();
            if (await reader.ReadAsync())
            {
                Assert.True(reader.GetDecimal(0) > 0);
                Assert.Equal(reader.GetDecimal(1), reader.GetDecimal(0));
                break;
            }
        }
    }

    [Fact(Timeout = Hang)]
    public async Task Question_LessSimilarThanAsked_IsFetched()
    {
        await using var gateway = await StartAsync(DatabaseFixture.Fastest);
        await AskAsync(gateway, Body(Question));
        await KeptAsync(gateway, 1);

        Assert.Null((await AskAsync(gateway, Body("x"))).Kind);
        Assert.Equal(2, Chats(gateway));
    }

    [Theory(Timeout = Hang)]
    [InlineData("""{"model":"lonely","temperature":1,"messages":[{"role":"system","content":"s"},{"role":"user","content":"Q"}]}""")]
    [InlineData("""{"model":"lonely","messages":[{"role":"system","content":"another"},{"role":"user","content":"Q"}]}""")]
    [InlineData("""{"model":"mock","messages":[{"role":"system","content":"s"},{"role":"user","content":"Q"}]}""")]
    [InlineData("""{"model":"lonely","messages":[{"role":"system","content":"s"},{"role":"user","content":"before"},{"role":"assistant","content":"b"},{"role":"user","content":"Q"}]}""")]
    [InlineData("""{"model":"lonely","tools":[{"type":"function","function":{"name":"f"}}],"messages":[{"role":"system","content":"s"},{"role":"user","content":"Q"}]}""")]
    public async Task Request_DiffersInAnythingElse_IsFetched(string other)
    {
        await using var gateway = await StartAsync(DatabaseFixture.Fastest);
        await AskAsync(gateway, Body(Question));
        await KeptAsync(gateway, 1);

        Assert.Null((await AskAsync(gateway, other.Replace("Q", Same, StringComparison.Ordinal))).Kind);
        Assert.Equal(2, Chats(gateway));
    }

    [Fact(Timeout = Hang)]
    public async Task Question_OfAnotherKey_IsFetched()
    {
        await using var gateway = await StartAsync(DatabaseFixture.Fastest);
        await AskAsync(gateway, Body(Question));
        await KeptAsync(gateway, 1);
        using var made = await gateway.Service.Http.PostAsJsonAsync("/api/keys", new { name = "another" });
        var key = (string)(await made.Content.ReadFromJsonAsync<JsonObject>())!["key"]!;

        Assert.Null((await AskAsync(gateway, Body(Same), key)).Kind);
        await KeptAsync(gateway, 2);
        Assert.Equal("semantic", (await AskAsync(gateway, Body(Question + "!"), key)).Kind);
        Assert.Equal(2, Chats(gateway));
    }

    [Fact(Timeout = Hang)]
    public async Task Question_InBedrocksDialect_IsFetched()
    {
        await using var gateway = await StartAsync(DatabaseFixture.Fastest);
        foreach (var question in (string[])[Question, Same])
        {
            var asked = await AskAsync(gateway, $$"""{"anthropic_version":"bedrock-2023-05-31","max_tokens":100,"messages":[{"role":"user","content":"{{question}}"}]}""", path: "/model/us.anthropic.claude-haiku-4-5-20251001-v1:0/invoke");
            Assert.Null(asked.Kind);
        }

        Assert.Equal(2, gateway.Bedrock.Requests.Count);
        Assert.DoesNotContain(gateway.First.Requests, request => request.ContainsKey("input"));
    }

    [Fact(Timeout = Hang)]
    public async Task Answer_CallsATool_IsNeverGivenAgain()
    {
        await using var gateway = await StartAsync(DatabaseFixture.Fastest);
        const string WithTools = """{"model":"lonely","tools":[{"type":"function","function":{"name":"f"}}],"messages":[{"role":"user","content":"Q"}]}""";
        const string Loop = """{"model":"lonely","messages":[{"role":"assistant","content":null,"tool_calls":[{"id":"1","type":"function","function":{"name":"f","arguments":"{}"}}]},{"role":"tool","tool_call_id":"1","content":"r"},{"role":"user","content":"Q"}]}""";
        const string Messages = """{"model":"claude-haiku-4-5","max_tokens":9,"tools":[{"name":"f","input_schema":{"type":"object"}}],"messages":[{"role":"user","content":"Q"}]}""";
        const string LoopOfMessages = """{"model":"claude-haiku-4-5","max_tokens":9,"messages":[{"role":"user","content":"q"},{"role":"assistant","content":[{"type":"tool_use","id":"t","name":"f","input":{}}]},{"role":"user","content":[{"type":"tool_result","tool_use_id":"t","content":"r"}]},{"role":"assistant","content":"a"},{"role":"user","content":"Q"}]}""";
        foreach (var (path, body) in ((string, string)[])[("/v1/chat/completions", WithTools), ("/v1/chat/completions", Loop), ("/v1/messages", Messages), ("/v1/messages", LoopOfMessages)])
        {
            Assert.Null((await AskAsync(gateway, body.Replace("Q", Question, StringComparison.Ordinal), path: path)).Kind);
            Assert.Null((await AskAsync(gateway, body.Replace("Q", Same, StringComparison.Ordinal), path: path)).Kind);
        }

        Assert.Equal((4, 4), (Chats(gateway), gateway.Bedrock.Requests.Count));
    }

    [Fact(Timeout = Hang)]
    public async Task Embedding_Fails_RequestGoesOn()
    {
        await using var gateway = await StartAsync(DatabaseFixture.Fastest, ("Nura:Models:Cache:Semantic:Model", "no-such-model"));

        Assert.Null((await AskAsync(gateway, Body(Question))).Kind);
        Assert.Contains(gateway.Service.Logs.Entries, entry => entry.Id.Id == 4020);
    }

    [Fact(Timeout = Hang)]
    public async Task Answers_MoreThanKeptOrPurged_AreGone()
    {
        await using var gateway = await StartAsync(DatabaseFixture.Fastest, ("Nura:Models:Cache:Semantic:Answers", "1"));
        await AskAsync(gateway, Body(Question));
        await KeptAsync(gateway, 1, "convert_from(body, 'UTF8') like '%what does it do%'");
        await AskAsync(gateway, Body("x"));
        await KeptAsync(gateway, 1, "convert_from(body, 'UTF8') not like '%what does it do%'");
        await KeptAsync(gateway, 1);

        using var purged = await gateway.Service.Http.DeleteAsync("/api/models/answers");
        Assert.Equal((HttpStatusCode.OK, """{"answers":1}"""), (purged.StatusCode, await purged.Content.ReadAsStringAsync()));
        Assert.Null((await AskAsync(gateway, Body("y"))).Kind);
    }

    private static string Body(string question, bool stream = false) =>
        $$"""{"model":"lonely","stream":{{(stream ? "true" : "false")}},"messages":[{"role":"system","content":"s"},{"role":"user","content":"{{question}}"}]}""";

    /// <summary>The answer's words: a stream splits them as they happen to arrive.</summary>
    private static string Said(string answer) => string.Concat(Words().Matches(answer).Select(match => match.Groups[1].Value));

    [GeneratedRegex("\"(?:text|content)\":\"([^\"]*)\"")]
    private static partial Regex Words();

    private static int Chats(GatewayHost gateway) => gateway.First.Requests.Count(request => request.ContainsKey("messages"));

    private static async Task<(string? Kind, string Text)> AskAsync(GatewayHost gateway, string body, string key = GatewayHost.Key, string path = "/v1/chat/completions")
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        using var answer = await gateway.Service.Http.SendAsync(request);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return (answer.Headers.TryGetValues("x-nura-cache", out var kinds) ? kinds.Single() : null, await answer.Content.ReadAsStringAsync());
    }

    /// <summary>Waits until so many answers are kept: that happens just after they were given.</summary>
    private static async Task KeptAsync(GatewayHost gateway, long count, string which = "true")
    {
        await using var command = gateway.Service.Get<NpgsqlDataSource>().CreateCommand($"select count(*) from models.semantic_answers where {which}");
        while ((long)(await command.ExecuteScalarAsync())! != count)
        {
            await Task.Delay(20);
        }
    }

    private async Task<GatewayHost> StartAsync(string engine, params (string Key, string? Value)[] settings)
    {
        // The deadline is long enough on any machine: past it nothing would be found or kept.
        var gateway = await GatewayHost.StartAsync(databases, [
            ("ConnectionStrings:nura", await databases.GetAsync(engine)), ("Nura:Models:Cache:Seconds", "60"),
            ("Nura:Models:Cache:Semantic:Model", "mock-embed"), ("Nura:Models:Cache:Semantic:DeadlineMs", "60000"), .. settings]);
        using var purged = await gateway.Service.Http.DeleteAsync("/api/models/answers");
        Assert.Equal(HttpStatusCode.OK, purged.StatusCode);
        return gateway;
    }
}
