using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Nura.Api.Keys;
using Nura.Contracts;

namespace Nura.Api.Sessions;

/// <summary>Asks for a session.</summary>
/// <param name="Key">A valid API key.</param>
internal sealed record SignIn(string Key);

/// <summary>Who is signed in.</summary>
/// <param name="Id">The key's identity; all zeros for the first key.</param>
/// <param name="Name">The key's name, which others may have too.</param>
/// <param name="Admin">Whether the key is an administrator's: it may read usage and manage keys.</param>
internal sealed record SessionView(Guid Id, string Name, bool Admin);

/// <summary>The web client's sign-in.</summary>
internal static class SessionEndpoints
{
    public static void MapSession(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/api/session").WithTags("Session");
        group.MapPost("/", SignInAsync).AllowAnonymous();
        group.MapGet("/", (ClaimsPrincipal user) => new SessionView(CallerScopes.Of(user).Holder, user.Identity!.Name!, user.IsInRole(KeyAuthentication.AdminRole))).RequireAuthorization();
        group.MapDelete("/", SignOutAsync).AllowAnonymous();
    }

    private static async Task<NoContent> SignInAsync(SignIn asked, KeyRing keys, Session session, HttpContext http, CancellationToken cancellationToken)
    {
        if (string.IsNullOrEmpty(asked.Key) || await keys.FindAsync(asked.Key, cancellationToken) is null)
        {
            throw new ProblemException(StatusCodes.Status401Unauthorized, "That key is not valid.", "That key is not valid. The AppHost prints the right one when Nura is up.");
        }

        await session.StartAsync(http, asked.Key, cancellationToken);
        return TypedResults.NoContent();
    }

    private static async Task<NoContent> SignOutAsync(Session session, HttpContext http, CancellationToken cancellationToken)
    {
        await session.EndAsync(http, cancellationToken);
        return TypedResults.NoContent();
    }
}
