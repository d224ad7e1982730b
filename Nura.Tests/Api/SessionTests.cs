using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Nura.Tests.Databases;

namespace Nura.Tests.Api;

public sealed class SessionTests(DatabaseFixture database) : IClassFixture<DatabaseFixture>
{
    private const int Hang = 180_000;

    [Fact(Timeout = Hang)]
    public async Task Session_SignedIn_WorksUntilSignedOut()
    {
        await using var host = await ApiHost.StartAsync(database);
        host.Http.DefaultRequestHeaders.Authorization = null;
        var cookie = await SignInAsync(host, ApiHost.Key);

        Assert.Equal(HttpStatusCode.OK, await StatusAsync(host, HttpMethod.Get, "/api/session", cookie));
        Assert.Equal(HttpStatusCode.NoContent, await StatusAsync(host, HttpMethod.Delete, "/api/session", cookie));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(host, HttpMethod.Get, "/api/session", cookie));
    }

    [Fact(Timeout = Hang)]
    public async Task Session_CookieWithoutTheClientsHeader_IsNobody()
    {
        await using var host = await ApiHost.StartAsync(database);
        host.Http.DefaultRequestHeaders.Authorization = null;
        var cookie = await SignInAsync(host, ApiHost.Key);

        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(host, HttpMethod.Get, "/api/session", cookie, fromClient: false));
    }

    [Fact(Timeout = Hang)]
    public async Task Session_ItsKeyRevoked_EndsToo()
    {
        await using var host = await ApiHost.StartAsync(database);
        using var made = await host.Http.PostAsJsonAsync("/api/keys", new { name = "a browser" });
        var key = JsonNode.Parse(await made.Content.ReadAsStringAsync())!;
        var cookie = await SignInAsync(host, (string)key["key"]!);
        using var revoked = await host.Http.DeleteAsync($"/api/keys/{(string)key["view"]!["id"]!}");
        host.Http.DefaultRequestHeaders.Authorization = null;

        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(host, HttpMethod.Get, "/api/session", cookie));
    }

    [Theory(Timeout = Hang)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Session_OfAKey_TellsWhichItIsAndWhetherItIsAnAdministrators(bool admin)
    {
        await using var host = await ApiHost.StartAsync(database);
        using var made = await host.Http.PostAsJsonAsync("/api/keys", new { name = "a browser", admin });
        var key = JsonNode.Parse(await made.Content.ReadAsStringAsync())!;
        host.Http.DefaultRequestHeaders.Authorization = null;
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/session") { Headers = { { "Cookie", await SignInAsync(host, (string)key["key"]!) }, { "x-nura-client", "web" } } };

        using var response = await host.Http.SendAsync(request);

        var session = JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
        Assert.Equal(((Guid)key["view"]!["id"]!, "a browser", admin), ((Guid)session["id"]!, (string?)session["name"], (bool)session["admin"]!));
    }

    [Theory(Timeout = Hang)]
    [InlineData("/api/session")]
    [InlineData("/api/conversations")]
    [InlineData("/api/keys")]
    [InlineData("/api/models/usage.csv")]
    public async Task Answer_ForOneKey_IsKeptByNoCache(string path)
    {
        await using var host = await ApiHost.StartAsync(database);

        using var response = await host.Http.GetAsync(path);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("no-store", response.Headers.CacheControl?.ToString());
    }

    [Theory(Timeout = Hang)]
    [InlineData("")]
    [InlineData("nura_wrong")]
    public async Task SignIn_WrongKey_IsRefusedWithoutACookie(string key)
    {
        await using var host = await ApiHost.StartAsync(database);
        host.Http.DefaultRequestHeaders.Authorization = null;

        using var response = await host.Http.PostAsJsonAsync("/api/session", new { key });

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.False(response.Headers.Contains("Set-Cookie"));
    }

    [Fact(Timeout = Hang)]
    public async Task SignIn_Cookie_IsOutOfReachOfScriptsAndOtherSites()
    {
        await using var host = await ApiHost.StartAsync(database);

        using var response = await host.Http.PostAsJsonAsync("/api/session", new { key = ApiHost.Key });

        var cookie = Assert.Single(response.Headers.GetValues("Set-Cookie"));
        Assert.Contains("httponly", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("samesite=strict", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(ApiHost.Key, cookie, StringComparison.Ordinal);
    }

    private static async Task<string> SignInAsync(ApiHost host, string key)
    {
        using var response = await host.Http.PostAsJsonAsync("/api/session", new { key });
        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
        return response.Headers.GetValues("Set-Cookie").Single().Split(';')[0];
    }

    private static async Task<HttpStatusCode> StatusAsync(ApiHost host, HttpMethod method, string path, string cookie, bool fromClient = true)
    {
        using var request = new HttpRequestMessage(method, path) { Headers = { { "Cookie", cookie } } };
        if (fromClient)
        {
            request.Headers.Add("x-nura-client", "web");
        }

        using var response = await host.Http.SendAsync(request);
        return response.StatusCode;
    }
}
