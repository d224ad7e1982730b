using Nura.Tests.Api;
using Nura.Tests.Databases;
using Nura.Tests.Rag;

namespace Nura.Tests.Browser;

public sealed class KeyJourneyTests(DatabaseFixture database) : IClassFixture<DatabaseFixture>
{
    [BrowserFact(Timeout = 240_000)]
    public async Task Keys_InARealBrowser_AreMadeSeenOnceLimitedAndRevoked()
    {
        await using var nura = await RunningNura.StartAsync(database, ("Nura:Api:SigningSecret", "a secret of these tests, long enough"));
        foreach (var name in (string[])["hats", "secrets"])
        {
            using var sample = new SampleRepository(nura.Folder);
            sample.Commit("README.md", "The shop sells hats.\n");
            await nura.AddAsync(sample, name);
        }

        var output = await BrowserScript.RunAsync("keys.mjs", nura.Service.Url.ToString().TrimEnd('/'), RunningNura.Key);

        Assert.Contains("ok signed out", output, StringComparison.Ordinal);
    }
}
