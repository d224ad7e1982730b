using System.Collections.Immutable;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Eventing;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Nura.Hosting;

/// <summary>Checks the health of a running resource over and over, and says once per start that it is ready.</summary>
internal sealed class HealthMonitor(HealthCheckService checks, ResourceNotificationService notifications, IDistributedApplicationEventing eventing, IServiceProvider services)
{
    private static readonly TimeSpan s_whenHealthy = TimeSpan.FromSeconds(30);

    /// <summary>The checks of the resource and of what it lives in.</summary>
    public static ImmutableArray<string> Keys(IResource resource)
    {
        var keys = resource.Annotations.OfType<HealthCheckAnnotation>().Select(c => c.Key);
        return resource is IResourceWithParent { Parent: var parent } ? [.. keys, .. Keys(parent)] : [.. keys];
    }

    /// <summary>Runs until the token says that the resource ended.</summary>
    /// <param name="resource">Whose health it is.</param>
    /// <param name="notReady">Told why a ready handler failed, before those who wait for it.</param>
    /// <param name="cancellationToken">Says that the resource ended.</param>
    public async Task RunAsync(IResource resource, Func<Exception, Task> notReady, CancellationToken cancellationToken)
    {
        var keys = Keys(resource);
        var ready = false;
        var failures = 0;
        while (!cancellationToken.IsCancellationRequested)
        {
            var healthy = keys.IsEmpty || await CheckAsync(resource, keys, cancellationToken);
            if (healthy && !ready)
            {
                ready = true;
                var handlers = HandleReadyAsync(resource, notReady, cancellationToken);
                await notifications.PublishUpdateAsync(resource, s => s with { Ready = handlers });
            }

            if (keys.IsEmpty)
            {
                return;
            }

            failures = healthy ? 0 : failures + 1;
            await Task.Delay(healthy ? s_whenHealthy : Pause(failures), cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task HandleReadyAsync(IResource resource, Func<Exception, Task> notReady, CancellationToken cancellationToken)
    {
        try
        {
            await eventing.PublishAsync(new ResourceReadyEvent(resource, services), cancellationToken);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            await notReady(exception);
            throw new DistributedApplicationException($"'{resource.Name}' runs, but what follows its start failed: {exception.Message}", exception);
        }
    }

    /// <summary>Starting services are asked often, broken ones every five seconds.</summary>
    private static TimeSpan Pause(int failures) => TimeSpan.FromMilliseconds(Math.Min(5_000, 75 + (failures * failures)));

    private async Task<bool> CheckAsync(IResource resource, ImmutableArray<string> keys, CancellationToken cancellationToken)
    {
        HealthReport report;
        try
        {
            report = await checks.CheckHealthAsync(registration => keys.Contains(registration.Name), cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return false;
        }

        await notifications.PublishUpdateAsync(resource, s => s with
        {
            HealthReports = [.. keys.Select(key => report.Entries.TryGetValue(key, out var entry)
                ? new HealthReportSnapshot(key, entry.Status, entry.Description, entry.Exception?.Message)
                : new HealthReportSnapshot(key, HealthStatus.Unhealthy, "This check is not registered.", null))],
        });
        return report.Status == HealthStatus.Healthy && report.Entries.Count == keys.Length;
    }
}
