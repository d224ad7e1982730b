using System.Buffers;
using Microsoft.AspNetCore.Http.HttpResults;
using Nura.Contracts;
using Nura.Rag.Repositories;

namespace Nura.Rag.Citations;

/// <summary>Exact lines over HTTP.</summary>
internal static class CitationEndpoints
{
    // git would take what holds one of these for an expression, or for two.
    private static readonly SearchValues<char> s_noRef = SearchValues.Create(" \n\r\0:^~");

    public static IEndpointRouteBuilder MapCitations(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/citations/resolve", ResolveAsync).WithTags("Citations");
        routes.MapGet("/file", FileAsync).WithTags("Citations");
        routes.MapPost("/files/read", ReadAsync).WithTags("Citations");
        return routes;
    }

    private static async Task<Ok<FileLines?[]>> ResolveAsync(ResolveCitations request, CitationReader reader, CancellationToken cancellationToken)
    {
        if (request.Citations is null || request.Citations.Count > ResolveCitations.Max)
        {
            throw new ProblemException(400, "The citations cannot be resolved.", $"Send \"citations\" with at most {ResolveCitations.Max} of them.");
        }

        return TypedResults.Ok(await reader.ResolveAsync(request.Citations, request.Repositories, cancellationToken));
    }

    private static async Task<Ok<FileLines>> ReadAsync(ReadFile request, CitationReader reader, CancellationToken cancellationToken)
    {
        if (string.IsNullOrWhiteSpace(request.Repository) || string.IsNullOrEmpty(request.Path) || request.Path.AsSpan().ContainsAny('\n', '\r', '\0')
            || request.Ref?.AsSpan().ContainsAny(s_noRef) == true || request.StartLine < 1 || request.EndLine < request.StartLine)
        {
            throw new ProblemException(400, "The file cannot be read.", "Send \"repository\" and \"path\", and if you like \"ref\", \"startLine\" from 1 and \"endLine\" not below it.");
        }

        return TypedResults.Ok(await reader.ReadAsync(request, cancellationToken));
    }

    private static async Task<Ok<FileLines>> FileAsync(string citation, HttpContext http, CitationReader reader, CancellationToken cancellationToken)
    {
        if (!Citation.TryParse(citation, out _))
        {
            throw new ProblemException(400, "This is no citation.", "A citation is written repository@commit:path#Lx-Ly.");
        }

        var lines = await reader.ResolveAsync(citation, VisibleRepositories.Of(http), cancellationToken);
        return TypedResults.Ok(lines
            ?? throw new ProblemException(404, "This citation names nothing.", "The repository, commit, file or line does not exist, or may not be seen, or the file is too big."));
    }
}
