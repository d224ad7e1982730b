using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Nura.Tests.Fakes;

/// <summary>An OpenID Connect provider that can misbehave, which the certified one of <c>tools/clients</c> never does. Behaving, it signs people in as that does.</summary>
internal sealed class FakeIdentityProvider : IAsyncDisposable
{
    private readonly WebApplication _app;
    private RSA _key = RSA.Create(2048);
    private string _keyId = "one";
    private readonly RSA _other = RSA.Create(2048);

    private FakeIdentityProvider(WebApplication app) => _app = app;

    public string Url => _app.Urls.Single();

    /// <summary>What is wrong with it; empty for nothing.</summary>
    public string Wrong { get; set; } = "";

    /// <summary>What it answers for whoever comes next, besides who they are.</summary>
    public string Nonce { get; set; } = "";

    /// <summary>The last form that a code was to be redeemed with.</summary>
    public IFormCollection? Form { get; private set; }

    public static async Task<FakeIdentityProvider> StartAsync()
    {
        var app = Loopback.Create();
        var fake = new FakeIdentityProvider(app);
        app.MapGet("/.well-known/openid-configuration", fake.Metadata);
        app.MapGet("/keys", () => Json(new JsonObject { ["keys"] = new JsonArray(fake.PublicKey()) }));
        app.MapPost("/token", (Delegate)fake.TokenAsync);
        app.MapGet("/userinfo", fake.UserInfo);
        await app.StartAsync();
        return fake;
    }

    /// <summary>Signs with another key from now on.</summary>
    public void ChangeKey()
    {
        _key.Dispose();
        (_key, _keyId) = (RSA.Create(2048), "two");
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _key.Dispose();
        _other.Dispose();
    }

    private IResult Metadata() => Wrong == "no metadata" ? Results.StatusCode(500) : Json(new JsonObject
    {
        ["issuer"] = Url,
        ["authorization_endpoint"] = $"{Url}/authorize",
        ["token_endpoint"] = Wrong == "no token endpoint" ? null : $"{Url}/token",
        ["userinfo_endpoint"] = $"{Url}/userinfo",
        ["jwks_uri"] = $"{Url}/keys",
        ["token_endpoint_auth_methods_supported"] = new JsonArray("client_secret_post"),
    });

    private async Task<IResult> TokenAsync(HttpContext context)
    {
        Form = await context.Request.ReadFormAsync(context.RequestAborted);
        return Wrong switch
        {
            "code refused" => Results.Text("""{"error":"invalid_grant"}""", "application/json", statusCode: 400),
            "no JSON" => Results.Text("<html>"),
            "no identity token" => Json(new JsonObject { ["access_token"] = "at", ["token_type"] = "Bearer" }),
            _ => Json(new JsonObject { ["access_token"] = "at", ["token_type"] = "Bearer", ["id_token"] = IdToken() }),
        };
    }

    private IResult UserInfo() => Wrong == "user info that is a list"
        ? Results.Text("[]", "application/json")
        : Json(new JsonObject { ["sub"] = Wrong == "user info of somebody else" ? "eve" : "ana", ["email"] = "ana@example.com", ["email_verified"] = true });

    private string IdToken()
    {
        var now = TimeProvider.System.GetUtcNow();
        var claims = new Dictionary<string, object>
        {
            ["sub"] = Wrong switch { "nobody's" => "", "subject of no length that can be" => new string('s', 300), _ => "ana" },
            ["nonce"] = Wrong == "nonce of another sign-in" ? "another" : Nonce,
        };
        if (Wrong == "authorized for another client")
        {
            claims["azp"] = "another";
        }

        var issued = Wrong == "expired" ? now.AddHours(-2) : now;
        return new JsonWebTokenHandler().CreateToken(new SecurityTokenDescriptor
        {
            Issuer = Wrong == "issuer of another provider" ? "https://login.example.com" : Url,
            Audience = Wrong == "audience of another client" ? "another" : "nura",
            IssuedAt = issued.UtcDateTime,
            NotBefore = issued.UtcDateTime,
            Expires = issued.AddHours(1).UtcDateTime,
            Claims = claims,
            SigningCredentials = Wrong switch
            {
                "unsigned" => null,
                "signed by another key" => new SigningCredentials(new RsaSecurityKey(_other) { KeyId = _keyId }, SecurityAlgorithms.RsaSha256),
                _ => new SigningCredentials(new RsaSecurityKey(_key) { KeyId = _keyId }, SecurityAlgorithms.RsaSha256),
            },
        });
    }

    private JsonObject PublicKey()
    {
        var key = JsonWebKeyConverter.ConvertFromRSASecurityKey(new RsaSecurityKey(_key.ExportParameters(includePrivateParameters: false)) { KeyId = _keyId });
        return new JsonObject { ["kty"] = "RSA", ["kid"] = _keyId, ["use"] = "sig", ["alg"] = "RS256", ["n"] = key.N, ["e"] = key.E };
    }

    private static IResult Json(JsonObject body) => Results.Text(body.ToJsonString(), "application/json");
}
