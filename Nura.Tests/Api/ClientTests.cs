using System.Net;
using System.Text.RegularExpressions;
using Nura.Tests.Databases;

namespace Nura.Tests.Api;

public sealed partial class ClientTests(DatabaseFixture database) : IClassFixture<DatabaseFixture>
{
    private const int Hang = 180_000;

    [Theory(Timeout = Hang)]
    [InlineData("/")]
    [InlineData("/repositories")]
    [InlineData("/usage")]
    [InlineData("/activity")]
    [InlineData("/keys")]
    [InlineData("/c/0197a7c2-0000-7000-8000-000000000000")]
    public async Task Page_EveryPlaceOfTheClient_IsServedToAnybodyUnderAStrictPolicy(string path)
    {
        await using var host = await ApiHost.StartAsync(database);
        host.Http.DefaultRequestHeaders.Authorization = null;

        using var response = await host.Http.GetAsync(path);

        Assert.Equal("text/html", response.Content.Headers.ContentType!.MediaType);
        var policy = Assert.Single(response.Headers.GetValues("Content-Security-Policy"));
        Assert.Contains("default-src 'none'", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
        Assert.Equal("no-cache", response.Headers.CacheControl!.ToString());
    }

    [Fact(Timeout = Hang)]
    public async Task Files_OfThePage_AreCompressedAndImmutable()
    {
        await using var host = await ApiHost.StartAsync(database);
        var page = await host.Http.GetStringAsync("/");

        var names = Named().Matches(page).Select(match => match.Value).ToList();

        Assert.Equal(2, names.Count);
        foreach (var name in names)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, name) { Headers = { { "Accept-Encoding", "br" } } };
            using var response = await host.Http.SendAsync(request);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            Assert.Equal(["br"], response.Content.Headers.ContentEncoding);
            Assert.Contains("immutable", response.Headers.CacheControl!.ToString(), StringComparison.Ordinal);
        }
    }

    [Fact(Timeout = Hang)]
    public async Task Files_UnknownName_IsNotFound()
    {
        await using var host = await ApiHost.StartAsync(database);

        using var response = await host.Http.GetAsync("/main-AAAAAAAA.js");

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
    }

    [GeneratedRegex("/(main|style)-[A-Z0-9]{8}\\.(js|css)")]
    private static partial Regex Named();
}
