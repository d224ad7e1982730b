using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Npgsql;
using Nura.Tests.Databases;

namespace Nura.Tests.Api;

public sealed class KeyTests(DatabaseFixture database) : IClassFixture<DatabaseFixture>
{
    private const int Hang = 180_000;

    [Fact(Timeout = Hang)]
    public async Task Key_Made_WorksUntilRevoked()
    {
        await using var host = await ApiHost.StartAsync(database);
        var (key, id) = await CreateAsync(host, admin: false);

        Assert.Equal(HttpStatusCode.OK, await StatusAsync(host, HttpMethod.Get, "/v1/models", key));
        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(host, HttpMethod.Get, "/api/keys", key));
        Assert.Equal(HttpStatusCode.NoContent, await StatusAsync(host, HttpMethod.Delete, $"/api/keys/{id}", ApiHost.Key));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(host, HttpMethod.Get, "/v1/models", key));
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(host, HttpMethod.Delete, $"/api/keys/{Guid.NewGuid()}", ApiHost.Key));
    }

    [Fact(Timeout = Hang)]
    public async Task Key_RevokedByAnotherProcess_StopsWhenItsMemoryFades()
    {
        await using var host = await ApiHost.StartAsync(database, settings: ("Nura:Api:KeyMemory", "00:00:00"));
        var (key, id) = await CreateAsync(host, admin: true);
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(host, HttpMethod.Get, "/api/keys", key));

        await using (var revoke = host.Service.Get<NpgsqlDataSource>().CreateCommand($"update api.keys set revoked_at = now() where id = '{id}'"))
        {
            await revoke.ExecuteNonQueryAsync();
        }

        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(host, HttpMethod.Get, "/api/keys", key));
    }

    [Fact(Timeout = Hang)]
    public async Task Key_Listed_ShowsItsBeginningAndUseButNeverItself()
    {
        await using var host = await ApiHost.StartAsync(database);
        var (key, id) = await CreateAsync(host, admin: false);
        await StatusAsync(host, HttpMethod.Get, "/v1/models", key);

        var text = await host.Http.GetStringAsync("/api/keys");

        var view = JsonNode.Parse(text)!.AsArray().Single(entry => (string?)entry!["id"] == id)!;
        Assert.Equal(key[..12], (string?)view["prefix"]);
        Assert.NotNull(view["lastUsedAt"]);
        Assert.DoesNotContain(key, text, StringComparison.Ordinal);
        await using var stored = host.Service.Get<NpgsqlDataSource>().CreateCommand($"select k::text from api.keys k where id = '{id}'");
        Assert.DoesNotContain(key[12..], (string)(await stored.ExecuteScalarAsync())!, StringComparison.Ordinal);
    }

    [Theory(Timeout = Hang)]
    [InlineData("/v1/models")]
    [InlineData("/api/repositories")]
    public async Task Key_InEitherHeader_IsTaken(string path)
    {
        await using var host = await ApiHost.StartAsync(database);
        host.Agents.Rag.Instead = http => Answer(http, path.StartsWith("/api", StringComparison.Ordinal));
        using var request = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { { "x-api-key", ApiHost.Key } } };
        host.Http.DefaultRequestHeaders.Authorization = null;

        using var response = await host.Http.SendAsync(request);
        using var without = await host.Http.GetAsync(path);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, without.StatusCode);
        Assert.Equal("Bearer", without.Headers.WwwAuthenticate.ToString());
    }

    private static async Task<bool> Answer(Microsoft.AspNetCore.Http.HttpContext http, bool empty)
    {
        if (empty)
        {
            await Microsoft.AspNetCore.Http.HttpResponseJsonExtensions.WriteAsJsonAsync(http.Response, Array.Empty<string>());
        }

        return empty;
    }

    private static async Task<(string Key, string Id)> CreateAsync(ApiHost host, bool admin)
    {
        using var response = await host.Http.PostAsJsonAsync("/api/keys", new { name = "a laptop", admin });
        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        var created = JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
        return ((string)created["key"]!, (string)created["view"]!["id"]!);
    }

    private static async Task<HttpStatusCode> StatusAsync(ApiHost host, HttpMethod method, string path, string key)
    {
        using var request = new HttpRequestMessage(method, path) { Headers = { { "Authorization", $"Bearer {key}" } } };
        using var response = await host.Http.SendAsync(request);
        return response.StatusCode;
    }
}
