using Nura.Tests.Api;
using Nura.Tests.Databases;

namespace Nura.Tests.Browser;

public sealed class SignInJourneyTests(DatabaseFixture database) : IClassFixture<DatabaseFixture>
{
    [BrowserFact(Timeout = 240_000)]
    public async Task SignIn_InARealBrowser_LetsPeopleInAndOut()
    {
        await using var provider = await IdentityProviderProcess.StartAsync(("lead", "lead@example.com", true, ["leads"]), ("dev", "dev@example.com", true, ["developers"]));
        await using var nura = await RunningNura.StartAsync(database, [
            .. provider.Settings, ("Nura:Api:SignIn:Administrators:0", "leads"), ("Nura:Api:SignIn:Teams:shop:0", "developers"), ("Nura:Api:KeyMemory", "00:00:00")]);

        var output = await BrowserScript.RunAsync("signin.mjs", nura.Service.Url.ToString().TrimEnd('/'), provider.Url);

        Assert.Contains("ok signed out", output, StringComparison.Ordinal);
    }
}
