using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Nura.Api.Audit;
using Nura.Api.Keys;
using Nura.Api.Runs;
using Nura.Contracts;

namespace Nura.Api.Conversations;

/// <summary>Conversations of the web client.</summary>
internal static class ConversationEndpoints
{
    private const int LongestTitle = 200;
    private const int MostListed = 200;

    public static void MapConversations(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/api/conversations").WithTags("Conversations").RequireAuthorization();
        group.MapGet("/", ListAsync);
        group.MapPost("/", CreateAsync);
        group.MapGet("/{id:guid}", FindAsync);
        group.MapPatch("/{id:guid}", RenameAsync);
        group.MapDelete("/{id:guid}", DeleteAsync);
        group.MapPut("/{id:guid}/share", ShareAsync).Audited("conversation.shared");
        group.MapDelete("/{id:guid}/share", UnshareAsync).Audited("conversation.unshared");
        group.MapGet("/{id:guid}/turns", TurnsAsync);
        group.MapPost("/{id:guid}/turns", AskAsync);
    }

    /// <summary>What is told of every conversation that is not the caller's, whether there is one or not.</summary>
    public static ProblemException NotThere() =>
        new(StatusCodes.Status404NotFound, "There is no such conversation.", "It was deleted, or belongs to another key and is not shared with you. GET /api/conversations lists yours.");

    private static Task<IReadOnlyList<ConversationView>> ListAsync(
        DateTimeOffset? before, int? take, string? search, ClaimsPrincipal user, ConversationStore store, CancellationToken cancellationToken) =>
        take is null or (> 0 and <= MostListed) ? store.ListAsync(Owner(user), before?.UtcDateTime ?? DateTime.MaxValue, take ?? MostListed, Words(search), cancellationToken)
            : throw new ProblemException(StatusCodes.Status400BadRequest, $"'take' is {take}.", $"Take 1 to {MostListed} conversations at once. The next come with 'before' set to the last one's 'updatedAt'.");

    private static async Task<Created<ConversationView>> CreateAsync(
        ConversationTitle asked, ClaimsPrincipal user, ConversationStore store, TimeProvider time, CancellationToken cancellationToken)
    {
        var made = await store.InsertAsync(Guid.CreateVersion7(time.GetUtcNow()), Owner(user), Checked(asked.Title), cancellationToken);
        return TypedResults.Created($"/api/conversations/{made.Id}", made);
    }

    private static async Task<ConversationView> FindAsync(Guid id, ClaimsPrincipal user, ConversationStore store, CancellationToken cancellationToken) =>
        await store.FindAsync(id, Owner(user), cancellationToken) ?? throw NotThere();

    private static async Task<NoContent> RenameAsync(Guid id, ConversationTitle asked, ClaimsPrincipal user, ConversationStore store, CancellationToken cancellationToken) =>
        await store.RenameAsync(id, Owner(user), Checked(asked.Title), cancellationToken) ? TypedResults.NoContent() : throw NotThere();

    private static async Task<NoContent> DeleteAsync(Guid id, ClaimsPrincipal user, ConversationRemoval removal, CancellationToken cancellationToken) =>
        await removal.RemoveAsync(id, Owner(user), silentSince: null, cancellationToken) ? TypedResults.NoContent() : throw NotThere();

    private static async Task<NoContent> ShareAsync(Guid id, ClaimsPrincipal user, ConversationStore store, CancellationToken cancellationToken) =>
        await store.ShareAsync(id, Owner(user), shared: true, orAnybodys: false, cancellationToken) ? TypedResults.NoContent() : throw NotThere();

    // Somebody has to be able to when the owner is not here any more.
    private static async Task<NoContent> UnshareAsync(Guid id, ClaimsPrincipal user, ConversationStore store, CancellationToken cancellationToken) =>
        await store.ShareAsync(id, Owner(user), shared: false, orAnybodys: user.IsInRole(KeyAuthentication.AdminRole), cancellationToken) ? TypedResults.NoContent() : throw NotThere();

    private static async Task<IReadOnlyList<TurnView>> TurnsAsync(Guid id, ClaimsPrincipal user, ConversationStore store, CancellationToken cancellationToken) =>
        await store.TurnsAsync(id, CallerScopes.Of(user), cancellationToken) ?? throw NotThere();

    private static async Task<Created<TurnView>> AskAsync(
        Guid id, AskTurn asked, ClaimsPrincipal user, ConversationStore store, AgentsClient agents, AgentRuns runs, CancellationToken cancellationToken)
    {
        if (!await store.ExistsAsync(id, Owner(user), cancellationToken))
        {
            throw NotThere();
        }

        if (string.IsNullOrEmpty(asked.Question))
        {
            throw new ProblemException(StatusCodes.Status400BadRequest, "There is no question.", "Send it as 'question'.");
        }

        // Not to be cancelled halfway, also when the page is closed at this moment: its question is kept, and the answer with it.
        var run = await agents.StartAsync(new StartRun(asked.Agent, asked.Messages, asked.Model), CancellationToken.None);
        TurnView? turn = null;
        try
        {
            turn = await store.AddTurnAsync(id, CallerScopes.Of(user), asked.Question, run.Id, CancellationToken.None);
        }
        finally
        {
            if (turn is null)
            {
                // Deleted meanwhile, or not written: nobody would ever read this answer.
                await runs.ForgetAsync([run.Id]);
            }
        }

        if (turn is null)
        {
            throw NotThere();
        }

        // Only now: what no conversation leads to must not be kept.
        await runs.KeepAsync(run.Id);
        return TypedResults.Created($"/api/runs/{run.Id}", turn);
    }

    private static string[] Words(string? search) => search is not { Length: > LongestTitle } ? search?.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries) ?? []
        : throw new ProblemException(StatusCodes.Status400BadRequest, $"'search' has {search.Length} characters.", $"Search for words of at most {LongestTitle} characters together.");

    private static Guid Owner(ClaimsPrincipal user) => Guid.Parse(user.FindFirstValue(ClaimTypes.NameIdentifier)!);

    private static string Checked(string? title) => title?.Trim() is { Length: > 0 and <= LongestTitle } trimmed ? trimmed
        : throw new ProblemException(StatusCodes.Status400BadRequest, "The title does not do.", $"Give the conversation a title of 1 to {LongestTitle} characters.");
}
