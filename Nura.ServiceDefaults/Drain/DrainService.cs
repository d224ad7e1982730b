using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Nura.ServiceDefaults.Drain;

/// <summary>
/// Keeps the service accepting for a while after the stop signal. The host calls <see cref="StoppingAsync"/> before it stops
/// anything, so the web server listens until it returns; <c>/ready</c> says 503 from the signal on.
/// </summary>
internal sealed partial class DrainService(IOptions<DrainOptions> options, TimeProvider time, ILogger<DrainService> logger) : IHostedLifecycleService
{
    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        var (preStop, timeout) = (options.Value.PreStop, options.Value.Timeout);
        LogDraining(preStop.TotalSeconds, timeout.TotalSeconds);
        if (preStop > TimeSpan.Zero)
        {
            await Task.Delay(preStop, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    [LoggerMessage(5001, LogLevel.Information, "Stopping: not ready any more, accepting for another {PreStopSeconds} s, then finishing running requests for at most {DrainSeconds} s")]
    private partial void LogDraining(double preStopSeconds, double drainSeconds);
}
