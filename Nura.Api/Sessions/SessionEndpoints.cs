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
/// <param name="Person">Whether a person has signed in with the identity provider: they may make keys of their own.</param>
internal sealed record SessionView(Guid Id, string Name, bool Admin, bool Person);

/// <summary>The web client's sign-in.</summary>
internal static class SessionEndpoints
{
    private static readonly TimeSpan s_length = TimeSpan.FromDays(14);

    public static void MapSession(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/api/session").WithTags("Session");
        group.MapPost("/", SignInAsync).AllowAnonymous();
        group.MapGet("/", (ClaimsPrincipal user) => ViewOf(((KeyPrincipal)user).Holder)).RequireAuthorization();
        group.MapDelete("/", SignOutAsync).AllowAnonymous();
    }

    private static SessionView ViewOf(KeyHolder holder) => new(holder.Id, holder.Name, holder.Admin, holder.Person);

    private static async Task<NoContent> SignInAsync(SignIn asked, KeyRing keys, Session session, HttpContext http, CancellationToken cancellationToken)
    {
        var hash = ApiKey.Hash(asked.Key ?? "");
        if (await keys.FindHashAsync(hash, cancellationToken) is null)
        {
            throw new ProblemException(StatusCodes.Status401Unauthorized, "That key is not valid.", "That key is not valid. The AppHost prints the right one when Nura is up.");
        }

        await session.StartAsync(http, hash, s_length, cancellationToken);
        return TypedResults.NoContent();
    }

    private static async Task<NoContent> SignOutAsync(Session session, HttpContext http, CancellationToken cancellationToken)
    {
        await session.EndAsync(http, cancellationToken);
        return TypedResults.NoContent();
    }
}
