using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;

namespace Nura.Api.People;

/// <summary>The team's identity provider: sends people there, and finds out who came back.</summary>
/// <remarks>OpenID Connect Core 1.0, authorization code flow with PKCE (RFC 7636, S256).</remarks>
internal sealed class IdentityProvider
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);

    private readonly JsonWebTokenHandler _tokens = new();
    private readonly SignInOptions _options;
    private readonly HttpClient _http;
    private readonly Lazy<ConfigurationManager<OpenIdConnectConfiguration>> _metadata;

    // Otherwise the library fetches keys that it does not know in the background, and the first sign-in after the provider has changed its own fails.
    static IdentityProvider() => AppContext.SetSwitch("Switch.Microsoft.IdentityModel.UpdateConfigAsBlocking", isEnabled: true);

    public IdentityProvider(IHttpClientFactory clients, IOptions<SignInOptions> options)
    {
        _options = options.Value;
        _http = clients.CreateClient(nameof(IdentityProvider));
        _http.Timeout = s_patience;
        // Many have none.
        _metadata = new(() => Metadata(_options.Authority ?? throw new InvalidOperationException($"{SignInOptions.Section}:{nameof(_options.Authority)} is not set.")));
    }

    /// <summary>Where to send a browser.</summary>
    /// <param name="attempt">The sign-in that begins.</param>
    /// <param name="callback">Where the provider sends it back to.</param>
    /// <param name="again">Whether the provider is to ask who it is though it knows.</param>
    /// <param name="cancellationToken">Stops waiting for the provider.</param>
    /// <exception cref="SignInException">The provider does not answer.</exception>
    public async Task<string> AddressAsync(SignInAttempt attempt, string callback, bool again, CancellationToken cancellationToken)
    {
        var metadata = await MetadataAsync(cancellationToken);
        var address = QueryHelpers.AddQueryString(metadata.AuthorizationEndpoint, new Dictionary<string, string?>
        {
            ["response_type"] = "code",
            ["client_id"] = _options.ClientId,
            ["redirect_uri"] = callback,
            ["scope"] = _options.Scope,
            ["state"] = attempt.State,
            ["nonce"] = attempt.Nonce,
            ["code_challenge"] = attempt.Challenge,
            ["code_challenge_method"] = "S256",
        });
        return again ? QueryHelpers.AddQueryString(address, "prompt", "login") : address;
    }

    /// <summary>Who came back with a code.</summary>
    /// <param name="code">The provider's code.</param>
    /// <param name="issuer">What the answer says of its sender (RFC 9207), if anything.</param>
    /// <param name="attempt">The sign-in that the answer belongs to.</param>
    /// <param name="callback">Where the provider sent it back to.</param>
    /// <param name="cancellationToken">Stops waiting for the provider.</param>
    /// <exception cref="SignInException">The provider does not answer, refuses the code, or its token is not valid.</exception>
    public async Task<Person> RedeemAsync(string code, string? issuer, SignInAttempt attempt, string callback, CancellationToken cancellationToken)
    {
        var metadata = await MetadataAsync(cancellationToken);
        if (issuer is not null && issuer != metadata.Issuer)
        {
            throw new SignInException(SignInProblem.Provider, "The answer came from another provider than was asked.");
        }

        var answer = await AskAsync(TokenRequest(metadata, code, attempt, callback), cancellationToken);
        var idToken = Person.Text(answer, "id_token") ?? throw new SignInException(SignInProblem.Provider, "The provider's answer has no identity token. Is \"openid\" among the scopes?");
        var token = await ValidAsync(idToken, attempt);
        var claims = new List<JsonElement> { JsonElement.Parse(Base64UrlEncoder.Decode(token.EncodedPayload)) };
        var open = !claims[0].TryGetProperty("email", out _) || !claims[0].TryGetProperty(_options.GroupsClaim, out _);
        if (open && metadata.UserInfoEndpoint is { Length: > 0 } endpoint && Person.Text(answer, "access_token") is { } access)
        {
            var more = await AskAsync(new HttpRequestMessage(HttpMethod.Get, endpoint) { Headers = { Authorization = new AuthenticationHeaderValue("Bearer", access) } }, cancellationToken);
            // Without this, one person's token could be answered with another's claims (OpenID Connect Core 1.0, 5.3.2).
            if (Person.Text(more, "sub") == token.Subject)
            {
                claims.Add(more);
            }
        }

        return Person.From(token.Issuer, token.Subject, claims, _options);
    }

    /// <summary>Whose access token this is.</summary>
    /// <returns>Their issuer and subject, or <see langword="null"/> if it is not valid, or not for Nura.</returns>
    public async Task<(string Issuer, string Subject)?> HolderAsync(string accessToken)
    {
        var result = await _tokens.ValidateTokenAsync(accessToken, Demands(_options.Audience));
        // One that is bound to a key of its client (RFC 9449) is nothing by itself, and a nonce has only an identity token.
        return result is { IsValid: true, SecurityToken: JsonWebToken { Subject.Length: > 0 } token } && !token.TryGetPayloadValue<object>("cnf", out _) && !token.TryGetPayloadValue<string>("nonce", out _)
            ? (token.Issuer, token.Subject)
            : null;
    }

    private TokenValidationParameters Demands(string? audience) => new() { ConfigurationManager = _metadata.Value, ValidAudience = audience, ClockSkew = TimeSpan.FromMinutes(1) };

    private async Task<JsonWebToken> ValidAsync(string idToken, SignInAttempt attempt)
    {
        var result = await _tokens.ValidateTokenAsync(idToken, Demands(_options.ClientId));
        if (!result.IsValid)
        {
            throw new SignInException(SignInProblem.Provider, "The identity token is not valid.", result.Exception);
        }

        var token = (JsonWebToken)result.SecurityToken;
        if (token.Subject is not { Length: > 0 })
        {
            throw new SignInException(SignInProblem.Provider, "The identity token does not say whose it is.");
        }

        if (!token.TryGetPayloadValue<string>("nonce", out var nonce) || nonce != attempt.Nonce)
        {
            throw new SignInException(SignInProblem.Provider, "The identity token is another sign-in's.");
        }

        return token.TryGetPayloadValue<string>("azp", out var party) && party != _options.ClientId
            ? throw new SignInException(SignInProblem.Provider, "The identity token is for another client.")
            : token;
    }

    private HttpRequestMessage TokenRequest(OpenIdConnectConfiguration metadata, string code, SignInAttempt attempt, string callback)
    {
        var form = new Dictionary<string, string?>
        {
            ["grant_type"] = "authorization_code",
            ["code"] = code,
            ["redirect_uri"] = callback,
            ["code_verifier"] = attempt.Verifier,
            ["client_id"] = _options.ClientId,
        };
        var request = new HttpRequestMessage(HttpMethod.Post, metadata.TokenEndpoint);
        // Basic is what a provider takes that says nothing (OpenID Connect Discovery 1.0, 3).
        if (_options.ClientSecret is { Length: > 0 } secret)
        {
            var ways = metadata.TokenEndpointAuthMethodsSupported;
            if (ways.Count == 0 || ways.Contains("client_secret_basic"))
            {
                // Both are form-encoded first (RFC 6749, 2.3.1).
                var pair = Encoding.ASCII.GetBytes($"{Uri.EscapeDataString(_options.ClientId!)}:{Uri.EscapeDataString(secret)}");
                request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(pair));
                form.Remove("client_id");
            }
            else
            {
                form["client_secret"] = secret;
            }
        }

        request.Content = new FormUrlEncodedContent(form);
        return request;
    }

    private ConfigurationManager<OpenIdConnectConfiguration> Metadata(Uri authority) => new(
        $"{authority.OriginalString.TrimEnd('/')}/.well-known/openid-configuration",
        new OpenIdConnectConfigurationRetriever(),
        new HttpDocumentRetriever(_http) { RequireHttps = authority.Scheme == Uri.UriSchemeHttps });

    private async Task<OpenIdConnectConfiguration> MetadataAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await _metadata.Value.GetConfigurationAsync(cancellationToken);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw new SignInException(SignInProblem.Provider, $"The metadata of {_options.Authority} could not be read.", exception);
        }
    }

    private async Task<JsonElement> AskAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        try
        {
            using var response = await _http.SendAsync(request, cancellationToken);
            var body = await response.Content.ReadAsStringAsync(cancellationToken);
            if (!response.IsSuccessStatusCode)
            {
                // An error names itself in a code of the protocol; what else it says may be anything.
                throw new SignInException(SignInProblem.Provider, $"{request.RequestUri} answered {(int)response.StatusCode}{ErrorOf(body)}.");
            }

            var answer = JsonElement.Parse(body);
            return answer.ValueKind == JsonValueKind.Object ? answer : throw new JsonException("It is no object.");
        }
        catch (Exception exception) when (exception is HttpRequestException or JsonException || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            throw new SignInException(SignInProblem.Provider, $"{request.RequestUri} did not answer as a provider does.", exception);
        }
        finally
        {
            request.Dispose();
        }
    }

    private static string ErrorOf(string body)
    {
        try
        {
            return JsonElement.Parse(body) is { ValueKind: JsonValueKind.Object } answer && Person.Text(answer, "error") is { } error ? $" ({error})" : "";
        }
        catch (JsonException)
        {
            return "";
        }
    }
}
