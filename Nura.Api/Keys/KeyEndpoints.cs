using Microsoft.AspNetCore.Http.HttpResults;
using Nura.Contracts;

namespace Nura.Api.Keys;

/// <summary>Lets administrators make, list and revoke keys.</summary>
internal static class KeyEndpoints
{
    private const int LongestName = 200;

    public static void MapKeys(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/api/keys").WithTags("Keys").RequireAuthorization(KeyAuthentication.Administrators);
        group.MapPost("/", CreateAsync);
        group.MapGet("/", (KeyStore keys, CancellationToken cancellationToken) => keys.ListAsync(cancellationToken));
        group.MapDelete("/{id:guid}", RevokeAsync);
    }

    private static async Task<Created<CreatedKey>> CreateAsync(CreateKey asked, KeyStore keys, TimeProvider time, CancellationToken cancellationToken)
    {
        if (string.IsNullOrWhiteSpace(asked.Name) || asked.Name.Length > LongestName)
        {
            throw new ProblemException(StatusCodes.Status400BadRequest, "The key was not made.", $"Give it a name of 1 to {LongestName} characters, such as whose it is.");
        }

        var key = ApiKey.New();
        var view = await keys.InsertAsync(Guid.CreateVersion7(time.GetUtcNow()), key, asked, cancellationToken);
        return TypedResults.Created($"/api/keys/{view.Id}", new CreatedKey(key, view));
    }

    private static async Task<NoContent> RevokeAsync(Guid id, KeyStore keys, KeyRing ring, CancellationToken cancellationToken)
    {
        if (!await keys.RevokeAsync(id, cancellationToken))
        {
            throw new ProblemException(StatusCodes.Status404NotFound, "There is no such key.", "GET /api/keys lists them.");
        }

        ring.Forget();
        return TypedResults.NoContent();
    }
}
