using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Http.HttpResults;
using Nura.Contracts;
using Nura.Rag.Indexing;

namespace Nura.Rag.Repositories;

/// <summary>Repositories over HTTP.</summary>
internal static class RepositoryEndpoints
{
    private const int MostIssues = 1000;
    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(400);

    public static RouteGroupBuilder MapRepositories(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/repositories").WithTags("Repositories").AddEndpointFilter<RouteGroupBuilder, VisibleRepositories>();
        group.MapPost("/", AddAsync);
        group.MapGet("/", ListAsync);
        group.MapGet("/{id:guid}", GetAsync);
        group.MapDelete("/{id:guid}", DeleteAsync);
        group.MapPost("/{id:guid}/index", IndexAsync);
        group.MapPost("/{id:guid}/pause", (Guid id, RepositoryRegistry registry, RunQueue runs, CancellationToken cancellationToken) =>
            SteerAsync(id, registry, runs.PauseAsync, "There is nothing to pause.", "No index is under way or waiting.", cancellationToken));
        group.MapPost("/{id:guid}/resume", (Guid id, RepositoryRegistry registry, RunQueue runs, CancellationToken cancellationToken) =>
            SteerAsync(id, registry, runs.ResumeAsync, "There is nothing to resume.", "No index is paused.", cancellationToken));
        group.MapPost("/{id:guid}/cancel", (Guid id, RepositoryRegistry registry, RunQueue runs, CancellationToken cancellationToken) =>
            SteerAsync(id, registry, runs.CancelAsync, "There is nothing to cancel.", "No index is under way, waiting or paused.", cancellationToken));
        group.MapPost("/{id:guid}/refs", AddRefAsync);
        group.MapGet("/{id:guid}/refs", RefsAsync);
        group.MapGet("/{id:guid}/progress", ProgressAsync);
        group.MapGet("/{id:guid}/progress/stream", StreamAsync);
        group.MapGet("/{id:guid}/issues", IssuesAsync);
        return group;
    }

    private static async Task<Accepted<RepositoryView>> AddAsync(AddRepository request, RepositoryRegistry registry, CancellationToken cancellationToken)
    {
        var view = await registry.AddAsync(request, cancellationToken);
        return TypedResults.Accepted($"/repositories/{view.Id}", view);
    }

    private static async Task<Ok<List<RepositoryView>>> ListAsync(HttpContext http, RepositoryStore store, CancellationToken cancellationToken) =>
        TypedResults.Ok(await store.ListAsync(VisibleRepositories.Of(http), cancellationToken));

    private static async Task<Ok<RepositoryView>> GetAsync(Guid id, RepositoryRegistry registry, CancellationToken cancellationToken) =>
        TypedResults.Ok(await registry.FindAsync(id, cancellationToken));

    private static async Task<NoContent> DeleteAsync(Guid id, RepositoryRegistry registry, CancellationToken cancellationToken)
    {
        await registry.RemoveAsync(id, cancellationToken);
        return TypedResults.NoContent();
    }

    private static async Task<Accepted<RepositoryView>> IndexAsync(Guid id, HttpContext http, RepositoryRegistry registry, RunQueue runs, CancellationToken cancellationToken)
    {
        await registry.FindAsync(id, cancellationToken);

        // A limited key does no more than a push: it ends nobody's pause, and makes nobody wait for files that are known.
        await runs.EnqueueAsync(id, cancellationToken, follow: VisibleRepositories.Of(http) is not null);
        return TypedResults.Accepted($"/repositories/{id}", await registry.FindAsync(id, cancellationToken));
    }

    private static async Task<Ok<RepositoryView>> SteerAsync(
        Guid id, RepositoryRegistry registry, Func<Guid, CancellationToken, Task<bool>> steer, string title, string detail, CancellationToken cancellationToken)
    {
        await registry.FindAsync(id, cancellationToken);
        return await steer(id, cancellationToken) ? TypedResults.Ok(await registry.FindAsync(id, cancellationToken)) : throw new ProblemException(409, title, detail);
    }

    private static async Task<Accepted<RepositoryView>> AddRefAsync(Guid id, AddRef request, RepositoryRegistry registry, CancellationToken cancellationToken)
    {
        var view = await registry.AddRefAsync(id, request, cancellationToken);
        return TypedResults.Accepted($"/repositories/{view.Id}", view);
    }

    private static async Task<Ok<List<RepositoryView>>> RefsAsync(Guid id, RepositoryRegistry registry, RepositoryStore store, CancellationToken cancellationToken)
    {
        await registry.FindAsync(id, cancellationToken);
        return TypedResults.Ok(await store.ListRefsAsync(id, cancellationToken));
    }

    private static async Task<Ok<IndexProgress>> ProgressAsync(Guid id, RepositoryRegistry registry, CancellationToken cancellationToken) =>
        TypedResults.Ok((await registry.FindAsync(id, cancellationToken)).Progress);

    private static async Task<IResult> StreamAsync(Guid id, RepositoryRegistry registry, RepositoryStore store, TimeProvider time, CancellationToken cancellationToken)
    {
        // Before the stream begins, so that an unknown one is a 404.
        await registry.FindAsync(id, cancellationToken);
        return TypedResults.ServerSentEvents(FollowAsync(id, store, time, cancellationToken));
    }

    private static async IAsyncEnumerable<SseItem<IndexProgress>> FollowAsync(
        Guid id, RepositoryStore store, TimeProvider time, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // With a repository that is removed meanwhile the stream ends too.
        while ((await store.FindAsync(id, cancellationToken))?.Progress is { } progress)
        {
            var ended = progress.State is RepositoryState.Ready or RepositoryState.Failed or RepositoryState.Paused or RepositoryState.Cancelled;
            yield return new SseItem<IndexProgress>(progress, ended ? "done" : "progress");
            if (ended)
            {
                yield break;
            }

            await Task.Delay(s_interval, time, cancellationToken);
        }
    }

    private static async Task<Ok<List<FileIssue>>> IssuesAsync(
        Guid id, RepositoryRegistry registry, RepositoryStore store, CancellationToken cancellationToken, bool? failed = null, int skip = 0, int take = 100)
    {
        if (skip < 0 || take is < 1 or > MostIssues)
        {
            throw new ProblemException(400, "The page is out of range.", $"skip must be at least 0, and take 1 to {MostIssues}.");
        }

        await registry.FindAsync(id, cancellationToken);
        return TypedResults.Ok(await store.IssuesAsync(id, failed, skip, take, cancellationToken));
    }
}
