using System.Text.Json.Nodes;
using Microsoft.Extensions.Options;

namespace Nura.Api.People;

/// <summary>Tells MCP clients where whoever works with them can sign in (RFC 9728), if access tokens are taken.</summary>
/// <remarks>The protocol's library has this as a scheme of the framework's authentication, of which Nura has none (<see cref="Keys.KeyAuthentication"/>).</remarks>
internal static class ProtectedResource
{
    private const string Metadata = "/.well-known/oauth-protected-resource";
    /// <summary>What is protected so.</summary>
    public const string Mcp = "/mcp";


    public static void MapProtectedResource(this WebApplication app)
    {
        var options = app.Services.GetRequiredService<IOptions<SignInOptions>>().Value;
        if (options.Audience is null || options.Authority is not { } authority)
        {
            return;
        }

        foreach (var place in (string[])[Metadata, Metadata + Mcp])
        {
            app.MapGet(place, (HttpContext http) => new JsonObject
            {
                ["resource"] = options.AddressFor(http.Request) + Mcp,
                ["authorization_servers"] = new JsonArray(authority.OriginalString),
                // Some providers give no token to whoever asks for no scope; this one every provider knows.
                ["scopes_supported"] = new JsonArray("openid"),
                ["bearer_methods_supported"] = new JsonArray("header"),
                ["resource_name"] = "Nura",
            }).ExcludeFromDescription().AllowAnonymous();
        }
    }

    /// <summary>What to say to a request that is not signed in.</summary>
    public static string Challenge(HttpRequest request, SignInOptions options) => options is { Audience: not null, Authority: not null } && request.Path.StartsWithSegments(Mcp)
        ? $"Bearer resource_metadata=\"{options.AddressFor(request)}{Metadata}{Mcp}\""
        : "Bearer";
}
