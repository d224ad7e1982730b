using Microsoft.AspNetCore.Http.HttpResults;
using Nura.Contracts;

namespace Nura.Rag.Grep;

/// <summary>Line search over HTTP.</summary>
internal static class GrepEndpoints
{
    private const int Most = 1000;

    public static IEndpointRouteBuilder MapGrep(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/grep", GrepAsync).WithTags("Search");
        return routes;
    }

    private static async Task<Ok<GrepAnswer>> GrepAsync(GrepRequest request, GrepService grep, CancellationToken cancellationToken) =>
        request.Take is < 1 or > Most
            ? throw new ProblemException(400, "The page is out of range.", $"take must be 1 to {Most}.")
            : TypedResults.Ok(await grep.FindAsync(request, cancellationToken));
}
