using System.Buffers;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;
using Nura.Contracts;
using Nura.Rag.Files;
using Nura.Rag.Indexing;
using Nura.Rag.Repositories;

namespace Nura.Rag.Documents;

/// <summary>Uploads over HTTP.</summary>
internal static class DocumentEndpoints
{
    private const int LongestPath = 500;

    public static IEndpointRouteBuilder MapDocuments(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/documents").WithTags("Documents");
        group.MapPut("/{collection}/{**path}", PutAsync);
        group.MapDelete("/{collection}/{**path}", DeleteAsync);
        return routes;
    }

    private static async Task<Accepted<RepositoryView>> PutAsync(
        string collection, string path, HttpRequest http, RepositoryRegistry registry, DocumentStore documents, RunQueue runs, IOptions<RagOptions> options, CancellationToken cancellationToken)
    {
        Check(path);
        var most = options.Value.MaxFileBytes;
        var content = await RequestBody.ReadAsync(http, most, () => new ProblemException(413, "The document is too long.", $"At most {most:N0} bytes are indexed ({RagOptions.Section}:MaxFileBytes)."), cancellationToken);
        if ((PathRules.Reject(path, content.Length, most) ?? (ContentRules.Read(content, new ArrayBufferWriter<char>(), out var unreadable) is null ? unreadable : null)) is { } reason)
        {
            throw new ProblemException(422, "This document cannot be indexed.", reason);
        }

        var id = await registry.CollectionAsync(collection, add: true, cancellationToken);
        await documents.AddAsync(id, path, content, cancellationToken);
        await runs.EnqueueAsync(id, cancellationToken, follow: true);
        return TypedResults.Accepted($"/repositories/{id}", await registry.FindAsync(id, cancellationToken));
    }

    private static async Task<Accepted<RepositoryView>> DeleteAsync(
        string collection, string path, RepositoryRegistry registry, DocumentStore documents, RunQueue runs, CancellationToken cancellationToken)
    {
        Check(path);
        var id = await registry.CollectionAsync(collection, add: false, cancellationToken);
        if (!await documents.RemoveAsync(id, path, cancellationToken))
        {
            throw new ProblemException(404, $"There is no document \"{path}\".", "It may have been removed already.");
        }

        await runs.EnqueueAsync(id, cancellationToken, follow: true);
        return TypedResults.Accepted($"/repositories/{id}", await registry.FindAsync(id, cancellationToken));
    }

    private static void Check(string path)
    {
        if (path.Length is 0 or > LongestPath || path.Any(char.IsControl) || path.AsSpan().ContainsAny('"', '\\') || path.Split('/').Any(segment => segment is "" or "." or ".." or ".git"))
        {
            throw new ProblemException(400, "This path cannot be used.", $"Give one such as guides/start.md, of at most {LongestPath} characters, without quotes, backslashes and dots alone.");
        }
    }
}
