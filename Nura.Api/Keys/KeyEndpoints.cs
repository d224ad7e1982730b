using Microsoft.AspNetCore.Http.HttpResults;
using Nura.Api.Audit;
using Nura.Contracts;

namespace Nura.Api.Keys;

/// <summary>Lets administrators make, list, limit and revoke keys, and limit people and shut them out.</summary>
internal static class KeyEndpoints
{
    /// <summary>Most characters of the name of a key or a team.</summary>
    public const int LongestName = 200;

    public static void MapKeys(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/api/keys").WithTags("Keys").RequireAuthorization(KeyAuthentication.Administrators);
        group.MapPost("/", CreateAsync).Audited("key.made");
        group.MapGet("/", (KeyStore keys, CancellationToken cancellationToken) => keys.ListAsync(cancellationToken));
        group.MapPut("/{id:guid}/repositories", LimitAsync).Audited("key.limited");
        group.MapPut("/{id:guid}/team", AssignAsync).Audited("key.assigned");
        group.MapDelete("/{id:guid}", RevokeAsync).Audited("key.revoked");
        group.MapPost("/{id:guid}/restore", RestoreAsync).Audited("key.restored");
    }

    /// <exception cref="ProblemException">No key can have this name.</exception>
    public static void CheckName(string? name)
    {
        if (string.IsNullOrWhiteSpace(name) || name.Length > LongestName)
        {
            throw new ProblemException(StatusCodes.Status400BadRequest, "The key was not made.", $"Give it a name of 1 to {LongestName} characters, such as whose it is.");
        }
    }

    private static async Task<Created<CreatedKey>> CreateAsync(CreateKey asked, KeyStore keys, SigningSecrets secrets, RagClient rag, HttpContext http, TimeProvider time, CancellationToken cancellationToken)
    {
        CheckName(asked.Name);
        if (asked is { Admin: true, Repositories: not null })
        {
            throw new ProblemException(StatusCodes.Status400BadRequest, "The key was not made.", "An administrator's key sees every repository: it could lift its own limit. Leave out \"repositories\", or \"admin\".");
        }

        CheckTeam(asked.Team);
        var names = await CheckAsync(asked.Repositories, rag, cancellationToken);
        var key = ApiKey.New();
        var view = await keys.InsertAsync(Guid.CreateVersion7(time.GetUtcNow()), key, asked, cancellationToken);
        http.Tell(AuditSubject.Of(view, $"{Rights(view, names)}, {TeamOf(view)}"));
        return TypedResults.Created($"/api/keys/{view.Id}", new CreatedKey(key, view, secrets.Of(view.Id)));
    }

    private static async Task<Ok<KeyView>> LimitAsync(Guid id, LimitKey asked, KeyStore keys, KeyRing ring, RagClient rag, HttpContext http, CancellationToken cancellationToken)
    {
        var names = await CheckAsync(asked.Repositories, rag, cancellationToken);
        var view = await keys.LimitAsync(id, asked.Repositories, cancellationToken)
            ?? throw new ProblemException(StatusCodes.Status404NotFound, "There is no such key, or it cannot be limited.", "GET /api/keys lists them. An administrator's key sees every repository; a person's own keys see what the person sees.");
        http.Tell(AuditSubject.Of(view, Rights(view, names)));
        ring.Forget();
        return TypedResults.Ok(view);
    }

    private static async Task<Ok<KeyView>> AssignAsync(Guid id, AssignKey asked, KeyStore keys, KeyRing ring, HttpContext http, CancellationToken cancellationToken)
    {
        CheckTeam(asked.Team);
        var view = await keys.AssignAsync(id, asked.Team, cancellationToken)
            ?? throw new ProblemException(StatusCodes.Status404NotFound, "There is no such key, or it is a person's own.", "GET /api/keys lists them; a person's own keys are in the person's team.");
        http.Tell(AuditSubject.Of(view, TeamOf(view)));
        ring.Forget();
        return TypedResults.Ok(view);
    }

    private static async Task<Ok<KeyView>> RestoreAsync(Guid id, KeyStore keys, KeyRing ring, CancellationToken cancellationToken)
    {
        var view = await keys.RestoreAsync(id, cancellationToken)
            ?? throw new ProblemException(StatusCodes.Status404NotFound, "There is no such person.", "GET /api/keys lists them, with their \"issuer\". A revoked key stays revoked: make another one.");
        ring.Forget();
        return TypedResults.Ok(view);
    }

    private static void CheckTeam(string? team)
    {
        if (team is not null && (string.IsNullOrWhiteSpace(team) || team.Length > LongestName))
        {
            throw new ProblemException(StatusCodes.Status400BadRequest, "The team's name cannot be used.", $"It has 1 to {LongestName} characters; leave \"team\" out, or say null, for none.");
        }
    }

    private static string Rights(KeyView key, IReadOnlyList<string> names) => key switch
    {
        { Admin: true } => "administrator",
        { Repositories: null } => "every repository",
        { Repositories.Count: 0 } => "no repository",
        _ => $"only {string.Join(", ", names)}",
    };

    private static string TeamOf(KeyView key) => key.Team is null ? "no team" : $"team {key.Team}";

    // A mistyped identity would shut the key out in silence.
    private static async Task<IReadOnlyList<string>> CheckAsync(IReadOnlyList<Guid>? repositories, RagClient rag, CancellationToken cancellationToken)
    {
        if (repositories is not { Count: > 0 })
        {
            return [];
        }

        if (repositories.Count > CallerScope.MostRepositories)
        {
            throw new ProblemException(StatusCodes.Status400BadRequest, "The list of repositories is too long.", $"A key can be limited to at most {CallerScope.MostRepositories} of them.");
        }

        var known = (await rag.ListAsync(cancellationToken)).ToDictionary(view => view.Id, view => view.Name);
        return [.. repositories.Distinct().Select(id => known.GetValueOrDefault(id) ?? throw new ProblemException(StatusCodes.Status400BadRequest, $"There is no repository {id}.", "GET /api/repositories lists them."))];
    }

    private static async Task<NoContent> RevokeAsync(Guid id, KeyStore keys, KeyRing ring, HttpContext http, CancellationToken cancellationToken)
    {
        var view = await keys.RevokeAsync(id, person: null, cancellationToken)
            ?? throw new ProblemException(StatusCodes.Status404NotFound, "There is no such key.", "GET /api/keys lists them.");
        http.Tell(AuditSubject.Of(view, view.Issuer is null ? null : "a person, with all their keys"));
        ring.Forget();
        return TypedResults.NoContent();
    }
}
