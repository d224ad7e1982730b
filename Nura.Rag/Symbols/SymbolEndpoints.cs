using Microsoft.AspNetCore.Http.HttpResults;
using Nura.Contracts;
using Nura.Rag.Repositories;

namespace Nura.Rag.Symbols;

/// <summary>Definitions and references over HTTP.</summary>
internal static class SymbolEndpoints
{
    private const int LongestName = 200;
    private const int Most = 1000;

    public static IEndpointRouteBuilder MapSymbols(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/symbols", SymbolsAsync).WithTags("Symbols");
        routes.MapPost("/references", ReferencesAsync).WithTags("Symbols");
        return routes;
    }

    private static async Task<Ok<SymbolAnswer>> SymbolsAsync(SymbolRequest request, RefSelector refs, SymbolStore symbols, CancellationToken cancellationToken)
    {
        Check(request.Name, request.Skip, request.Take);
        if (request.Kind?.Contains('\0') == true)
        {
            throw new ProblemException(400, "There is no such kind of definition.", "Give one such as class, method or heading.");
        }

        var visible = await refs.SelectAsync(request.Repositories, request.Ref, cancellationToken);
        return TypedResults.Ok(await symbols.FindAsync(request, visible, cancellationToken));
    }

    private static async Task<Ok<ReferenceAnswer>> ReferencesAsync(ReferenceRequest request, ReferenceFinder references, CancellationToken cancellationToken)
    {
        Check(request.Name, request.Skip, request.Take);
        return request.Name.All(c => char.IsLetterOrDigit(c) || c == '_')
            ? TypedResults.Ok(await references.FindAsync(request, cancellationToken))
            : throw new ProblemException(400, "This is no word.", "References are found for one word of letters, digits and underscores; use grep for anything else.");
    }

    private static void Check(string? name, int skip, int take)
    {
        if (string.IsNullOrWhiteSpace(name) || name.Length > LongestName || name.Contains('\0'))
        {
            throw new ProblemException(400, "The name cannot be looked up.", $"It must have 1 to {LongestName} characters.");
        }

        if (skip < 0 || take is < 1 or > Most)
        {
            throw new ProblemException(400, "The page is out of range.", $"skip must be at least 0, and take 1 to {Most}.");
        }
    }
}
