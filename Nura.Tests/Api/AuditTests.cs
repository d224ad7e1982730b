using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Routing;
using Nura.Api.Audit;
using Nura.Tests.Databases;
using Nura.Tests.Rag;

namespace Nura.Tests.Api;

/// <summary>Who changed what, as administrators read it.</summary>
public sealed class AuditTests(DatabaseFixture database) : IClassFixture<DatabaseFixture>
{
    private const int Hang = 240_000;

    /// <summary>What changes nothing for others: questions, lookups, and what belongs to the caller alone. Sessions are noted where they begin; pushes have their own list.</summary>
    private static readonly string[] s_unnoted =
    [
        "/v1/", "/model/", "/mcp", "/api/conversations", "/api/runs", "/api/search", "/api/symbols", "/api/references", "/api/grep", "/api/files/read", "/api/models/route", "/api/session/", "/webhooks/",
    ];

    [Fact(Timeout = Hang)]
    [Trait("Inside", "service")]
    public async Task Endpoint_ThatChangesSomethingForOthers_IsNoted()
    {
        await using var host = await ApiHost.StartAsync(database);

        var unnoted = host.Service.Get<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(route => route.Metadata.GetMetadata<IHttpMethodMetadata>() is { } methods && !methods.HttpMethods.Contains("GET") && route.Metadata.GetMetadata<Audited>() is null)
            .Select(route => $"{route.RoutePattern.RawText}/".Replace("//", "/", StringComparison.Ordinal));

        Assert.Equal([], unnoted.Where(path => !s_unnoted.Any(known => path.StartsWith(known, StringComparison.Ordinal))));
    }

    [Fact(Timeout = Hang)]
    public async Task Trail_OfKeys_NamesWhoDidWhatAndNoKey()
    {
        await using var host = await ApiHost.StartAsync(database);
        var made = await SendAsync(host.Http, HttpMethod.Post, "/api/keys", new { name = "Ana's laptop", repositories = Array.Empty<Guid>(), team = "shop" });
        var id = (Guid)made!["view"]!["id"]!;
        await SendAsync(host.Http, HttpMethod.Put, $"/api/keys/{id}/repositories", new { repositories = (Guid[]?)null });
        await SendAsync(host.Http, HttpMethod.Put, $"/api/keys/{id}/team", new { team = (string?)null });
        await SendAsync(host.Http, HttpMethod.Delete, $"/api/keys/{id}");

        var entries = await EntriesAsync(host.Http, id.ToString());

        Assert.Equal(["key.made: no repository, team shop", "key.limited: every repository", "key.assigned: no team", "key.revoked: "], entries.Select(entry => $"{entry["action"]}: {entry["detail"]}"));
        Assert.All(entries, entry => Assert.Equal((Guid.Empty, "first key", "Ana's laptop"), ((Guid)entry["actorId"]!, (string?)entry["actor"], (string?)entry["name"])));
        Assert.DoesNotContain((string)made["key"]!, await host.Http.GetStringAsync("/api/audit"), StringComparison.Ordinal);
        Assert.Equal($"Audit: {Guid.Empty} key.made {id}", (await host.Service.Logs.WhenLogged(1061)).Text);
    }

    [Fact(Timeout = Hang)]
    public async Task Trail_OfARepository_StillNamesItWhenItIsGone()
    {
        await using var nura = await RunningNura.StartAsync(database);
        using var sample = new SampleRepository(nura.Folder);
        sample.Commit("a.cs", "class Invoice;\n");
        var added = await SendAsync(nura.Http, HttpMethod.Post, "/api/repositories", new { source = sample.Path, name = "audited" });
        var id = (string)added!["id"]!;
        await SendAsync(nura.Http, HttpMethod.Post, $"/api/repositories/{id}/webhook");
        await SendAsync(nura.Http, HttpMethod.Delete, $"/api/repositories/{id}");
        using var document = await nura.Http.PutAsync("/api/documents/handbook/a/b.md", new StringContent("# Holidays\n"));

        var entries = await EntriesAsync(nura.Http, id);
        var upload = Assert.Single(await EntriesAsync(nura.Http, "handbook/a/b.md"));

        Assert.Equal(["repository.added audited", "repository.webhook-made audited", "repository.removed audited"], entries.Select(entry => $"{entry["action"]} {entry["name"]}"));
        Assert.Equal("document.uploaded", (string?)upload["action"]);
    }

    [Fact(Timeout = Hang)]
    public async Task Trail_WhatWasRefused_IsNotInIt()
    {
        await using var host = await ApiHost.StartAsync(database);
        var id = Guid.CreateVersion7();

        using var refused = await host.Http.DeleteAsync($"/api/keys/{id}");

        Assert.Equal(HttpStatusCode.NotFound, refused.StatusCode);
        Assert.Empty(await EntriesAsync(host.Http, id.ToString()));
    }

    [Fact(Timeout = Hang)]
    public async Task Trail_DatabaseDoesNotTakeAnEntry_StandsInTheLog()
    {
        await using var host = await ApiHost.StartAsync(database);
        await ExecuteAsync("alter table api.audit add constraint refused check (name <> 'never kept')");

        var made = await SendAsync(host.Http, HttpMethod.Post, "/api/keys", new { name = "never kept" });

        var id = (string)made!["view"]!["id"]!;
        Assert.Contains($"Audit: {Guid.Empty} key.made {id}", (await host.Service.Logs.WhenLogged(1062)).Text, StringComparison.Ordinal);
        Assert.Empty(await EntriesAsync(host.Http, id));
    }

    [Fact(Timeout = Hang)]
    public async Task Trail_OldEntries_AreCleared()
    {
        await using var host = await ApiHost.StartAsync(database, settings: ("Nura:Api:AuditDays", "30"));
        await ExecuteAsync(
            $"""
            insert into api.audit (at, actor, actor_name, action, subject) values
                (now() - interval '31 days', '{Guid.Empty}', 'first key', 'key.made', 'old'), (now() - interval '29 days', '{Guid.Empty}', 'first key', 'key.made', 'not so old')
            """);

        await SendAsync(host.Http, HttpMethod.Post, "/api/keys", new { name = "another" });

        Assert.Empty(await EntriesAsync(host.Http, "old"));
        Assert.Single(await EntriesAsync(host.Http, "not so old"));
    }

    [Fact(Timeout = Hang)]
    public async Task Trail_InPages_HasEachEntryOnce()
    {
        await using var host = await ApiHost.StartAsync(database);
        for (var i = 0; i < 3; i++)
        {
            await SendAsync(host.Http, HttpMethod.Post, "/api/keys", new { name = "one of three" });
        }

        var seen = new List<long>();
        for (JsonArray page; (page = (await host.Http.GetFromJsonAsync<JsonArray>($"/api/audit?take=2{(seen.Count == 0 ? "" : $"&before={seen[^1]}")}"))!).Count > 0;)
        {
            seen.AddRange(page.Select(entry => (long)entry!["id"]!));
        }

        Assert.Equal(seen.OrderDescending().Distinct(), seen);
        Assert.True(seen.Count >= 3);
        using var wrong = await host.Http.GetAsync("/api/audit?take=0");
        Assert.Equal(HttpStatusCode.BadRequest, wrong.StatusCode);
    }

    [Fact(Timeout = Hang)]
    public async Task Csv_NameLikeAFormula_IsDefused()
    {
        await using var host = await ApiHost.StartAsync(database);
        await SendAsync(host.Http, HttpMethod.Post, "/api/keys", new { name = "=1+1,\"x\"" });

        var lines = (await host.Http.GetStringAsync("/api/audit.csv")).Split("\r\n");

        Assert.Equal("id,at,actorId,actor,action,subject,name,detail", lines[0]);
        Assert.Contains(lines, line => line.EndsWith(",\"'=1+1,\"\"x\"\"\",\"every repository, no team\"", StringComparison.Ordinal));
        Assert.Equal(2, (await host.Http.GetStringAsync("/api/audit.csv?to=2020-01-01")).Split("\r\n").Length);
        using var wrong = await host.Http.GetAsync("/api/audit.csv?from=0001-01-01");
        Assert.Equal(HttpStatusCode.BadRequest, wrong.StatusCode);
    }

    [Fact(Timeout = Hang)]
    public async Task Trail_NoAdministrator_MayNotReadIt()
    {
        await using var host = await ApiHost.StartAsync(database);
        var made = await SendAsync(host.Http, HttpMethod.Post, "/api/keys", new { name = "curious" });
        host.Http.DefaultRequestHeaders.Authorization = new("Bearer", (string)made!["key"]!);

        foreach (var path in new[] { "/api/audit", "/api/audit.csv" })
        {
            using var response = await host.Http.GetAsync(path);
            Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
        }
    }

    private static async Task<JsonNode?> SendAsync(HttpClient http, HttpMethod method, string path, object? body = null)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : JsonContent.Create(body) };
        using var response = await http.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, text);
        return text.Length == 0 ? null : JsonNode.Parse(text);
    }

    /// <summary>What is noted of one subject, in the order in which it was done.</summary>
    private static async Task<List<JsonNode>> EntriesAsync(HttpClient http, string subject) =>
        [.. (await http.GetFromJsonAsync<JsonArray>("/api/audit"))!.Select(entry => entry!).Where(entry => (string?)entry["subject"] == subject).Reverse()];

    private async Task ExecuteAsync(string sql)
    {
        await using var command = DatabaseFixture.Pool(await database.GetAsync())!.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }
}
