using Microsoft.Extensions.Options;
using Nura.Agents.Citations;
using Nura.Agents.Kernel;
using Nura.Contracts;

namespace Nura.Agents.Runs;

/// <summary>Works on one run from start to end. Whatever happens, its log gets exactly one <see cref="RunDone"/>.</summary>
internal sealed partial class RunExecutor(
    AgentKernel kernel, RagClient rag, RunWriter writer, RunInstruments instruments, TimeProvider time, IOptions<AgentsOptions> options, ILogger<RunExecutor> logger)
{
    public async Task ExecuteAsync(LiveRun live, IAgent agent)
    {
        var answer = new VerifiedAnswer(
            (citations, cancellationToken) => rag.ResolveAsync(new ResolveCitations(citations, live.Request.Repositories), cancellationToken),
            entry => writer.Append(live.Id, live.Append(entry)));
        var run = new AgentRun(live.Request, kernel.Tools, answer, entry => writer.Append(live.Id, live.Append(entry)), live.Account);
        var (state, reason, error) = await AnswerAsync(live, agent, run, answer);

        var last = new List<LogEntry>();
        if (error is not null)
        {
            last.Add(live.Append(error));
        }

        // Before its readers see the end: who has seen it finds it counted.
        instruments.Ended(state, error?.Status, time.GetElapsedTime(live.StartedAt), answer.Verified, answer.Removed);
        last.Add(live.Append(new RunDone(state, reason, run.Model, run.InputTokens, run.OutputTokens, answer.Verified, answer.Removed, run.CostUsd)));
        await writer.EndAsync(live.Id, state, last);
    }

    private async Task<(RunState State, string Reason, RunError? Error)> AnswerAsync(LiveRun live, IAgent agent, AgentRun run, VerifiedAnswer answer)
    {
        using var clock = CancellationTokenSource.CreateLinkedTokenSource(live.Cancellation);
        clock.CancelAfter(options.Value.MaxTime);
        try
        {
            var reason = await agent.AnswerAsync(run, clock.Token);
            await answer.FinishAsync(clock.Token);
            return (RunState.Completed, reason, null);
        }
        catch (Exception) when (live.StopRequested)
        {
            return (RunState.Stopped, "stop", null);
        }
        catch (Exception) when (live.Cancellation.IsCancellationRequested)
        {
            return Failed(new RunError("The run was cut off because its service stopped.", "Ask again.", StatusCodes.Status503ServiceUnavailable));
        }
        catch (OperationCanceledException) when (clock.IsCancellationRequested)
        {
            return Failed(new RunError(
                $"The run took longer than {options.Value.MaxTime} and was ended.",
                $"Ask for less at once, or raise {AgentsOptions.Section}:{nameof(AgentsOptions.MaxTime)}.",
                StatusCodes.Status504GatewayTimeout));
        }
        catch (ProblemException problem)
        {
            LogFailed(problem, live.Id, agent.Name);
            return Failed(new RunError(problem.Title, problem.Detail, problem.Status));
        }
        catch (Exception exception)
        {
            // A fault of an agent or tool: its text may hold anything, so it goes to the log and not to the user.
            LogFailed(exception, live.Id, agent.Name);
            return Failed(new RunError($"The agent '{agent.Name}' failed.", $"Ask again; the administrator finds run {live.Id} in the log.", StatusCodes.Status500InternalServerError));
        }
    }

    private static (RunState, string, RunError?) Failed(RunError error) => (RunState.Failed, "error", error);

    [LoggerMessage(3001, LogLevel.Error, "Run {Run} of agent {Agent} failed")]
    private partial void LogFailed(Exception exception, Guid run, string agent);
}
