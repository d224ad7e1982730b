using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;
using Nura.Agents.Kernel;
using Nura.Contracts;
using Nura.ServiceDefaults.Streaming;

namespace Nura.Agents.Runs;

/// <summary>The service's HTTP surface, for Nura.Api.</summary>
internal static class RunEndpoints
{
    private const int MostMessages = 2_000;

    public static void MapAgents(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/agents", (AgentKernel kernel) =>
            kernel.Agents.OrderBy(agent => agent.Name, StringComparer.Ordinal).Select(agent => new AgentView(agent.Name, agent.Description)));
        var runs = routes.MapGroup("/runs");
        runs.MapPost("/", StartAsync);
        runs.MapPost("/forget", ForgetAsync);
        runs.MapGet("/{id:guid}", FindAsync);
        runs.MapGet("/{id:guid}/events", EventsAsync);
        runs.MapPost("/{id:guid}/stop", StopAsync);
        runs.MapPost("/{id:guid}/keep", KeepAsync);
    }

    private static async Task<Created<RunView>> StartAsync(
        StartRun request, [FromHeader(Name = Account.Header)] string? account, RunService runs, CancellationToken cancellationToken, Guid? holder = null)
    {
        if (Refuse(request) is { } reason)
        {
            throw new ProblemException(StatusCodes.Status400BadRequest, "The run cannot start.", reason);
        }

        var run = await runs.StartAsync(request, holder, Account.Read(account), cancellationToken);
        return TypedResults.Created($"/runs/{run.Id}", run);
    }

    private static async Task<NoContent> KeepAsync(Guid id, RunStore store, CancellationToken cancellationToken, Guid? holder = null)
    {
        await store.KeepAsync(id, holder, cancellationToken);
        return TypedResults.NoContent();
    }

    private static async Task<NoContent> ForgetAsync(IReadOnlyList<Guid> forgotten, RunService runs, CancellationToken cancellationToken, Guid? holder = null)
    {
        await runs.ForgetAsync(forgotten, holder, cancellationToken);
        return TypedResults.NoContent();
    }

    private static async Task<Ok<RunView>> FindAsync(Guid id, RunService runs, CancellationToken cancellationToken, Guid? holder = null) =>
        await runs.FindAsync(id, holder, cancellationToken) is { } run ? TypedResults.Ok(run) : throw Unknown(id);

    private static async Task<Accepted<RunView>> StopAsync(Guid id, RunService runs, CancellationToken cancellationToken, Guid? holder = null) =>
        await runs.StopAsync(id, holder, cancellationToken) is { } run ? TypedResults.Accepted((string?)null, run) : throw Unknown(id);

    private static async Task EventsAsync(
        Guid id, HttpContext http, RunService runs, IOptions<AgentsOptions> options, TimeProvider time, CancellationToken cancellationToken, Guid? holder = null)
    {
        var header = http.Request.Headers["Last-Event-ID"].ToString();
        var after = 0L;
        if (header.Length > 0 && !long.TryParse(header, NumberStyles.None, CultureInfo.InvariantCulture, out after))
        {
            throw new ProblemException(StatusCodes.Status400BadRequest, "The place in the log cannot be read.", "Last-Event-ID is the id of an event of this run, a whole number.");
        }

        var entries = await runs.ReadAsync(id, after, holder, cancellationToken) ?? throw Unknown(id);
        await EventStream.SendAsync(http, entries, static (output, entry) => output.WriteEvent(entry.Name, entry.Data, entry.Id), options.Value.Heartbeat, time);
    }

    private static ProblemException Unknown(Guid id) => new(StatusCodes.Status404NotFound, $"There is no run {id}.", "It may be older than runs are kept, or another key's.");

    private static string? Refuse(StartRun request) => request switch
    {
        { Agent: null or "" } => "Name an agent.",
        { Messages: null or [] } => "Send at least one message.",
        { Messages.Count: > MostMessages } => $"A conversation may have {MostMessages} messages at most.",
        _ when request.Messages.Any(message => message?.Content is null || message.Role is not ("system" or "user" or "assistant")) =>
            "Each message has a role of system, user or assistant, and a content.",
        _ when request.Messages[^1].Role != "user" || string.IsNullOrWhiteSpace(request.Messages[^1].Content) =>
            "The last message must be the user's, and not empty.",
        { MaxOutputTokens: < 1 } => "MaxOutputTokens must be above 0.",
        { Temperature: < 0 or > 2 } => "Temperature must be from 0 to 2.",
        _ => null,
    };
}
