using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Logging;

namespace Nura.Hosting;

/// <summary>Starts and stops one resource, again and again if asked to.</summary>
internal sealed partial class ResourceRunner(IResource resource, Orchestrator orchestrator, ResourceNotificationService notifications, ILogger logger) : IDisposable
{
    private readonly SemaphoreSlim _lock = new(1);
    private CancellationTokenSource? _run;
    private TaskCompletionSource _forced = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task _running = Task.CompletedTask;
    private volatile bool _ended;

    /// <summary>Starts it in the background; one that waits for others stops waiting.</summary>
    public async Task StartAsync()
    {
        await _lock.WaitAsync();
        try
        {
            if (!_running.IsCompleted && !_ended)
            {
                _forced.TrySetResult();
                return;
            }

            // Its end is known before all is tidied up after it.
            await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            _ended = false;
            _run?.Dispose();
            _run = new CancellationTokenSource();
            _forced = new(TaskCreationOptions.RunContinuationsAsynchronously);
            var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _running = RunAsync(started, _run.Token);
            await Task.WhenAny(started.Task, _running);
        }
        finally
        {
            _lock.Release();
        }
    }

    /// <summary>Stops it, whatever it is doing; returns when it is down.</summary>
    public async Task StopAsync()
    {
        await _lock.WaitAsync();
        try
        {
            if (!_running.IsCompleted)
            {
                await _run!.CancelAsync();
                await _running;
            }
        }
        finally
        {
            _lock.Release();
        }
    }

    public void Dispose()
    {
        _run?.Dispose();
        _lock.Dispose();
    }

    private async Task RunAsync(TaskCompletionSource started, CancellationToken stop)
    {
        var ended = resource is ContainerResource ? KnownResourceStates.Exited : KnownResourceStates.Finished;
        IRunning? running = null;
        try
        {
            await PublishAsync(s => s with { State = KnownResourceStates.Starting, Ready = null, ExitCode = null, StopTimeStamp = null, HealthReports = [] });
            started.TrySetResult();
            await orchestrator.BeforeStartAsync(resource, stop);
            await WaitForOthersAsync(stop);
            await PublishAsync(s => s with { State = KnownResourceStates.Starting });
            running = await orchestrator.LaunchAsync(resource, logger, stop);
            if (running is null)
            {
                return;
            }

            var code = await SuperviseAsync(running, stop);
            LogEnded(logger, resource.Name, code);
            await PublishEndAsync(s => s with { State = ended, ExitCode = code });
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            await PublishEndAsync(s => s with { State = ended });
        }
        catch (Exception exception)
        {
            // Whatever went wrong concerns this resource only: the others go on. Its reason is in the log before anybody hears of it.
            orchestrator.ReportFailure(resource, logger, exception);
            await PublishEndAsync(s => s with { State = new(KnownResourceStates.FailedToStart, KnownResourceStateStyles.Error) });
        }
        finally
        {
            if (running is not null)
            {
                await running.DisposeAsync();
            }

            await orchestrator.StoppedAsync(resource);
        }
    }

    private async Task WaitForOthersAsync(CancellationToken stop)
    {
        using var waiting = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var dependencies = notifications.WaitForDependenciesAsync(resource, waiting.Token);
        if (await Task.WhenAny(dependencies, _forced.Task) != dependencies)
        {
            await waiting.CancelAsync();
            await ((Task)dependencies).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            stop.ThrowIfCancellationRequested();
            return;
        }

        await dependencies;
    }

    private async Task<int> SuperviseAsync(IRunning running, CancellationToken stop)
    {
        using var watching = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var monitor = orchestrator.MonitorAsync(resource, watching.Token);
        try
        {
            return await running.Exited.WaitAsync(stop);
        }
        catch (OperationCanceledException)
        {
            await PublishAsync(s => s with { State = KnownResourceStates.Stopping });
            await running.StopAsync();
            return await running.Exited;
        }
        finally
        {
            await watching.CancelAsync();
            await monitor.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private Task PublishEndAsync(Func<CustomResourceSnapshot, CustomResourceSnapshot> change)
    {
        _ended = true;
        return PublishAsync(s => change(s) with { StopTimeStamp = orchestrator.Now });
    }

    private Task PublishAsync(Func<CustomResourceSnapshot, CustomResourceSnapshot> change) => notifications.PublishUpdateAsync(resource, change);

    [LoggerMessage(6010, LogLevel.Information, "{Resource} ended with exit code {ExitCode}")]
    private static partial void LogEnded(ILogger logger, string resource, int exitCode);
}
