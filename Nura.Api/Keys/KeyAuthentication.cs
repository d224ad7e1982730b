using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;
using Nura.Api.Errors;
using Nura.Api.People;
using Nura.Api.Sessions;

namespace Nura.Api.Keys;

/// <summary>Signs requests in by their API key, a signature made with one, an access token, or the web client's session, and refuses in the dialect's shape.</summary>
/// <remarks>Nura has this one way, so nothing chooses a scheme and makes its handler with each request.</remarks>
internal sealed class KeyAuthentication(KeyRing keys, SignedRequests signed, Session session, IOptions<SignInOptions> signIn, IProblemDetailsService problems) : IAuthenticationService
{
    public const string SchemeName = "ApiKey";

    /// <summary>The policy of what only administrators may do.</summary>
    public const string Administrators = "administrators";

    public const string AdminRole = "admin";

    /// <summary>Finds out who asks. Who that may be is decided later, by the endpoint.</summary>
    public Task InvokeAsync(HttpContext http, RequestDelegate next)
    {
        // A key is nearly always known already: nothing to wait for.
        var found = FindAsync(http);
        return found.IsCompletedSuccessfully ? GoOnAsync(http, found.Result, next) : WaitAsync(http, found, next);
    }

    /// <inheritdoc/>
    public Task<AuthenticateResult> AuthenticateAsync(HttpContext context, string? scheme) => Task.FromResult(ResultOf(context));

    /// <inheritdoc/>
    public async Task ChallengeAsync(HttpContext context, string? scheme, AuthenticationProperties? properties)
    {
        var request = context.Request;
        context.Response.Headers.WWWAuthenticate = ProtectedResource.Challenge(request, signIn.Value);
        if (ResultOf(context).Failure is RequestException refused)
        {
            await WriteAsync(context, refused.Status, refused.Message, refused.Code ?? "invalid_signature", refused);
            return;
        }

        await WriteAsync(context, StatusCodes.Status401Unauthorized, request.Headers.Authorization.ToString().StartsWith("AWS4-", StringComparison.Ordinal)
            ? "The request is signed with AWS credentials. Nura takes its own key instead: set AWS_BEARER_TOKEN_BEDROCK to it. Signatures by such a key hold below /model once Nura:Api:SigningSecret is set."
            : ApiKey.Of(request) is not { } key
            ? "No API key was sent. Send one as 'Authorization: Bearer <key>' or 'x-api-key: <key>'."
            : AccessTokens.LooksLikeOne(key)
            ? "The access token is not valid here. Access tokens are taken at /mcp alone, for the audience Nura:Api:SignIn:Audience; elsewhere send an API key."
            : "The API key is not valid, or was revoked.", "invalid_api_key");
    }

    /// <inheritdoc/>
    public Task ForbidAsync(HttpContext context, string? scheme, AuthenticationProperties? properties) =>
        WriteAsync(context, StatusCodes.Status403Forbidden, "This API key may not do that; an administrator's key may.", "insufficient_permissions");

    /// <inheritdoc/>
    /// <exception cref="NotSupportedException">Always: sessions have their own endpoint.</exception>
    public Task SignInAsync(HttpContext context, string? scheme, ClaimsPrincipal principal, AuthenticationProperties? properties) => throw new NotSupportedException();

    /// <inheritdoc/>
    /// <exception cref="NotSupportedException">Always: sessions have their own endpoint.</exception>
    public Task SignOutAsync(HttpContext context, string? scheme, AuthenticationProperties? properties) => throw new NotSupportedException();

    private static async Task WaitAsync(HttpContext http, ValueTask<AuthenticateResult> found, RequestDelegate next) => await GoOnAsync(http, await found, next);

    private static Task GoOnAsync(HttpContext http, AuthenticateResult result, RequestDelegate next)
    {
        http.Features.Set<IAuthenticateResultFeature>(new ResultFeature { AuthenticateResult = result });
        if (result.Principal is { } caller)
        {
            http.User = caller;
        }

        return next(http);
    }

    private static AuthenticateResult ResultOf(HttpContext http) => http.Features.Get<IAuthenticateResultFeature>()?.AuthenticateResult ?? AuthenticateResult.NoResult();

    private async ValueTask<AuthenticateResult> FindAsync(HttpContext http)
    {
        try
        {
            var key = ApiKey.Of(http.Request);
            var holder = signed.Takes(http.Request) ? await signed.HolderAsync(http.Request, http.RequestAborted)
                : key is not null ? await keys.FindAsync(http.Request, key, http.RequestAborted)
                : await session.HolderAsync(http);
            return holder is not null ? holder.Principal.SignedIn
                : key is null ? AuthenticateResult.NoResult()
                : AuthenticateResult.Fail("The key is not valid.");
        }
        catch (RequestException refused)
        {
            return AuthenticateResult.Fail(refused);
        }
    }

    private async Task WriteAsync(HttpContext http, int status, string detail, string code, Exception? exception = null)
    {
        http.Response.StatusCode = status;
        await problems.TryWriteAsync(new ProblemDetailsContext
        {
            HttpContext = http,
            Exception = exception,
            ProblemDetails = new ProblemDetails { Status = status, Detail = detail, Extensions = { [ErrorHandler.Code] = code } },
        });
    }

    private sealed class ResultFeature : IAuthenticateResultFeature
    {
        public AuthenticateResult? AuthenticateResult { get; set; }
    }
}
