using System.Net;
using System.Text.Json;
using Microsoft.Extensions.Hosting;

namespace Nura.Tests.ServiceDefaults;

public sealed class HealthTests
{
    private const string Unreachable = "Host=127.0.0.1;Port=1;Username=someone;Password=hidden";

    [Fact(Timeout = 180_000)]
    public async Task Health_DatabaseUnreachable_NamesItWithoutSecrets()
    {
        await using var service = await TestService.StartAsync(configure: builder => builder.AddNpgsqlDataSource("nura"), settings: ("ConnectionStrings:nura", Unreachable));

        foreach (var path in (string[])["/health", "/ready"])
        {
            using var response = await service.Http.GetAsync(path);
            var body = await response.Content.ReadAsStringAsync();
            var check = JsonDocument.Parse(body).RootElement.GetProperty("checks").GetProperty("PostgreSql");

            Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
            Assert.Equal("Unhealthy", check.GetProperty("status").GetString());
            Assert.Equal("PostgreSQL does not answer.", check.GetProperty("description").GetString());
            Assert.DoesNotMatch("hidden|someone|127\\.0\\.0\\.1", body);
        }
    }

    [Fact(Timeout = 180_000)]
    public async Task Alive_DatabaseUnreachable_IsHealthy()
    {
        await using var service = await TestService.StartAsync(configure: builder => builder.AddNpgsqlDataSource("nura"), settings: ("ConnectionStrings:nura", Unreachable));

        using var response = await service.Http.GetAsync("/alive");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact(Timeout = 180_000)]
    public async Task Health_RedisUnreachable_IsOnlyDegraded()
    {
        await using var service = await TestService.StartAsync(configure: builder => builder.AddRedisClient("cache"), settings: ("ConnectionStrings:cache", "127.0.0.1:1"));

        using var response = await service.Http.GetAsync("/ready");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Contains("\"Redis\":{\"status\":\"Degraded\"", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact(Timeout = 180_000)]
    public async Task Database_NoConnectionString_NamesTheKey()
    {
        await using var service = await TestService.StartAsync(configure: builder => builder.AddNpgsqlDataSource("nura"));

        var error = Assert.Throws<InvalidOperationException>(service.Get<Npgsql.NpgsqlDataSource>);

        Assert.Contains("ConnectionStrings__nura", error.Message, StringComparison.Ordinal);
        using var response = await service.Http.GetAsync("/health");
        Assert.Contains("PostgreSQL is not configured.", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }
}
