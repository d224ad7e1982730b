using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Nura.Tests.Databases;

namespace Nura.Tests.Gateway;

public sealed class UsageEndpointTests(DatabaseFixture databases) : IClassFixture<DatabaseFixture>
{
    private const int Hang = 120_000;

    [Fact(Timeout = Hang)]
    public async Task Usage_AfterCalls_IsSummedByWhatIsAskedForAndAsCsv()
    {
        await using var gateway = await GatewayHost.StartAsync(databases);
        for (var i = 0; i < 3; i++)
        {
            using var answer = await gateway.PostAsync("/v1/chat/completions", """{"model":"mock","messages":[{"role":"user","content":"one two"}]}""");
        }

        await gateway.UsageAsync("mock", 200, 3);
        var sums = (await gateway.Service.Http.GetFromJsonAsync<JsonArray>("/api/models/usage?by=model,user"))!;
        var sum = sums.Single(entry => (string?)entry!["group"]!["model"] == "mock")!;
        Assert.Equal((3, 0, 21, 6, 12, 0.000102m), ((int)sum["calls"]!, (int)sum["failed"]!, (int)sum["inputTokens"]!, (int)sum["outputTokens"]!, (int)sum["cacheReadTokens"]!, (decimal)sum["cost"]!));

        var csv = await gateway.Service.Http.GetStringAsync("/api/models/usage.csv?by=model");
        Assert.StartsWith("model,calls,failed,inputTokens,outputTokens,cacheReadTokens,cacheWriteTokens,cost,promptCacheSaved,answerCacheSaved\r\n", csv, StringComparison.Ordinal);
        Assert.Contains("mock,3,0,21,6,12,0,0.000102,0.000012,0\r\n", csv, StringComparison.Ordinal);
        Assert.Empty((await gateway.Service.Http.GetFromJsonAsync<JsonArray>("/api/models/usage?from=2020-01-01&to=2020-12-31"))!);
    }

    [Fact(Timeout = Hang)]
    public async Task Usage_OfAKeyThatIsNoAdministrators_IsItsOwn()
    {
        await using var gateway = await GatewayHost.StartAsync(databases);
        using var everybody = await gateway.PostAsync("/v1/chat/completions", """{"model":"lonely","messages":[{"role":"user","content":"one two"}]}""");
        using var made = await gateway.PostAsync("/api/keys", """{"name":"Ana"}""");
        var key = JsonNode.Parse(await made.Content.ReadAsStringAsync())!;
        gateway.Service.Http.DefaultRequestHeaders.Authorization = new("Bearer", (string)key["key"]!);
        using var own = await gateway.PostAsync("/v1/chat/completions", """{"model":"lonely","messages":[{"role":"user","content":"one two three"}]}""");
        await gateway.UsageAsync("lonely", 200, 2);

        var sum = Assert.Single((await gateway.Service.Http.GetFromJsonAsync<JsonArray>("/api/models/usage?by=key,model"))!)!;

        Assert.Equal(((string?)key["view"]!["id"], "lonely", 1), ((string?)sum["group"]!["key"], (string?)sum["group"]!["model"], (int)sum["calls"]!));
        Assert.Equal(2, (await gateway.Service.Http.GetStringAsync("/api/models/usage.csv?by=user")).Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Length);
    }

    [Fact(Timeout = Hang)]
    public async Task Budgets_OfSomebody_AreToldWithWhatIsSpent()
    {
        await using var gateway = await GatewayHost.StartAsync(
            databases, ("Nura:Models:Budgets:everybody:Limit", "10"), ("Nura:Models:Budgets:everybody:Period", "Total"),
            ("Nura:Models:Budgets:hers:Limit", "2"), ("Nura:Models:Budgets:hers:Scope", "User"), ("Nura:Models:Budgets:hers:Id", "Ana of the budgets"), ("Nura:Models:Budgets:hers:Period", "Day"),
            ("Nura:Models:Budgets:team's:Limit", "3"), ("Nura:Models:Budgets:team's:Scope", "Team"), ("Nura:Models:Budgets:team's:Id", "shop"));
        using var made = await gateway.PostAsync("/api/keys", """{"name":"Ana of the budgets"}""");
        var admin = gateway.Service.Http.DefaultRequestHeaders.Authorization;
        gateway.Service.Http.DefaultRequestHeaders.Authorization = new("Bearer", (string)JsonNode.Parse(await made.Content.ReadAsStringAsync())!["key"]!);
        using var answer = await gateway.PostAsync("/v1/chat/completions", """{"model":"mock-2","messages":[{"role":"user","content":"one two"}]}""");
        var (_, cost) = await gateway.UsageAsync("mock-2", 200, 1);

        var own = (await gateway.Service.Http.GetFromJsonAsync<JsonArray>("/api/models/budgets"))!;
        gateway.Service.Http.DefaultRequestHeaders.Authorization = admin;
        var all = (await gateway.Service.Http.GetFromJsonAsync<JsonArray>("/api/models/budgets"))!;

        Assert.Equal(["everybody", "hers"], own.Select(budget => (string)budget!["name"]!));
        Assert.Equal(["everybody", "hers", "team's"], all.Select(budget => (string)budget!["name"]!));
        var tomorrow = DateOnly.FromDateTime(TimeProvider.System.GetUtcNow().UtcDateTime).AddDays(1).ToString("O");
        Assert.Equal(("user", "Ana of the budgets", "day", 2m, cost, tomorrow), ((string?)own[1]!["scope"], (string?)own[1]!["id"], (string?)own[1]!["period"], (decimal)own[1]!["limit"]!, (decimal)own[1]!["spent"]!, (string?)own[1]!["anew"]));
        Assert.True(cost > 0 && (decimal)all[0]!["spent"]! >= cost && (decimal)all[2]!["spent"]! == 0);
        Assert.Null(all[0]!["anew"]);
    }

    [Fact(Timeout = Hang)]
    public async Task Saved_ByPromptCachesAndByAnswersGivenAgain_IsTold()
    {
        await using var gateway = await GatewayHost.StartAsync(databases, ("Nura:Models:Cache:Seconds", "60"));
        gateway.Bedrock.Usage = JsonNode.Parse("""{"inputTokens":25,"outputTokens":7,"totalTokens":1132,"cacheReadInputTokens":1000,"cacheWriteInputTokens":100}""")!.AsObject();
        foreach (var path in (string[])["converse", "converse-stream"])
        {
            for (var i = 0; i < 3; i++)
            {
                using var answer = await gateway.PostAsync($"/model/claude-opus-4-5/{path}", """{"messages":[{"role":"user","content":[{"text":"one two"}]}]}""");
                await answer.Content.ReadAsByteArrayAsync();
            }
        }

        await gateway.UsageAsync("claude-opus-4-5", 200, 6);
        var sum = (await gateway.Service.Http.GetFromJsonAsync<JsonArray>("/api/models/usage?by=model"))!.Single(entry => (string?)entry!["group"]!["model"] == "claude-opus-4-5")!;

        // 1000 tokens at 4.5 dollars a million less than 5, and 100 at 1.25 more; a tenth more for the region. Two such calls, each given again twice.
        Assert.Equal(2 * 1.1m * ((1000 * 4.5m) - (100 * 1.25m)) / 1_000_000, (decimal)sum["promptCacheSaved"]!);
        Assert.Equal(2 * (decimal)sum["cost"]!, (decimal)sum["answerCacheSaved"]!);
        Assert.Equal(2 * 0.0015675m, (decimal)sum["cost"]!);
    }

    [Fact(Timeout = Hang)]
    public async Task Usage_OfCallersWhoSayWhatAgentTheyAre_IsCountedByIt()
    {
        await using var gateway = await GatewayHost.StartAsync(databases);
        foreach (var (path, body) in (IEnumerable<(string, string)>)
        [
            ("/v1/chat/completions", """{"model":"lonely","messages":[{"role":"user","content":"one two"}]}"""),
            ("/v1/messages", """{"model":"lonely","max_tokens":9,"messages":[{"role":"user","content":"one two"}]}"""),
            ("/v1/responses", """{"model":"lonely","input":"one two"}"""),
            ("/v1/embeddings", """{"model":"mock-embed","input":"one two"}"""),
            ("/model/claude-haiku-4-5/converse", """{"messages":[{"role":"user","content":[{"text":"one two"}]}]}"""),
        ])
        {
            foreach (var agent in (string[])["reviewer", new('x', 65)])
            {
                using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(body, Encoding.UTF8, "application/json"), Headers = { { "x-nura-agent", agent } } };
                using var answer = await gateway.Service.Http.SendAsync(request);
                Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
            }
        }

        await gateway.UsageAsync("lonely", 200, 6);
        await gateway.UsageAsync("mock-embed", 200, 2);
        await gateway.UsageAsync("claude-haiku-4-5", 200, 2);
        var sums = (await gateway.Service.Http.GetFromJsonAsync<JsonArray>("/api/models/usage?by=agent"))!;

        Assert.Equal(5, (int)sums.Single(sum => (string?)sum!["group"]!["agent"] == "reviewer")!["calls"]!);
        Assert.DoesNotContain(sums, sum => (string?)sum!["group"]!["agent"] is { Length: > 64 });
    }

    [Fact(Timeout = Hang)]
    public async Task Csv_OfAnAgentNamedLikeAFormula_IsNone()
    {
        await using var gateway = await GatewayHost.StartAsync(databases);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/chat/completions")
        {
            Content = new StringContent("""{"model":"lonely","messages":[{"role":"user","content":"one two"}]}""", Encoding.UTF8, "application/json"),
            Headers = { { "x-nura-agent", "=1+1;=2+2;x" } },
        };
        using var answer = await gateway.Service.Http.SendAsync(request);
        await gateway.UsageAsync("lonely", 200, 1);

        // The first is a formula everywhere, the second where spreadsheets part columns at semicolons.
        Assert.Contains("'=1+1;'=2+2;x,1,", await gateway.Service.Http.GetStringAsync("/api/models/usage.csv?by=agent"), StringComparison.Ordinal);
    }

    [Theory(Timeout = Hang)]
    [InlineData("cost_usd;drop")]
    [InlineData("day,model,user,team")]
    public async Task Usage_ByWhatIsNoDimension_IsRefused(string by)
    {
        await using var gateway = await GatewayHost.StartAsync(databases);
        using var answer = await gateway.Service.Http.GetAsync($"/api/models/usage?by={by}");
        Assert.Equal(400, (int)answer.StatusCode);
    }

    [Theory(Timeout = Hang)]
    [InlineData("from=0001-01-01&to=0001-01-01")]
    [InlineData("to=0001-01-01")]
    [InlineData("to=9999-12-31")]
    public async Task Usage_OfDaysBeyondTheCalendar_IsRefused(string period)
    {
        await using var gateway = await GatewayHost.StartAsync(databases);
        using var answer = await gateway.Service.Http.GetAsync($"/api/models/usage?{period}");
        Assert.Equal(400, (int)answer.StatusCode);
    }

    [Fact(Timeout = Hang)]
    public async Task Route_WithoutAQuestion_IsRefused()
    {
        await using var gateway = await GatewayHost.StartAsync(databases);
        using var answer = await gateway.PostAsync("/api/models/route", "{}");
        Assert.Equal(400, (int)answer.StatusCode);
        Assert.Contains("question", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact(Timeout = Hang)]
    public async Task Route_DryRun_ExplainsWithoutCalling()
    {
        await using var gateway = await GatewayHost.StartAsync(databases);
        using var answer = await gateway.PostAsync("/api/models/route", """{"question":"Review this code","agent":"dev","complexity":0.2}""");
        var decision = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;

        Assert.Equal(("developer asks about code", "llama-3-3-70b"), ((string?)decision["rule"], (string?)decision["chosen"]));
        Assert.Empty(gateway.Bedrock.Requests);
    }
}
