using System.Runtime.CompilerServices;
using Nura.Contracts;

namespace Nura.Api.Runs;

/// <summary>Follows runs on behalf of a client that waits for the answer: a broken connection is taken up again, and who stops waiting stops the run.</summary>
internal sealed partial class AgentRuns(AgentsClient agents, TimeProvider time, ILogger<AgentRuns> logger)
{
    private const int MostResumes = 5;
    private const int StopsAtOnce = 8;
    private static readonly TimeSpan s_resumePause = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan s_stopTime = TimeSpan.FromSeconds(5);

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
    public Task StopAsync(Guid run) => StopAsync([run]);

    /// <summary>Stops several likewise, in their order and a few at a time.</summary>
    public async Task StopAsync(IReadOnlyList<Guid> stopped)
    {
        using var patience = new CancellationTokenSource(s_stopTime, time);
        await Parallel.ForEachAsync(stopped, new ParallelOptions { MaxDegreeOfParallelism = StopsAtOnce }, async (run, _) => await TryStopAsync(run, patience.Token));
    }

    private async Task TryStopAsync(Guid run, CancellationToken patience)
    {
        try
        {
            await agents.StopAsync(run, patience);
        }
        catch (Exception exception)
        {
            LogNotStopped(exception, run);
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

    [LoggerMessage(1050, LogLevel.Warning, "Run {Run}, which nobody waits for any more, could not be stopped; its own limits end it")]
    private partial void LogNotStopped(Exception exception, Guid run);
}
