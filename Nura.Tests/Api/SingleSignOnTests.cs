using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Npgsql;
using Nura.Tests.Databases;
using Nura.Tests.Models;

namespace Nura.Tests.Api;

/// <summary>Signing in with a certified identity provider.</summary>
public sealed class SingleSignOnTests(DatabaseFixture database) : IClassFixture<DatabaseFixture>
{
    [NodeFact]
    public async Task Person_SignedIn_IsWhoTheProviderSaysWithTheirTeam()
    {
        await using var provider = await IdentityProviderProcess.StartAsync(("ana", "ana@example.com", true, ["platform"]));
        await using var host = await StartAsync(provider, ("Nura:Api:SignIn:Administrators:0", "platform"), ("Nura:Api:SignIn:Teams:shop:0", "@example.com"));
        using var ana = new Visitor(host.Service.Url);

        Assert.Equal("/usage", await ana.SignInAsync("ana", "/usage"));

        var (status, session) = await ana.AskAsync(HttpMethod.Get, "/api/session");
        Assert.Equal((HttpStatusCode.OK, "ana@example.com", true, true), (status, (string?)session!["name"], (bool)session["admin"]!, (bool)session["person"]!));
        var (_, keys) = await ana.AskAsync(HttpMethod.Get, "/api/keys");
        var person = Assert.Single(keys!.AsArray(), key => (Guid)key!["id"]! == (Guid)session["id"]!)!;
        Assert.Equal((provider.Url, "shop", ""), ((string?)person["issuer"], (string?)person["team"], (string?)person["prefix"]));
    }

    [NodeFact]
    public async Task Person_SignsInAgain_IsTheSameAndWhatTheyAreNow()
    {
        await using var provider = await IdentityProviderProcess.StartAsync(("bo", "bo@example.com", true, ["platform"]));
        await using var host = await StartAsync(provider, ("Nura:Api:SignIn:Administrators:0", "platform"));
        using var before = new Visitor(host.Service.Url);
        using var after = new Visitor(host.Service.Url);
        await before.SignInAsync("bo");
        var (_, first) = await before.AskAsync(HttpMethod.Get, "/api/session");

        provider.Has(("bo", "bo.new@example.com", true, []));
        await after.SignInAsync("bo");

        var (_, second) = await after.AskAsync(HttpMethod.Get, "/api/session");
        Assert.Equal(((Guid)first!["id"]!, true), ((Guid)second!["id"]!, (bool)first["admin"]!));
        Assert.Equal(("bo.new@example.com", false), ((string?)second["name"], (bool)second["admin"]!));
        // The older session is the same person's.
        Assert.Equal(HttpStatusCode.Forbidden, (await before.AskAsync(HttpMethod.Get, "/api/keys")).Status);
    }

    [NodeFact]
    public async Task Person_WhoMayNotSignIn_IsToldWhyAndGetsNoSession()
    {
        await using var provider = await IdentityProviderProcess.StartAsync(
            ("member", null, false, ["developers"]), ("stranger", null, false, ["guests"]), ("claimant", "somebody@example.com", false, []), ("colleague", "somebody.else@example.com", true, []));
        await using var host = await StartAsync(provider, ("Nura:Api:SignIn:Members:0", "developers"), ("Nura:Api:SignIn:Members:1", "@example.com"));

        foreach (var (person, page) in new[] { ("member", "/"), ("colleague", "/"), ("stranger", "/#signin=member"), ("claimant", "/#signin=member"), ("nobody", "/#signin=refused") })
        {
            using var visitor = new Visitor(host.Service.Url);
            Assert.Equal(page, await visitor.SignInAsync(person));
            Assert.Equal(page == "/" ? HttpStatusCode.OK : HttpStatusCode.Unauthorized, (await visitor.AskAsync(HttpMethod.Get, "/api/session")).Status);
        }
    }

    [NodeFact]
    public async Task Person_NoMemberAnyMore_LosesSessionsKeysAndRights()
    {
        await using var provider = await IdentityProviderProcess.StartAsync(("hal", "hal@example.com", true, ["developers", "leads"]));
        await using var host = await StartAsync(provider, ("Nura:Api:KeyMemory", "00:00:00"), ("Nura:Api:SignIn:Members:0", "developers"), ("Nura:Api:SignIn:Administrators:0", "leads"));
        using var elsewhere = new Visitor(host.Service.Url);
        using var hal = new Visitor(host.Service.Url);
        await elsewhere.SignInAsync("hal");
        var key = (string)(await elsewhere.AskAsync(HttpMethod.Post, "/api/session/keys", new { name = "a laptop" })).Body!["key"]!;

        provider.Has(("hal", "hal@example.com", true, []));
        Assert.Equal("/#signin=member", await hal.SignInAsync("hal"));

        Assert.Equal(HttpStatusCode.Unauthorized, (await elsewhere.AskAsync(HttpMethod.Get, "/api/session")).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await WhoAsync(host, key)).Status);
        Assert.DoesNotContain((await SendAsync(host, ApiHost.Key, HttpMethod.Get, "/api/keys")).Body!.AsArray(), listed => (string?)listed!["name"] == "hal@example.com" && (bool)listed["admin"]!);
        // A second attempt takes nothing more away.
        Assert.Equal("/#signin=member", await hal.SignInAsync("hal"));
        var trail = (await SendAsync(host, ApiHost.Key, HttpMethod.Get, "/api/audit")).Body!.AsArray();
        Assert.Equal(["membership.lost", "own-key.made", "session.begun"], trail.Where(entry => (string?)entry!["actor"] == "hal@example.com").Select(entry => (string?)entry!["action"]));

        provider.Has(("hal", "hal@example.com", true, ["developers"]));
        Assert.Equal("/", await hal.SignInAsync("hal"));
        Assert.Equal(HttpStatusCode.OK, (await WhoAsync(host, key)).Status);
    }

    [NodeFact]
    public async Task Person_CalledLikeSomebodyElse_IsToldApart()
    {
        await using var provider = await IdentityProviderProcess.StartAsync(("ana@example.com", "eve@example.com", false, []), ("jo", "jo@example.com", false, []));
        await using var host = await StartAsync(provider);
        using var eve = new Visitor(host.Service.Url);

        await eve.SignInAsync(Uri.EscapeDataString("ana@example.com"));

        Assert.Matches("^ana@example\\.com \\([0-9a-f]{8}\\)$", (string?)(await eve.AskAsync(HttpMethod.Get, "/api/session")).Body!["name"]);
    }

    [NodeFact]
    public async Task SignIn_Again_HasTheProviderAskWhoItIs()
    {
        await using var provider = await IdentityProviderProcess.StartAsync();
        await using var host = await StartAsync(provider);
        using var visitor = new Visitor(host.Service.Url);

        Assert.DoesNotContain("prompt=", (await visitor.BeginAsync()).Query, StringComparison.Ordinal);
        Assert.Contains("&prompt=login", (await visitor.BeginAsync(again: true)).Query, StringComparison.Ordinal);
    }

    [NodeFact]
    public async Task Usage_OfAPerson_IsThatOfAllTheirOwnKeys()
    {
        await using var provider = await IdentityProviderProcess.StartAsync(("ida", null, false, []));
        await using var host = await StartAsync(provider, ("Nura:Api:SignIn:NamesAreGiven", "true"));
        using var ida = new Visitor(host.Service.Url);
        await ida.SignInAsync("ida");
        var person = (Guid)(await ida.AskAsync(HttpMethod.Get, "/api/session")).Body!["id"]!;
        var own = (await ida.AskAsync(HttpMethod.Post, "/api/session/keys", new { name = "a laptop" })).Body!;
        await using (var calls = DatabaseFixture.Pool(await database.GetAsync())!.CreateCommand(
            """
            insert into models.usage (id, at, model, provider, key, input_tokens, output_tokens, cache_read_tokens, cache_write_5m_tokens, cache_write_1h_tokens, estimated, cost_usd, status, elapsed_ms)
            select gen_random_uuid(), now(), 'mock', 'fake', key, 1, 1, 0, 0, 0, false, 1, 200, 1 from unnest($1) key
            """))
        {
            calls.Parameters.Add(new() { Value = new[] { person.ToString(), (string)own["view"]!["id"]!, Guid.NewGuid().ToString() } });
            await calls.ExecuteNonQueryAsync();
        }

        var (_, seen) = await ida.AskAsync(HttpMethod.Get, "/api/models/usage?by=model");
        var (_, ownKeys) = await SendAsync(host, (string)own["key"]!, HttpMethod.Get, "/api/models/usage?by=model");

        Assert.Equal(2, (int)Assert.Single(seen!.AsArray())!["calls"]!);
        Assert.Equal(1, (int)Assert.Single(ownKeys!.AsArray())!["calls"]!);
    }

    [NodeFact]
    public async Task OwnKey_OfAPerson_SeesWhatThePersonSeesAndEndsWithThem()
    {
        await using var provider = await IdentityProviderProcess.StartAsync(("cleo", null, false, []));
        await using var host = await StartAsync(provider, ("Nura:Api:KeyMemory", "00:00:00"), ("Nura:Api:SignIn:SeesEverything", "false"), ("Nura:Api:SignIn:NamesAreGiven", "true"));
        using var cleo = new Visitor(host.Service.Url);
        await cleo.SignInAsync("cleo");
        var person = (Guid)(await cleo.AskAsync(HttpMethod.Get, "/api/session")).Body!["id"]!;
        var (made, own) = await cleo.AskAsync(HttpMethod.Post, "/api/session/keys", new { name = "a laptop" });
        var key = (string)own!["key"]!;

        Assert.Equal(HttpStatusCode.Created, made);
        var view = own["view"]!;
        Assert.Equal((person, "cleo", false, 0), ((Guid)view["owner"]!["id"]!, (string?)view["owner"]!["name"], (bool)view["admin"]!, view["repositories"]!.AsArray().Count));
        Assert.Equal((HttpStatusCode.OK, "cleo", false), await WhoAsync(host, key));
        // Who finds the key cannot make others with it.
        Assert.Equal(HttpStatusCode.Forbidden, (await SendAsync(host, key, HttpMethod.Post, "/api/session/keys", new { name = "more" })).Status);

        // Limits and teams are the person's, nobody else's.
        var id = (Guid)view["id"]!;
        foreach (var (path, body) in new (string, object)[] { ("repositories", new { repositories = (Guid[]?)null }), ("team", new { team = "shop" }) })
        {
            Assert.Equal(HttpStatusCode.NotFound, (await SendAsync(host, ApiHost.Key, HttpMethod.Put, $"/api/keys/{id}/{path}", body)).Status);
            Assert.Equal(HttpStatusCode.OK, (await SendAsync(host, ApiHost.Key, HttpMethod.Put, $"/api/keys/{person}/{path}", body)).Status);
        }

        var listed = Assert.Single((await cleo.AskAsync(HttpMethod.Get, "/api/session/keys")).Body!.AsArray())!;
        Assert.Equal(("shop", true), ((string?)listed["team"], listed["repositories"] is null));

        // Shut out, and let in again.
        await SendAsync(host, ApiHost.Key, HttpMethod.Delete, $"/api/keys/{person}");
        Assert.Equal(HttpStatusCode.Unauthorized, (await WhoAsync(host, key)).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await cleo.AskAsync(HttpMethod.Get, "/api/session")).Status);
        Assert.Equal("/c/shared#signin=revoked", await cleo.SignInAsync("cleo", "/c/shared"));
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(host, ApiHost.Key, HttpMethod.Post, $"/api/keys/{person}/restore")).Status);
        // A session from before may be in other hands.
        Assert.Equal(HttpStatusCode.Unauthorized, (await cleo.AskAsync(HttpMethod.Get, "/api/session")).Status);
        Assert.Equal("/", await cleo.SignInAsync("cleo"));
        Assert.Equal(HttpStatusCode.OK, (await WhoAsync(host, key)).Status);

        // A key stays revoked.
        Assert.Equal(HttpStatusCode.NoContent, (await cleo.AskAsync(HttpMethod.Delete, $"/api/session/keys/{id}")).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await WhoAsync(host, key)).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await SendAsync(host, ApiHost.Key, HttpMethod.Post, $"/api/keys/{id}/restore")).Status);
    }

    [NodeFact]
    public async Task OwnKey_PersonLongGone_WorksAgainOnceTheySignIn()
    {
        await using var provider = await IdentityProviderProcess.StartAsync(("dee", null, false, []));
        await using var host = await StartAsync(provider, ("Nura:Api:KeyMemory", "00:00:00"), ("Nura:Api:SignIn:KeysWorkFor", "2.00:00:00"));
        using var dee = new Visitor(host.Service.Url);
        await dee.SignInAsync("dee");
        var key = (string)(await dee.AskAsync(HttpMethod.Post, "/api/session/keys", new { name = "a laptop" })).Body!["key"]!;
        Assert.Equal(HttpStatusCode.OK, (await WhoAsync(host, key)).Status);

        await using var late = host.Service.Get<NpgsqlDataSource>().CreateCommand("update api.keys set signed_in_at = now() - interval '2 days 1 minute' where subject = 'dee'");
        await late.ExecuteNonQueryAsync();
        Assert.Equal(HttpStatusCode.Unauthorized, (await WhoAsync(host, key)).Status);
        await dee.SignInAsync("dee");

        Assert.Equal(HttpStatusCode.OK, (await WhoAsync(host, key)).Status);
    }

    [NodeFact]
    public async Task OwnKeys_OfSomebodyElse_AreNotThere()
    {
        await using var provider = await IdentityProviderProcess.StartAsync(("eli", null, false, []), ("fay", null, false, []));
        await using var host = await StartAsync(provider);
        using var eli = new Visitor(host.Service.Url);
        using var fay = new Visitor(host.Service.Url);
        await eli.SignInAsync("eli");
        await fay.SignInAsync("fay");
        var id = (Guid)(await eli.AskAsync(HttpMethod.Post, "/api/session/keys", new { name = "a laptop" })).Body!["view"]!["id"]!;

        Assert.Equal(HttpStatusCode.NotFound, (await fay.AskAsync(HttpMethod.Delete, $"/api/session/keys/{id}")).Status);
        Assert.Empty((await fay.AskAsync(HttpMethod.Get, "/api/session/keys")).Body!.AsArray());
        Assert.Equal(HttpStatusCode.Forbidden, (await fay.AskAsync(HttpMethod.Get, "/api/keys")).Status);
        Assert.Null(Assert.Single((await eli.AskAsync(HttpMethod.Get, "/api/session/keys")).Body!.AsArray())!["revokedAt"]);
    }

    [NodeFact]
    public async Task Answer_OfTheProvider_IsTakenOnceAndOnlyByTheBrowserThatAsked()
    {
        await using var provider = await IdentityProviderProcess.StartAsync(("gus", null, false, []));
        await using var host = await StartAsync(provider);
        using var victim = new Visitor(host.Service.Url);
        using var gus = new Visitor(host.Service.Url);
        using var twice = new Visitor(host.Service.Url);

        // Somebody sends a link that would sign the victim in as themselves.
        Assert.Equal("/#signin=expired", await victim.FollowAsync(new Uri(host.Service.Url, $"/signin/callback?code=stolen&state={Uri.EscapeDataString(StateOf(await gus.BeginAsync()))}")));
        // Two tabs at once do not disturb each other.
        var (one, other) = (await twice.BeginAsync("/usage"), await twice.BeginAsync("/keys"));
        Assert.Equal("/usage", await twice.FollowAsync(new Uri($"{one}&login_hint=gus")));
        Assert.Equal("/keys", await twice.FollowAsync(new Uri($"{other}&login_hint=gus")));
        Assert.Equal("/#signin=expired", await twice.FollowAsync(new Uri(host.Service.Url, $"/signin/callback?code=again&state={Uri.EscapeDataString(StateOf(one))}")));
    }

    [NodeFact]
    public async Task SignIn_ThatWouldLeadElsewhere_LeadsToTheStart()
    {
        await using var provider = await IdentityProviderProcess.StartAsync(("ida", null, false, []));
        await using var host = await StartAsync(provider);

        foreach (var to in (string[])["https://evil.example", "//evil.example", "/\\evil.example", "evil", "/\u00e9", ""])
        {
            using var ida = new Visitor(host.Service.Url);
            Assert.Equal("/", await ida.SignInAsync("ida", to));
        }
    }

    private Task<ApiHost> StartAsync(IdentityProviderProcess provider, params (string Key, string? Value)[] settings) => ApiHost.StartAsync(database, settings: [.. provider.Settings, .. settings]);

    private static string StateOf(Uri address) => Microsoft.AspNetCore.WebUtilities.QueryHelpers.ParseQuery(address.Query)["state"].ToString();

    private static async Task<(HttpStatusCode Status, string? Name, bool Person)> WhoAsync(ApiHost host, string key)
    {
        var (status, body) = await SendAsync(host, key, HttpMethod.Get, "/api/session");
        return (status, (string?)body?["name"], (bool?)body?["person"] ?? false);
    }

    private static async Task<(HttpStatusCode Status, JsonNode? Body)> SendAsync(ApiHost host, string key, HttpMethod method, string path, object? body = null)
    {
        using var request = new HttpRequestMessage(method, path) { Headers = { { "Authorization", $"Bearer {key}" } }, Content = body is null ? null : JsonContent.Create(body) };
        using var response = await host.Http.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        return (response.StatusCode, text.Length == 0 ? null : JsonNode.Parse(text));
    }
}
