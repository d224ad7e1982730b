using System.Net;
using Microsoft.AspNetCore.WebUtilities;
using Nura.Api.People;
using Nura.Tests.Databases;
using Nura.Tests.Fakes;

namespace Nura.Tests.Api;

/// <summary>Identity providers that misbehave, are away, or are not set up right.</summary>
public sealed class IdentityProviderTests(DatabaseFixture database) : IClassFixture<DatabaseFixture>
{
    private const int Hang = 180_000;

    [Fact(Timeout = Hang)]
    public async Task SignIn_ProviderThatTakesSecretsInTheForm_GetsCodeVerifierAndSecret()
    {
        await using var provider = await FakeIdentityProvider.StartAsync();
        await using var host = await StartAsync(provider.Url);
        using var ana = new Visitor(host.Service.Url);

        var (page, asked) = await ComeBackAsync(provider, ana, host.Service.Url);

        Assert.Equal("/", page);
        Assert.Equal("ana@example.com", (string?)(await ana.AskAsync(HttpMethod.Get, "/api/session")).Body!["name"]);
        Assert.Equal(("code", "S256", "openid profile email"), (asked["response_type"], asked["code_challenge_method"], asked["scope"]));
        var verifier = provider.Form!["code_verifier"].ToString();
        Assert.Equal(asked["code_challenge"], WebEncoders.Base64UrlEncode(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.ASCII.GetBytes(verifier))));
        Assert.Equal(("authorization_code", "a code", "nura", "a secret", asked["redirect_uri"]),
            (provider.Form["grant_type"].ToString(), provider.Form["code"].ToString(), provider.Form["client_id"].ToString(), provider.Form["client_secret"].ToString(), provider.Form["redirect_uri"].ToString()));
    }

    [Theory(Timeout = Hang)]
    [InlineData("unsigned")]
    [InlineData("signed by another key")]
    [InlineData("issuer of another provider")]
    [InlineData("audience of another client")]
    [InlineData("authorized for another client")]
    [InlineData("nonce of another sign-in")]
    [InlineData("expired")]
    [InlineData("nobody's")]
    [InlineData("subject of no length that can be")]
    [InlineData("no token endpoint")]
    [InlineData("user info that is a list")]
    [InlineData("code refused")]
    [InlineData("no JSON")]
    [InlineData("no identity token")]
    public async Task SignIn_AnswerIsNotAsItShouldBe_ComesToNothing(string wrong)
    {
        await using var provider = await FakeIdentityProvider.StartAsync();
        await using var host = await StartAsync(provider.Url);
        using var ana = new Visitor(host.Service.Url);
        provider.Wrong = wrong;

        var (page, _) = await ComeBackAsync(provider, ana, host.Service.Url);

        Assert.Equal("/#signin=provider", page);
        Assert.Equal(HttpStatusCode.Unauthorized, (await ana.AskAsync(HttpMethod.Get, "/api/session")).Status);
        Assert.DoesNotContain("a secret", (await host.Service.Logs.WhenLogged(1060)).Text, StringComparison.Ordinal);
    }

    [Fact(Timeout = Hang)]
    public async Task SignIn_AnswerNamesAnotherSender_ComesToNothing()
    {
        await using var provider = await FakeIdentityProvider.StartAsync();
        await using var host = await StartAsync(provider.Url);
        using var ana = new Visitor(host.Service.Url);

        Assert.Equal("/#signin=provider", (await ComeBackAsync(provider, ana, host.Service.Url, "&iss=https%3A%2F%2Flogin.example.com")).Page);
        Assert.Null(provider.Form);
    }

    [Fact(Timeout = Hang)]
    public async Task SignIn_UserInfoIsSomebodyElses_IsNotTaken()
    {
        await using var provider = await FakeIdentityProvider.StartAsync();
        await using var host = await StartAsync(provider.Url);
        using var ana = new Visitor(host.Service.Url);
        provider.Wrong = "user info of somebody else";

        Assert.Equal("/", (await ComeBackAsync(provider, ana, host.Service.Url)).Page);
        Assert.StartsWith("ana (", (string?)(await ana.AskAsync(HttpMethod.Get, "/api/session")).Body!["name"], StringComparison.Ordinal);
    }

    [Fact(Timeout = Hang)]
    public async Task SignIn_ProviderHasNewKeys_AreFetchedAtOnce()
    {
        await using var provider = await FakeIdentityProvider.StartAsync();
        await using var host = await StartAsync(provider.Url);
        using var ana = new Visitor(host.Service.Url);
        Assert.Equal("/", (await ComeBackAsync(provider, ana, host.Service.Url)).Page);

        provider.ChangeKey();

        Assert.Equal("/", (await ComeBackAsync(provider, ana, host.Service.Url)).Page);
    }

    [Fact(Timeout = Hang)]
    public async Task Cookies_PublicAddressIsSafe_TakeNoOtherWay()
    {
        await using var provider = await FakeIdentityProvider.StartAsync();
        await using var host = await ApiHost.StartAsync(database, settings:
            [("Nura:Api:SignIn:Authority", provider.Url), ("Nura:Api:SignIn:ClientId", "nura"), ("Nura:Api:SignIn:PublicUrl", "https://nura.example.com/")]);
        using var plain = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = host.Service.Url };

        using var begun = await plain.GetAsync("/signin");
        using var session = await plain.PostAsync("/api/session", new StringContent($$"""{"key":"{{ApiHost.Key}}"}""", System.Text.Encoding.UTF8, "application/json"));

        Assert.Contains("redirect_uri=https%3A%2F%2Fnura.example.com%2Fsignin%2Fcallback", begun.Headers.Location!.Query, StringComparison.Ordinal);
        foreach (var response in (HttpResponseMessage[])[begun, session])
        {
            var cookie = Assert.Single(response.Headers.GetValues("Set-Cookie"));
            Assert.StartsWith("__Host-nura_", cookie, StringComparison.Ordinal);
            Assert.Contains("; path=/; secure", cookie, StringComparison.OrdinalIgnoreCase);
        }

        // Another host of the same domain can set any cookie but that one, which older browsers know by its exact name alone.
        var held = session.Headers.GetValues("Set-Cookie").Single().Split(';')[0];
        foreach (var (cookie, status) in new[] { (held, HttpStatusCode.OK), (held.Replace("__Host-", "", StringComparison.Ordinal), HttpStatusCode.Unauthorized), (held.Replace("Host", "host", StringComparison.Ordinal), HttpStatusCode.Unauthorized) })
        {
            using var asking = new HttpRequestMessage(HttpMethod.Get, "/api/session") { Headers = { { "Cookie", cookie }, { "x-nura-client", "web" } } };
            using var answer = await plain.SendAsync(asking);
            Assert.Equal(status, answer.StatusCode);
        }
    }

    [Fact(Timeout = Hang)]
    public async Task SignIn_ProviderAway_SaysSoAndWorksOnceItIsBack()
    {
        await using var provider = await FakeIdentityProvider.StartAsync();
        await using var host = await StartAsync(provider.Url);
        using var ana = new Visitor(host.Service.Url);
        provider.Wrong = "no metadata";

        Assert.EndsWith("/#signin=provider", (await ana.BeginAsync()).ToString(), StringComparison.Ordinal);
        provider.Wrong = "";

        Assert.Equal("/", (await ComeBackAsync(provider, ana, host.Service.Url)).Page);
    }

    [Fact(Timeout = Hang)]
    public async Task SignIn_WithoutAProvider_IsOfferedByKeyAlone()
    {
        await using var host = await ApiHost.StartAsync(database);
        host.Http.DefaultRequestHeaders.Authorization = null;

        using var begun = await host.Http.GetAsync("/signin");

        Assert.Equal(HttpStatusCode.NotFound, begun.StatusCode);
        Assert.Equal("{}", await host.Http.GetStringAsync("/api/session/provider"));
    }

    [Theory]
    [InlineData("http://login.example.com", "nura", null, "https")]
    [InlineData("login.example.com", "nura", null, "https")]
    [InlineData("https://login.example.com", null, null, "ClientId is missing")]
    [InlineData("https://login.example.com", "nura", "nura.example.com", "PublicUrl")]
    [InlineData("https://login.example.com", "nura", null, "an audience of its own")]
    public void Options_NotRight_SayWhatToDo(string authority, string? client, string? url, string said)
    {
        var options = new SignInOptions { Audience = said.Contains("audience", StringComparison.Ordinal) ? client : null, Authority = new Uri(authority, UriKind.RelativeOrAbsolute), ClientId = client, PublicUrl = url is null ? null : new Uri(url, UriKind.RelativeOrAbsolute) };

        Assert.Contains(said, new SignInRules().Validate(null, options).FailureMessage, StringComparison.Ordinal);
    }

    private Task<ApiHost> StartAsync(string authority) => ApiHost.StartAsync(database, settings:
        [("Nura:Api:SignIn:Authority", authority), ("Nura:Api:SignIn:ClientId", "nura"), ("Nura:Api:SignIn:ClientSecret", "a secret")]);

    // What a browser does between both: the provider asks its person and sends them back.
    private static async Task<(string Page, IReadOnlyDictionary<string, string> Asked)> ComeBackAsync(FakeIdentityProvider provider, Visitor visitor, Uri nura, string more = "")
    {
        var asked = QueryHelpers.ParseQuery((await visitor.BeginAsync()).Query).ToDictionary(pair => pair.Key, pair => pair.Value.ToString());
        provider.Nonce = asked["nonce"];
        return (await visitor.FollowAsync(new Uri(nura, $"/signin/callback?code=a%20code&state={Uri.EscapeDataString(asked["state"])}{more}")), asked);
    }
}
