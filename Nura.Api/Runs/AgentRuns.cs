using System.Runtime.CompilerServices;
using Nura.Contracts;

namespace Nura.Api.Runs;

/// <summary>Follows runs on behalf of a client that waits for the answer: a broken connection is taken up again, and who stops waiting stops the run.</summary>
internal sealed partial class AgentRuns(AgentsClient agents, TimeProvider time, ILogger<AgentRuns> logger)
{
    private const int MostResumes = 5;
    private static readonly TimeSpan s_resumePause = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);

    /// <summary>A run's log from its beginning to its end.</summary>
    /// <param name="run">The run. It is stopped if this is left before the end.</param>
    /// <param name="cancellationToken">The client has gone.</param>
    public async IAsyncEnumerable<RunEvent> FollowAsync(Guid run, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var ended = false;
        try
        {
            await foreach (var entry in EventsAsync(run, cancellationToken))
            {
                ended = ended || entry is RunError or RunDone;
                yield return entry;
            }
        }
        finally
        {
            if (!ended)
            {
                await StopAsync(run);
            }
        }
    }

    /// <summary>Stops a run that nobody waits for any more. Never throws: what cannot be stopped is ended by its own limits.</summary>
    public Task StopAsync(Guid run) => TryAsync(patience => agents.StopAsync(run, patience), exception => LogNotEnded(exception, [run]));

    /// <summary>Has runs forgotten that no conversation leads to. Never throws: their logs go after a time in any case.</summary>
    public Task ForgetAsync(IReadOnlyList<Guid> runs) =>
        runs.Count == 0 ? Task.CompletedTask : TryAsync(patience => agents.For(null).ForgetAsync(runs, patience), exception => LogNotEnded(exception, runs));

    /// <summary>Has a run kept as long as its conversation. Never throws: the question is asked, and its answer there for a time in any case.</summary>
    public Task KeepAsync(Guid run) => TryAsync(patience => agents.KeepAsync(run, patience), exception => LogNotKept(exception, run));

    private async Task TryAsync(Func<CancellationToken, Task> action, Action<Exception> failed)
    {
        using var patience = new CancellationTokenSource(s_patience, time);
        try
        {
            await action(patience.Token);
        }
        catch (Exception exception)
        {
            failed(exception);
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

    [LoggerMessage(1050, LogLevel.Warning, "Runs {Runs}, which nobody waits for any more, could not be ended; their own limits end them")]
    private partial void LogNotEnded(Exception exception, IReadOnlyList<Guid> runs);

    [LoggerMessage(1065, LogLevel.Warning, "Run {Run} could not be marked as kept; the answer goes after Nura:Agents:Retention, before its conversation")]
    private partial void LogNotKept(Exception exception, Guid run);
}
