using Microsoft.Extensions.Options;
using Nura.Agents.Answering;
using Nura.Agents.Citations;
using Nura.Agents.Kernel;
using Nura.Agents.Runs;
using Nura.Contracts;

namespace Nura.Agents;

/// <summary>
/// Answers a question of its own once the service runs, and throws the answer away: what is compiled and connected for it, the
/// first user does not wait for. Nothing of it is stored.
/// </summary>
internal sealed class WarmUp(IHostApplicationLifetime lifetime, AgentKernel kernel, RagClient rag, IOptions<AgentsOptions> options, TimeProvider time) : BackgroundService
{
    private const int Attempts = 20;
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(500);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!options.Value.WarmUp)
        {
            return;
        }

        var started = new TaskCompletionSource();
        using var onStarted = lifetime.ApplicationStarted.Register(started.SetResult);
        await started.Task.WaitAsync(stoppingToken);
        for (var attempt = 1; attempt <= Attempts; attempt++)
        {
            try
            {
                await AnswerAsync(stoppingToken);
                return;
            }
            catch (Exception) when (!stoppingToken.IsCancellationRequested)
            {
                // The index may not be up yet, and nobody waits for this answer.
                await Task.Delay(s_pause, time, stoppingToken);
            }
        }
    }

    private async Task AnswerAsync(CancellationToken cancellationToken)
    {
        var request = new StartRun(AgentProfile.General, [new RunMessage("user", "Where is the main entry point of this repository?")], Model: "offline");
        var number = 0L;
        var answer = new VerifiedAnswer(
            (citations, token) => rag.ResolveAsync(new ResolveCitations(citations), token), entry => LogEntry.Of(++number, entry));
        await kernel.Find(AgentProfile.General)!.AnswerAsync(new AgentRun(request, kernel.Tools, answer, _ => { }), cancellationToken);
        await answer.FinishAsync(cancellationToken);
    }
}
