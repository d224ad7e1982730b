using Microsoft.AspNetCore.Http.HttpResults;
using Nura.Contracts;

namespace Nura.Rag.Search;

/// <summary>Search over HTTP.</summary>
internal static class SearchEndpoints
{
    public static IEndpointRouteBuilder MapSearch(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/search", SearchAsync).WithTags("Search");
        return routes;
    }

    private static async Task<Ok<SearchAnswer>> SearchAsync(SearchRequest request, SearchService search, CancellationToken cancellationToken) =>
        TypedResults.Ok(await search.SearchAsync(request, cancellationToken));
}
