using System.Security.Claims;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http.HttpResults;
using Nura.Api.Conversations;
using Nura.Api.Gateway;
using Nura.Api.Keys;
using Nura.Contracts;

namespace Nura.Api.Ratings;

/// <summary>Whether answers were good: people say it of those in their conversations, administrators read it by model, agent, team and day.</summary>
internal static class RatingEndpoints
{
    public static void MapRatings(this IEndpointRouteBuilder routes)
    {
        routes.MapPut("/api/conversations/{id:guid}/turns/{run:guid}/rating", RateAsync).WithTags("Conversations").RequireAuthorization();
        routes.MapGet("/api/models/ratings", SumAsync).WithTags("Models").RequireAuthorization(KeyAuthentication.Administrators);
    }

    private static async Task<NoContent> RateAsync(
        Guid id, Guid run, RateTurn asked, ClaimsPrincipal user, ConversationStore conversations, RatingStore ratings, AgentsClient agents, CancellationToken cancellationToken)
    {
        var rater = CallerScopes.Of(user);
        if (asked.Good is not { } good)
        {
            return await ratings.TakeBackAsync(id, rater.Holder, run, cancellationToken) ? TypedResults.NoContent() : throw ConversationEndpoints.NotThere();
        }

        // Before anything is told of the run: what is somebody else's is not there.
        if (!await conversations.HasRunAsync(rater.Holder, run, cancellationToken))
        {
            throw ConversationEndpoints.NotThere();
        }

        // Whose it is has been asked; runs of an earlier version do not say it.
        var (agent, model) = await WriterOfAsync(run, agents.For(null), cancellationToken);
        return await ratings.RateAsync(id, rater, run, agent, model, good, cancellationToken) ? TypedResults.NoContent() : throw ConversationEndpoints.NotThere();
    }

    /// <summary>Who wrote an answer, as its run tells it.</summary>
    private static async Task<(string Agent, string Model)> WriterOfAsync(Guid run, AgentsClient agents, CancellationToken cancellationToken)
    {
        try
        {
            var view = await agents.GetAsync(run, cancellationToken);
            return view.State switch
            {
                RunState.Running => throw new ProblemException(StatusCodes.Status409Conflict, "The answer is still being written.", "Rate it when it is complete."),
                RunState.Completed => (view.Agent, (await agents.EventsAsync(run, 0, cancellationToken).LastAsync(cancellationToken)).Event is RunDone { Model: { } model } ? model : ""),
                _ => throw new ProblemException(StatusCodes.Status409Conflict, "There is no complete answer to rate: it was stopped, or it failed.", "Ask again, and rate that answer."),
            };
        }
        catch (ProblemException problem) when (problem.Status == StatusCodes.Status404NotFound)
        {
            throw new ProblemException(StatusCodes.Status410Gone, "This answer is no longer kept.", "Only an answer that can still be read can be rated. Its question can be asked again.");
        }
    }

    private static Task<IReadOnlyList<RatingSum>> SumAsync(DateOnly? from, DateOnly? to, string? by, RatingStore ratings, TimeProvider time, CancellationToken cancellationToken)
    {
        var (first, end) = ReportQuery.Time(from, to, time);
        return ratings.SumAsync(first, end, ReportQuery.Groups(by, RatingStore.Dimensions), cancellationToken);
    }
}

/// <summary>Says whether an answer was good.</summary>
/// <param name="Good">Whether it was; <see langword="null"/> takes back what was said. Must be said: a mistyped name must not take anything back.</param>
internal sealed record RateTurn([property: JsonRequired] bool? Good);

/// <summary>What people said of one group of answers.</summary>
/// <param name="Group">What the sum was kept apart by, with its values; an empty text where an answer had none.</param>
/// <param name="Good">Answers that were good.</param>
/// <param name="Bad">Answers that were not.</param>
internal sealed record RatingSum(IReadOnlyDictionary<string, string> Group, long Good, long Bad);
