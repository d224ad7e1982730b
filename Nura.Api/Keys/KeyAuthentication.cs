using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;
using Nura.Api.Errors;
using Nura.Api.Sessions;

namespace Nura.Api.Keys;

/// <summary>Signs requests in by their API key or the web client's session, and refuses in the dialect's shape.</summary>
internal sealed class KeyAuthentication(
    KeyRing keys, SignedRequests signed, Session session, IProblemDetailsService problems, IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    public const string SchemeName = "ApiKey";

    /// <summary>The policy of what only administrators may do.</summary>
    public const string Administrators = "administrators";

    public const string AdminRole = "admin";

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (signed.Takes(Request))
        {
            try
            {
                return (await signed.HolderAsync(Request, Context.RequestAborted)).Principal.SignedIn;
            }
            catch (RequestException refused)
            {
                return AuthenticateResult.Fail(refused);
            }
        }

        if (ApiKey.Of(Request) is not { } key)
        {
            return await session.HolderAsync(Context) is { } signedIn
                ? signedIn.Principal.SignedIn
                : AuthenticateResult.NoResult();
        }

        return await keys.FindAsync(key, Context.RequestAborted) is { } holder
            ? holder.Principal.SignedIn
            : AuthenticateResult.Fail("The key is not valid.");
    }

    protected override async Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        Response.Headers.WWWAuthenticate = "Bearer";
        if ((await HandleAuthenticateOnceSafeAsync()).Failure is RequestException refused)
        {
            await WriteAsync(refused.Status, refused.Message, refused.Code ?? "invalid_signature", refused);
            return;
        }

        await WriteAsync(StatusCodes.Status401Unauthorized, Request.Headers.Authorization.ToString().StartsWith("AWS4-", StringComparison.Ordinal)
            ? "The request is signed with AWS credentials. Nura takes its own key instead: set AWS_BEARER_TOKEN_BEDROCK to it. Signatures by such a key hold below /model once Nura:Api:SigningSecret is set."
            : ApiKey.Of(Request) is null
            ? "No API key was sent. Send one as 'Authorization: Bearer <key>' or 'x-api-key: <key>'."
            : "The API key is not valid, or was revoked.", "invalid_api_key");
    }

    protected override Task HandleForbiddenAsync(AuthenticationProperties properties) =>
        WriteAsync(StatusCodes.Status403Forbidden, "This API key may not do that; an administrator's key may.", "insufficient_permissions");

    private async Task WriteAsync(int status, string detail, string code, Exception? exception = null)
    {
        Response.StatusCode = status;
        await problems.TryWriteAsync(new ProblemDetailsContext
        {
            HttpContext = Context,
            Exception = exception,
            ProblemDetails = new ProblemDetails { Status = status, Detail = detail, Extensions = { [ErrorHandler.Code] = code } },
        });
    }
}
