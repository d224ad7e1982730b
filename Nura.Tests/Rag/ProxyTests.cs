using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Nura.Contracts;
using Nura.Rag;
using Nura.Rag.Git;
using Nura.Tests.Databases;

namespace Nura.Tests.Rag;

/// <summary>Sources that are reached through a proxy only, as from within a company.</summary>
public sealed class ProxyTests(DatabaseFixture database) : IClassFixture<DatabaseFixture>
{
    // By RFC 6761 no name service knows it.
    private const string Unknown = "git.invalid";

    [Fact(Timeout = 120_000)]
    public async Task Fetch_HostThatOnlyTheProxyKnows_GoesThroughIt()
    {
        using var sample = new SampleRepository();
        var commit = Publish(sample);
        await using var origin = await FetchTests.ServeAsync(http => SendAsync(sample, http));
        await using var proxy = await FetchTests.ServeAsync(http => ForwardAsync(http, origin));

        await using var host = new RagHost(await database.GetAsync(), ("Nura:Rag:TrustedHosts:0", Unknown), ("HTTP_PROXY", proxy.Urls.Single()));
        var view = await host.AddAsync($"http://{Unknown}/repo/");

        Assert.Equal((RepositoryState.Ready, commit, null), (view.State, view.Commit, view.Error));
        Assert.Contains("TrustedHosts", (await RefusedAsync(host, "https://other.invalid/repo")).Detail, StringComparison.Ordinal);
        Assert.Contains("metadata address", (await RefusedAsync(host, "https://169.254.169.254/repo")).Detail, StringComparison.Ordinal);
    }

    [Fact(Timeout = 120_000)]
    public async Task Fetch_HostThatIsNamedInNoProxy_GoesPastIt()
    {
        using var sample = new SampleRepository();
        var commit = Publish(sample);
        var asked = 0;
        await using var origin = await FetchTests.ServeAsync(http => SendAsync(sample, http));
        await using var proxy = await FetchTests.ServeAsync(http =>
        {
            asked++;
            return ForwardAsync(http, origin);
        });

        await using var host = new RagHost(await database.GetAsync(), ("Nura:Rag:TrustedHosts:0", "127.0.0.1"), ("http_proxy", proxy.Urls.Single()), ("no_proxy", "localhost,127.0.0.1"));
        var view = await host.AddAsync($"{origin.Urls.Single()}/repo/");

        Assert.Equal((RepositoryState.Ready, commit, 0), (view.State, view.Commit, asked));
    }

    [Theory]
    [InlineData("http://proxy.corp:3128", true), InlineData("proxy.corp:3128", true), InlineData("socks5h://name:secret@127.0.0.1:1080", true)]
    [InlineData("http://name:secret@", false), InlineData("http://name:se#cret@proxy.corp:3128", false), InlineData("://", false)]
    public void Proxy_Address_IsRefusedIfItCannotBeOne(string address, bool can)
    {
        var options = new RagOptions();
        options.ReadProxies(new ConfigurationBuilder().AddInMemoryCollection([new("HTTPS_PROXY", address), new("NO_PROXY", "localhost")]).Build());

        Assert.Equal(can, options.HasOnlyProxiesThatCanBe());
        Assert.Equal(["https_proxy", "no_proxy"], options.Proxies.Keys);
    }

    [Fact]
    public void Proxy_OnlyHostsThatGoPastIt_IsNone()
    {
        var options = new RagOptions();
        options.ReadProxies(new ConfigurationBuilder().AddInMemoryCollection([new("NO_PROXY", "localhost"), new("HTTPS_PROXY", "")]).Build());

        Assert.Empty(options.Proxies);
    }

    [Theory]
    [InlineData("fatal: unable to access 'https://github.com/a/b/': Could not resolve proxy: proxy.corp", "HTTPS_PROXY")]
    [InlineData("fatal: unable to access 'https://github.com/a/b/': CONNECT tunnel failed, response 403", "NO_PROXY")]
    [InlineData("fatal: unable to access 'https://github.com/a/b/': CONNECT tunnel failed, response 407", "name:password@")]
    [InlineData("fatal: unable to access 'https://github.com/a/b/': Failed to connect to github.com port 443: Connection refused", "Nothing listens there")]
    [InlineData("fatal: unable to access 'https://github.com/a/b/': Failed to connect to github.com port 443 after 0 ms: Couldn't connect to server", "Nothing listens there")]
    public void Advice_WhatTheProxySays_NamesTheVariable(string errors, string advice) => Assert.Contains(advice, GitAdvice.For(errors), StringComparison.Ordinal);

    private static string Publish(SampleRepository sample)
    {
        var commit = sample.Commit("a.cs", "class Proxied { }\n");
        sample.Git("update-server-info");
        return commit;
    }

    // Asked as a proxy is, with the whole address of what is wanted.
    private static async Task ForwardAsync(HttpContext http, WebApplication origin)
    {
        Assert.Equal(Unknown, http.Request.Host.Host);
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false }, disposeHandler: true);
        using var answer = await client.GetAsync(new Uri($"{origin.Urls.Single()}{http.Request.Path}{http.Request.QueryString}"));
        http.Response.StatusCode = (int)answer.StatusCode;
        await answer.Content.CopyToAsync(http.Response.Body);
    }

    private static async Task SendAsync(SampleRepository sample, HttpContext http)
    {
        if (Path.Combine(sample.Path, ".git", http.Request.Path.Value!["/repo/".Length..]) is var file && File.Exists(file))
        {
            await http.Response.SendFileAsync(file);
            return;
        }

        http.Response.StatusCode = 404;
    }

    private static Task<ProblemException> RefusedAsync(RagHost host, string source) =>
        Assert.ThrowsAsync<ProblemException>(() => host.Rag.AddAsync(new AddRepository(source), CancellationToken.None));
}
