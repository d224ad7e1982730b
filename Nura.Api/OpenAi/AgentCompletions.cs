using System.Runtime.CompilerServices;
using Nura.Api.Errors;
using Nura.Api.Gateway;
using Nura.Contracts;
using Nura.Models;

namespace Nura.Api.OpenAi;

/// <summary>
/// Answers through an agent. OpenAI's clients can end an answer in one way, by closing the connection, so that stops the run;
/// runs started at <c>/api/runs</c> go on by themselves.
/// </summary>
internal sealed class AgentCompletions(AgentsClient agents, TimeProvider time)
{
    private const int MostResumes = 5;
    private static readonly TimeSpan s_resumePause = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan s_stopTime = TimeSpan.FromSeconds(5);

    public async IAsyncEnumerable<Piece> AnswerAsync(ChatRequest request, AnswerNotes notes, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var start = Read(request);
        // Not to be cancelled halfway: a run that nobody knows of could not be stopped.
        var run = await StartAsync(start, CancellationToken.None);
        var citations = new List<Citation>();
        var ended = false;
        try
        {
            await foreach (var entry in EventsAsync(run.Id, cancellationToken))
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
                        ended = true;
                        throw new ProblemException(error.Status, error.Title, error.Detail);
                    case RunDone done:
                        ended = true;
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
        finally
        {
            if (!ended)
            {
                await StopAsync(run.Id);
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

    // The agents service may restart or move while it answers; the log tells what is still to come.
    private async IAsyncEnumerable<RunEvent> EventsAsync(Guid run, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var after = 0L;
        for (var resumes = 0; ; resumes++)
        {
            await using var entries = agents.EventsAsync(run, after, cancellationToken).GetAsyncEnumerator(cancellationToken);
            while (true)
            {
                try
                {
                    if (!await entries.MoveNextAsync())
                    {
                        yield break;
                    }
                }
                catch (ProblemException problem) when (problem.Status == StatusCodes.Status503ServiceUnavailable && resumes < MostResumes)
                {
                    break;
                }

                (after, _, var entry) = entries.Current;
                yield return entry;
            }

            await Task.Delay(s_resumePause * (resumes + 1), time, cancellationToken);
        }
    }

    private async Task StopAsync(Guid run)
    {
        using var patience = new CancellationTokenSource(s_stopTime, time);
        try
        {
            await agents.StopAsync(run, patience.Token);
        }
        catch (Exception exception) when (exception is ProblemException or OperationCanceledException)
        {
            // Then its own limits end it.
        }
    }
}
