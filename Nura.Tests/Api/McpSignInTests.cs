using System.Net;
using System.Net.Http.Headers;
using Microsoft.AspNetCore.WebUtilities;
using ModelContextProtocol.Authentication;
using ModelContextProtocol.Client;
using Nura.Tests.Databases;
using Nura.Tests.Models;

namespace Nura.Tests.Api;

/// <summary>The protocol's own client signs its person in: it asks Nura where, registers itself there, and comes back with an access token.</summary>
public sealed class McpSignInTests(DatabaseFixture database) : IClassFixture<DatabaseFixture>
{
    [NodeFact]
    public async Task Client_WithoutAKey_SignsItsPersonInAtTheProvider()
    {
        await using var provider = await IdentityProviderProcess.StartAsync(("ana", "ana@example.com", true, ["leads"]));
        await using var host = await StartAsync(provider, ("Nura:Api:SignIn:Administrators:0", "leads"));
        string? token = null;

        // Whom Nura has not seen yet has no standing there. Another token would not change that, so it is no 401.
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => ConnectAsync(host, value => token = value));
        Assert.NotNull(token);
        var (status, body) = await TryAsync(host, "/mcp", token);
        Assert.Equal(HttpStatusCode.Forbidden, status);
        Assert.Contains("open Nura in the browser once", body, StringComparison.Ordinal);

        using var ana = new Visitor(host.Service.Url);
        await ana.SignInAsync("ana");
        await using var client = await ConnectAsync(host, value => token = value);

        Assert.Contains(await client.ListToolsAsync(), tool => tool.Name == "search");
        // It is a client's that anybody may have written.
        Assert.Equal(HttpStatusCode.Unauthorized, (await TryAsync(host, "/api/conversations", token)).Status);

        var person = (Guid)(await ana.AskAsync(HttpMethod.Get, "/api/session")).Body!["id"]!;
        await ana.AskAsync(HttpMethod.Delete, $"/api/keys/{person}");
        Assert.Equal(HttpStatusCode.Forbidden, (await TryAsync(host, "/mcp", token)).Status);
    }

    [NodeFact]
    public async Task AccessToken_ForSomethingElse_IsNotTaken()
    {
        await using var provider = await IdentityProviderProcess.StartAsync(("bo", null, false, []));
        await using var host = await StartAsync(provider);
        await using var other = await ApiHost.StartAsync(database, settings: [.. provider.Settings, ("Nura:Api:SignIn:Audience", "https://other.example/mcp")]);
        await using var without = await ApiHost.StartAsync(database, settings: provider.Settings);
        using var bo = new Visitor(host.Service.Url);
        await bo.SignInAsync("bo");
        string token = "";
        await using var client = await ConnectAsync(host, value => token = value, "bo");

        Assert.Equal(HttpStatusCode.NotAcceptable, (await TryAsync(host, "/mcp", token)).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await TryAsync(other, "/mcp", token)).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await TryAsync(without, "/mcp", token)).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await TryAsync(host, "/mcp", token[..^8] + "AAAAAAAA")).Status);
    }

    private Task<ApiHost> StartAsync(IdentityProviderProcess provider, params (string Key, string? Value)[] settings) => ApiHost.StartAsync(
        database, settings: [.. provider.Settings, ("Nura:Api:KeyMemory", "00:00:00"), ("Nura:Api:SignIn:Audience", IdentityProviderProcess.Audience), .. settings]);

    private static Task<McpClient> ConnectAsync(ApiHost host, Action<string> got, string person = "ana") => McpClient.CreateAsync(new HttpClientTransport(new HttpClientTransportOptions
    {
        Endpoint = new Uri(host.Service.Url, "mcp"),
        TransportMode = HttpTransportMode.StreamableHttp,
        OAuth = new ClientOAuthOptions
        {
            RedirectUri = new Uri("http://127.0.0.1:1/back"),
            TokenCache = new Tokens(got),
            AuthorizationCallbackHandler = async (context, _) =>
            {
                using var browser = new Visitor(host.Service.Url);
                var end = await browser.FollowAsync(new Uri($"{context.AuthorizationUri}&login_hint={person}"), until: context.RedirectUri);
                var answer = QueryHelpers.ParseQuery(end[end.IndexOf('?', StringComparison.Ordinal)..]);
                Assert.True(answer.ContainsKey("code"), end);
                return new AuthorizationResult { Code = answer["code"].ToString(), State = answer["state"].ToString(), Iss = answer["iss"].ToString() };
            },
        },
    }));

    // What is let in would get 406 for not saying what it accepts.
    private static async Task<(HttpStatusCode Status, string Body)> TryAsync(ApiHost host, string path, string token)
    {
        using var request = new HttpRequestMessage(path == "/mcp" ? HttpMethod.Post : HttpMethod.Get, path) { Headers = { Authorization = new AuthenticationHeaderValue("Bearer", token) } };
        using var response = await host.Http.SendAsync(request);
        return (response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    private sealed class Tokens(Action<string> got) : ITokenCache
    {
        private TokenContainer? _tokens;

        public ValueTask StoreTokensAsync(TokenContainer tokens, CancellationToken cancellationToken)
        {
            _tokens = tokens;
            got(tokens.AccessToken);
            return ValueTask.CompletedTask;
        }

        public ValueTask<TokenContainer?> GetTokensAsync(CancellationToken cancellationToken) => ValueTask.FromResult(_tokens);
    }
}
