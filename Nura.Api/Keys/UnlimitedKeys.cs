using Nura.Contracts;

namespace Nura.Api.Keys;

/// <summary>Keeps from keys that are limited to some repositories what changes them for everybody who sees them, or costs others.</summary>
internal static class UnlimitedKeys
{
    /// <summary>Refuses limited keys with 403, whatever repository they name: the answer tells of none.</summary>
    public static RouteHandlerBuilder RequireUnlimitedKey(this RouteHandlerBuilder endpoint) => endpoint.AddEndpointFilter(static (context, next) =>
        CallerScopes.Of(context.HttpContext.User).Repositories is null ? next(context) : throw new ProblemException(
            StatusCodes.Status403Forbidden, "A key that is limited to some repositories reads them and changes nothing.", "Ask an administrator to do it."));
}
