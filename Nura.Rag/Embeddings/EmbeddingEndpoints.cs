using Microsoft.AspNetCore.Http.HttpResults;
using Nura.Contracts;
using Nura.Rag.Repositories;

namespace Nura.Rag.Embeddings;

/// <summary>How far vectors are, over HTTP.</summary>
internal static class EmbeddingEndpoints
{
    public static IEndpointRouteBuilder MapEmbeddings(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/repositories/{id:guid}/embeddings", GetAsync).WithTags("Repositories").AddEndpointFilter<VisibleRepositories>();
        return routes;
    }

    private static async Task<Ok<EmbeddingStatus>> GetAsync(Guid id, RepositoryRegistry registry, EmbeddingModel model, EmbeddingQueue queue, CancellationToken cancellationToken)
    {
        await registry.FindAsync(id, cancellationToken);
        return model.Info is { } info ? TypedResults.Ok(await queue.StatusAsync(id, info.Id, cancellationToken))
            : throw new ProblemException(404, "No embedding model is configured.", $"Name one in {RagOptions.Section}:EmbeddingModel; search does without until then.");
    }
}
