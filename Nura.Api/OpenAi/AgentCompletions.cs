using System.Runtime.CompilerServices;
using Nura.Api.Errors;
using Nura.Api.Gateway;
using Nura.Api.Runs;
using Nura.Contracts;
using Nura.Models;

namespace Nura.Api.OpenAi;

/// <summary>
/// Answers through an agent. OpenAI's clients can end an answer in one way, by closing the connection, so that stops the run;
/// runs started at <c>/api/runs</c> go on by themselves.
/// </summary>
internal sealed class AgentCompletions(AgentsClient agents, AgentRuns runs)
{
    /// <summary>The model that a request has the agent use, whose own name stands in the model's place; <see langword="null"/> if it leaves that to Nura.</summary>
    public static string? ModelOf(HttpRequest request) => request.Headers[AnswerNotes.ModelHeader] is [{ Length: > 0 } model] ? model : null;

    public async IAsyncEnumerable<Piece> AnswerAsync(ChatRequest request, string? model, AnswerNotes notes, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var start = Read(request) with { Model = model };
        // Not to be cancelled halfway: a run that nobody knows of could not be stopped.
        var run = await StartAsync(start, CancellationToken.None);
        var citations = new List<Citation>();
        await foreach (var entry in runs.FollowAsync(run.Id, cancellationToken))
        {
            switch (entry)
            {
                case RunRoute route:
                    notes.Chosen(new RouteNote(route.Chosen, route.Rule, route.Complexity, [.. route.Candidates.Select(candidate => new RouteReason(candidate.Model, candidate.Rejected))]));
                    break;
                case RunToken token:
                    yield return new TextPiece(token.Text);
                    break;
                case RunCitation found:
                    citations.Add(found.Citation);
                    break;
                case RunError error:
                    throw new ProblemException(error.Status, error.Title, error.Detail);
                case RunDone done:
                    notes.AgentCost = done.CostUsd;
                    if (done.State == RunState.Stopped)
                    {
                        throw new ProblemException(StatusCodes.Status409Conflict, "The run was stopped before it ended.");
                    }

                    yield return new EndPiece(
                        done.FinishReason, new CompletionUsage(done.InputTokens, done.OutputTokens), new RunSummary(run.Id, done.Model, citations, done.CitationsRemoved));
                    break;
            }
        }
    }

    private static StartRun Read(ChatRequest request)
    {
        if (request.Stop.Count > 0)
        {
            throw RequestException.Unsupported("stop", "Agents do not take stop sequences; raw models do.");
        }

        if (request.ResponseFormat?.Text("type") is { } format and not "text")
        {
            throw RequestException.Unsupported("response_format", $"Agents answer in Markdown, not in '{format}'; raw models may.");
        }

        if (request.ToolChoice is { } choice && !(choice.ValueKind == System.Text.Json.JsonValueKind.String && choice.GetString() is "auto" or "none"))
        {
            throw RequestException.Unsupported("tool_choice", "Agents use their own tools and cannot be made to call others; raw models can.");
        }

        if (request.Messages.Any(message => message.Images.Count > 0))
        {
            throw RequestException.Unsupported("messages", "Agents read text, not images; raw models may read both.");
        }

        // What a client's tools gave is part of what the agent should know; the calls themselves say nothing to it.
        var messages = request.Messages.Where(message => message.Text.Length > 0)
            .Select(message => new RunMessage(message.Role == "tool" ? "user" : message.Role, message.Role == "tool" ? $"Result of a tool:\n{message.Text}" : message.Text))
            .ToList();
        if (messages is [] || messages[^1].Role != "user")
        {
            throw RequestException.BadParameter("messages", "The last message must be the user's, with text in it.");
        }

        return new StartRun(request.Model, messages, MaxOutputTokens: request.MaxOutputTokens, Temperature: request.Temperature);
    }

    private async Task<RunView> StartAsync(StartRun start, CancellationToken cancellationToken)
    {
        try
        {
            return await agents.StartAsync(start, cancellationToken);
        }
        catch (ProblemException problem) when (problem.Status == StatusCodes.Status404NotFound)
        {
            throw RequestException.NoModel(start.Agent);
        }
    }
}
