using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;
using Nura.Api.Audit;
using Nura.Api.Keys;
using Nura.Contracts;

namespace Nura.Api.People;

/// <summary>How people can sign in besides with a key.</summary>
/// <param name="Provider">What they call their identity provider; absent without one.</param>
internal sealed record SignInOffer(string? Provider);

/// <summary>Asks for a key of one's own.</summary>
/// <param name="Name">What for, such as a tool or a machine; 1 to 200 characters.</param>
internal sealed record CreateOwnKey(string Name);

/// <summary>Lets people sign in with the team's identity provider, and make keys of their own for their tools.</summary>
internal static class PeopleEndpoints
{
    private const int MostKeys = 20;

    public static void MapPeople(this WebApplication app)
    {
        var options = app.Services.GetRequiredService<IOptions<SignInOptions>>().Value;
        var provider = options.Authority is null ? null : options.Name;
        app.MapGet("/api/session/provider", () => new SignInOffer(provider)).WithTags("Session").AllowAnonymous();
        if (provider is not null)
        {
            app.MapGet(SingleSignOn.Path, (SingleSignOn signOn, HttpContext http, string? to, bool? again, CancellationToken cancellationToken) => signOn.BeginAsync(http, to, again is true, cancellationToken))
                .ExcludeFromDescription().AllowAnonymous();
            app.MapGet($"{SingleSignOn.Path}/callback", (SingleSignOn signOn, HttpContext http, string? state, string? code, string? error, string? iss, CancellationToken cancellationToken) =>
                signOn.EndAsync(http, state, code, error, iss, cancellationToken)).ExcludeFromDescription().AllowAnonymous();
        }

        var own = app.MapGroup("/api/session/keys").WithTags("Session").RequireAuthorization();
        own.MapGet("/", (ClaimsPrincipal user, KeyStore keys, CancellationToken cancellationToken) => keys.ListAsync(PersonOf(user), cancellationToken));
        own.MapPost("/", CreateAsync).Audited("own-key.made");
        own.MapDelete("/{id:guid}", RevokeAsync).Audited("own-key.revoked");
    }

    private static async Task<Created<CreatedKey>> CreateAsync(CreateOwnKey asked, ClaimsPrincipal user, KeyStore keys, SigningSecrets secrets, TimeProvider time, CancellationToken cancellationToken)
    {
        var person = PersonOf(user);
        KeyEndpoints.CheckName(asked.Name);
        if ((await keys.ListAsync(person, cancellationToken)).Count(key => key.RevokedAt is null) >= MostKeys)
        {
            throw new ProblemException(StatusCodes.Status409Conflict, "The key was not made.", $"You have {MostKeys} keys already, which is the most. Revoke one that is not needed any more.");
        }

        var key = ApiKey.New();
        var view = await keys.InsertOwnAsync(Guid.CreateVersion7(time.GetUtcNow()), key, asked.Name, person, cancellationToken);
        return TypedResults.Created($"/api/session/keys/{view.Id}", new CreatedKey(key, view, secrets.Of(view.Id)));
    }

    private static async Task<NoContent> RevokeAsync(Guid id, ClaimsPrincipal user, KeyStore keys, KeyRing ring, HttpContext http, CancellationToken cancellationToken)
    {
        var view = await keys.RevokeAsync(id, PersonOf(user), cancellationToken)
            ?? throw new ProblemException(StatusCodes.Status404NotFound, "You have no such key.", "GET /api/session/keys lists yours.");
        http.Tell(AuditSubject.Of(view));
        ring.Forget();
        return TypedResults.NoContent();
    }

    // A key cannot make others: who finds one must not have more than that one.
    private static Guid PersonOf(ClaimsPrincipal user) => user is KeyPrincipal { Holder: { Person: true } holder }
        ? holder.Id
        : throw new ProblemException(StatusCodes.Status403Forbidden, "Only people who are signed in with the identity provider have keys of their own.", "An administrator can make a key for you.");
}
