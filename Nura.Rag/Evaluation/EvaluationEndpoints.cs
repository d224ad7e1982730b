using Microsoft.AspNetCore.Http.HttpResults;
using Nura.Contracts;
using Nura.Rag.Repositories;

namespace Nura.Rag.Evaluation;

/// <summary>Evaluations over HTTP.</summary>
internal static class EvaluationEndpoints
{
    public static IEndpointRouteBuilder MapEvaluations(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/repositories/{id:guid}/evaluation", GetAsync).WithTags("Repositories").AddEndpointFilter<VisibleRepositories>();
        return routes;
    }

    private static async Task<Ok<RetrievalEvaluation>> GetAsync(Guid id, RepositoryRegistry registry, EvaluationStore store, CancellationToken cancellationToken)
    {
        await registry.FindAsync(id, cancellationToken);
        return TypedResults.Ok(await store.FindAsync(id, cancellationToken)
            ?? throw new ProblemException(404, "The repository has not been evaluated yet.", $"That follows its first index in the background, unless {RagOptions.Section}:EvaluationHours is 0."));
    }
}
