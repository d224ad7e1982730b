using Microsoft.AspNetCore.Http.HttpResults;
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
        group.MapPost("/", CreateAsync);
        group.MapGet("/", (KeyStore keys, CancellationToken cancellationToken) => keys.ListAsync(cancellationToken));
        group.MapPut("/{id:guid}/repositories", LimitAsync);
        group.MapPut("/{id:guid}/team", AssignAsync);
        group.MapDelete("/{id:guid}", RevokeAsync);
        group.MapPost("/{id:guid}/restore", RestoreAsync);
    }

    /// <exception cref="ProblemException">No key can have this name.</exception>
    public static void CheckName(string? name)
    {
        if (string.IsNullOrWhiteSpace(name) || name.Length > LongestName)
        {
            throw new ProblemException(StatusCodes.Status400BadRequest, "The key was not made.", $"Give it a name of 1 to {LongestName} characters, such as whose it is.");
        }
    }

    private static async Task<Created<CreatedKey>> CreateAsync(CreateKey asked, KeyStore keys, SigningSecrets secrets, RagClient rag, TimeProvider time, CancellationToken cancellationToken)
    {
        CheckName(asked.Name);
        if (asked is { Admin: true, Repositories: not null })
        {
            throw new ProblemException(StatusCodes.Status400BadRequest, "The key was not made.", "An administrator's key sees every repository: it could lift its own limit. Leave out \"repositories\", or \"admin\".");
        }

        CheckTeam(asked.Team);
        await CheckAsync(asked.Repositories, rag, cancellationToken);
        var key = ApiKey.New();
        var view = await keys.InsertAsync(Guid.CreateVersion7(time.GetUtcNow()), key, asked, cancellationToken);
        return TypedResults.Created($"/api/keys/{view.Id}", new CreatedKey(key, view, secrets.Of(view.Id)));
    }

    private static async Task<Ok<KeyView>> LimitAsync(Guid id, LimitKey asked, KeyStore keys, KeyRing ring, RagClient rag, CancellationToken cancellationToken)
    {
        await CheckAsync(asked.Repositories, rag, cancellationToken);
        var view = await keys.LimitAsync(id, asked.Repositories, cancellationToken)
            ?? throw new ProblemException(StatusCodes.Status404NotFound, "There is no such key, or it cannot be limited.", "GET /api/keys lists them. An administrator's key sees every repository; a person's own keys see what the person sees.");
        ring.Forget();
        return TypedResults.Ok(view);
    }

    private static async Task<Ok<KeyView>> AssignAsync(Guid id, AssignKey asked, KeyStore keys, KeyRing ring, CancellationToken cancellationToken)
    {
        CheckTeam(asked.Team);
        var view = await keys.AssignAsync(id, asked.Team, cancellationToken)
            ?? throw new ProblemException(StatusCodes.Status404NotFound, "There is no such key, or it is a person's own.", "GET /api/keys lists them; a person's own keys are in the person's team.");
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

    // A mistyped identity would shut the key out in silence.
    private static async Task CheckAsync(IReadOnlyList<Guid>? repositories, RagClient rag, CancellationToken cancellationToken)
    {
        if (repositories is not { Count: > 0 })
        {
            return;
        }

        if (repositories.Count > CallerScope.MostRepositories)
        {
            throw new ProblemException(StatusCodes.Status400BadRequest, "The list of repositories is too long.", $"A key can be limited to at most {CallerScope.MostRepositories} of them.");
        }

        var known = (await rag.ListAsync(cancellationToken)).Select(view => view.Id).ToHashSet();
        var unknown = repositories.Where(id => !known.Contains(id)).ToList();
        if (unknown.Count > 0)
        {
            throw new ProblemException(StatusCodes.Status400BadRequest, $"There is no repository {unknown[0]}.", "GET /api/repositories lists them.");
        }
    }

    private static async Task<NoContent> RevokeAsync(Guid id, KeyStore keys, KeyRing ring, CancellationToken cancellationToken)
    {
        if (!await keys.RevokeAsync(id, person: null, cancellationToken))
        {
            throw new ProblemException(StatusCodes.Status404NotFound, "There is no such key.", "GET /api/keys lists them.");
        }

        ring.Forget();
        return TypedResults.NoContent();
    }
}
