using Nura.Tests.Api;
using Nura.Tests.Databases;
using Nura.Tests.Rag;

namespace Nura.Tests.Browser;

public sealed class ShareJourneyTests(DatabaseFixture database) : IClassFixture<DatabaseFixture>
{
    [BrowserFact(Timeout = 240_000)]
    public async Task Conversation_InARealBrowser_IsSharedReadAndNotSharedAnyMore()
    {
        await using var nura = await RunningNura.StartAsync(database);
        using var hats = new SampleRepository(nura.Folder);
        hats.Commit("README.md", "The shop sells hats.\n");
        await nura.AddAsync(hats, "hats");
        var (colleague, limited) = (await nura.KeyAsync(null), await nura.KeyAsync([]));

        var output = await BrowserScript.RunAsync("share.mjs", nura.Service.Url.ToString().TrimEnd('/'), RunningNura.Key, colleague.Key, limited.Key);

        Assert.Contains("ok a question of one's own", output, StringComparison.Ordinal);
    }
}
