using Nura.Tests.Api;
using Nura.Tests.Databases;
using Nura.Tests.Fakes;
using Nura.Tests.Models;

namespace Nura.Tests.Browser;

public sealed class UsageJourneyTests(DatabaseFixture database) : IClassFixture<DatabaseFixture>
{
    [BrowserFact(Timeout = 240_000)]
    public async Task Usage_InARealBrowser_TellsWhatAQuestionCost()
    {
        await using var model = await FakeOpenAi.StartAsync();
        model.Instead = async (http, body) =>
        {
            var fails = body["messages"]!.ToJsonString().Contains("Fail", StringComparison.Ordinal);
            if (fails)
            {
                await FakeOpenAi.ErrorAsync(http, 400, "This one fails.");
            }

            return fails;
        };
        using var catalog = new TemporaryFile("""{ "models": [{ "id": "mock", "provider": "openai", "server": "fake", "capabilities": ["tools"], "prices": [{ "input": 2, "output": 8, "cacheRead": 1 }] }] }""");
        await using var nura = await RunningNura.StartAsync(
            database, ("Nura:Models:Catalog", catalog.Path), ("Nura:Models:Servers:fake:BaseUrl", model.BaseUrl), ("Nura:Models:Servers:fake:EmbeddingModels:0", "unused"), ("Nura:Models:Default", "mock"),
            ("Nura:Models:Budgets:everybody:Limit", "25"), ("Nura:Models:Budgets:everybody:Period", "Total"));
        await using (var past = DatabaseFixture.Pool(await database.GetAsync())!.CreateCommand("""
            insert into models.usage (id, at, model, provider, team, input_tokens, output_tokens, cache_read_tokens, cache_write_5m_tokens, cache_write_1h_tokens, estimated, cost_usd, status, elapsed_ms)
            values (gen_random_uuid(), now() - interval '40 days', 'dear', 'bedrock', 'shop', 2000000, 100000, 0, 0, 0, false, 12.5, 200, 900)
            """))
        {
            await past.ExecuteNonQueryAsync();
        }

        var output = await BrowserScript.RunAsync("usage.mjs", nura.Service.Url.ToString().TrimEnd('/'), RunningNura.Key);

        Assert.Contains("ok dark and narrow", output, StringComparison.Ordinal);
    }
}
