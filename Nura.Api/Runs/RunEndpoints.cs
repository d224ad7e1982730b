using System.Globalization;
using System.Security.Claims;
using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;
using Nura.Api.Conversations;
using Nura.Api.Keys;
using Nura.Contracts;
using Nura.Models;
using Nura.ServiceDefaults.Streaming;

namespace Nura.Api.Runs;

/// <summary>Agents and their runs. A run started here goes on without its client, and its log can be read again from any place.</summary>
internal static class RunEndpoints
{
    /// <summary>Who quotes and is no model: the last resort, and the last in the list.</summary>
    private const string Offline = "offline";

    public static void MapRuns(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/api").WithTags("Runs").RequireAuthorization();
        group.MapGet("/agents", (AgentsClient agents, CancellationToken cancellationToken) => agents.ListAsync(cancellationToken));
        group.MapGet("/models", Models);
        group.MapPost("/runs", StartAsync);
        group.MapGet("/runs/{id:guid}", FindAsync);
        group.MapGet("/runs/{id:guid}/events", EventsAsync).Produces<RunEvent>(contentType: "text/event-stream");
        group.MapPost("/runs/{id:guid}/stop", StopAsync);
    }

    private static IReadOnlyList<ModelView> Models(ModelCatalog catalog) =>
        [.. catalog.Usable.Where(model => model.Kind == ModelKind.Chat).OrderBy(model => model.Provider == Offline).Select(model => new ModelView(model.Id, model.Server ?? model.Provider))];

    private static async Task<Created<RunView>> StartAsync(StartRun run, AgentsClient agents, CancellationToken cancellationToken)
    {
        var started = await agents.StartAsync(run, cancellationToken);
        return TypedResults.Created($"/api/runs/{started.Id}", started);
    }

    private static async Task<RunView> FindAsync(Guid id, ClaimsPrincipal user, AgentsClient agents, ConversationStore conversations, CancellationToken cancellationToken) =>
        await (await ReaderAsync(id, user, agents, conversations, cancellationToken)).GetAsync(id, cancellationToken);

    private static async Task<Accepted<RunView>> StopAsync(Guid id, ClaimsPrincipal user, AgentsClient agents, ConversationStore conversations, CancellationToken cancellationToken) =>
        TypedResults.Accepted($"/api/runs/{id}", await (await HolderAsync(id, user, agents, conversations, cancellationToken)).StopAsync(id, cancellationToken));

    private static async Task EventsAsync(
        Guid id, [FromHeader(Name = "Last-Event-ID")] string? lastEventId, HttpContext http, AgentsClient agents, ConversationStore conversations, IOptions<ApiOptions> options, TimeProvider time)
    {
        var after = 0L;
        if (!string.IsNullOrEmpty(lastEventId) && !long.TryParse(lastEventId, NumberStyles.None, CultureInfo.InvariantCulture, out after))
        {
            throw new ProblemException(StatusCodes.Status400BadRequest, "The place in the log cannot be read.", "Last-Event-ID is the id of an event of this run, a whole number.");
        }

        var reader = await ReaderAsync(id, http.User, agents, conversations, http.RequestAborted);
        await EventStream.SendAsync(
            http,
            reader.EventsAsync(id, after, http.RequestAborted),
            static (output, entry) => output.WriteEvent(entry.Name, JsonSerializer.Serialize(entry.Event, ContractsJson.TypeInfo<RunEvent>()), entry.Id),
            options.Value.Heartbeat,
            time);
    }

    // A run is its starter's; agents know that of every run but those of an earlier version, which only conversations still tell.
    private static async Task<AgentsClient> HolderAsync(Guid id, ClaimsPrincipal user, AgentsClient agents, ConversationStore conversations, CancellationToken cancellationToken) =>
        await conversations.HasRunAsync(CallerScopes.Of(user).Holder, id, cancellationToken) ? agents.For(null) : agents;

    // Besides, conversations tell who may read along.
    private static async Task<AgentsClient> ReaderAsync(Guid id, ClaimsPrincipal user, AgentsClient agents, ConversationStore conversations, CancellationToken cancellationToken) =>
        await conversations.HasReadableRunAsync(CallerScopes.Of(user), id, cancellationToken) ? agents.For(null) : agents;
}
