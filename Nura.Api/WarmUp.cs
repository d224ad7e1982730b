using System.Buffers;
using System.Text.Json;
using Nura.Api.OpenAi;
using Nura.Contracts;

namespace Nura.Api;

/// <summary>Goes the way of a first question as far as that is possible without asking one, so that the first user does not wait for compilation and connections.</summary>
internal sealed class WarmUp(IHostApplicationLifetime lifetime, AgentsClient agents, TimeProvider time) : BackgroundService
{
    /// <summary>Who waits for the service to come up asks first; on one core this would keep the answer waiting.</summary>
    private static readonly TimeSpan s_afterStart = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var started = new TaskCompletionSource();
        using var onStarted = lifetime.ApplicationStarted.Register(started.SetResult);
        await started.Task.WaitAsync(stoppingToken);
        await Task.Delay(s_afterStart, time, stoppingToken);

        using var body = JsonDocument.Parse("""{"model":"nura","stream":true,"stream_options":{"include_usage":true},"messages":[{"role":"user","content":"?"}]}""");
        var request = ChatRequest.Read(body.RootElement);
        var writer = new CompletionWriter("warm-up", 0, request.Model, request.IncludeUsage);
        var output = new ArrayBufferWriter<byte>();
        writer.WriteChunks(output, new TextPiece("text"));
        writer.WriteChunks(output, new EndPiece("stop", default, new RunSummary(Guid.Empty, null, [], 0)));
        try
        {
            // An unknown run: goes through the whole client, and changes nothing.
            await foreach (var entry in agents.EventsAsync(Guid.Empty, 0, stoppingToken))
            {
                JsonSerializer.Serialize(entry.Event, ContractsJson.TypeInfo<RunEvent>());
            }
        }
        catch (ProblemException)
        {
            // As expected; or the service is not up yet.
        }
    }
}
