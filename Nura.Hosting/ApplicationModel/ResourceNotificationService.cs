using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>What state every resource is in, now and from now on.</summary>
public partial class ResourceNotificationService : IDisposable
{
    private readonly ConcurrentDictionary<string, ResourceEvent> _current = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<Channel<ResourceEvent>> _watchers = [];
    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _disposed = new();
    private readonly ILogger<ResourceNotificationService> _logger;
    private readonly IServiceProvider _services;
    private readonly ResourceLoggerService _loggers;
    private readonly CancellationToken _stopping;

    /// <summary>Created by the application.</summary>
    public ResourceNotificationService(ILogger<ResourceNotificationService> logger, IHostApplicationLifetime hostApplicationLifetime, IServiceProvider serviceProvider, ResourceLoggerService resourceLoggerService)
    {
        _logger = logger;
        _services = serviceProvider;
        _loggers = resourceLoggerService;
        _stopping = hostApplicationLifetime.ApplicationStopping;
    }

    /// <summary>Changes the snapshot of a resource and tells everyone.</summary>
    public Task PublishUpdateAsync(IResource resource, Func<CustomResourceSnapshot, CustomResourceSnapshot> stateFactory) =>
        PublishUpdateAsync(resource, resource.InstanceId, stateFactory);

    /// <summary>Changes the snapshot of one instance and tells everyone.</summary>
    public Task PublishUpdateAsync(IResource resource, string resourceId, Func<CustomResourceSnapshot, CustomResourceSnapshot> stateFactory)
    {
        ResourceEvent change;
        string? previous;
        lock (_lock)
        {
            var before = _current.GetValueOrDefault(resourceId)?.Snapshot ?? new CustomResourceSnapshot { ResourceType = "Unknown", Properties = [] };
            previous = before.State?.Text;
            change = new ResourceEvent(resource, resourceId, WithCommands(resource, stateFactory(before)));
            _current[resourceId] = change;
            foreach (var watcher in _watchers)
            {
                watcher.Writer.TryWrite(change);
            }
        }

        if (change.Snapshot.State?.Text is { } state && state != previous)
        {
            LogState(resourceId, state);
        }

        return Task.CompletedTask;
    }

    /// <summary>The last known state of every instance.</summary>
    internal IEnumerable<ResourceEvent> Current => _current.Values;

    /// <summary>The last known state of an instance.</summary>
    public bool TryGetCurrentState(string resourceId, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out ResourceEvent? resourceEvent) =>
        _current.TryGetValue(resourceId, out resourceEvent);

    /// <summary>The current state of every instance, then every change.</summary>
    public async IAsyncEnumerable<ResourceEvent> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var channel = Channel.CreateUnbounded<ResourceEvent>(new() { SingleReader = true });
        lock (_lock)
        {
            foreach (var known in _current.Values)
            {
                channel.Writer.TryWrite(known);
            }

            _watchers.Add(channel);
        }

        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _disposed.Token);
        try
        {
            await foreach (var change in channel.Reader.ReadAllAsync(either.Token))
            {
                yield return change;
            }
        }
        finally
        {
            lock (_lock)
            {
                _watchers.Remove(channel);
            }
        }
    }

    /// <summary>Waits until any instance of a resource is in a state; Running when none is given.</summary>
    public Task WaitForResourceAsync(string resourceName, string? targetState = null, CancellationToken cancellationToken = default) =>
        WaitForResourceAsync(resourceName, [targetState ?? KnownResourceStates.Running], cancellationToken);

    /// <summary>Waits until any instance of a resource is in one of the states, and says which.</summary>
    public async Task<string> WaitForResourceAsync(string resourceName, IEnumerable<string> targetStates, CancellationToken cancellationToken = default)
    {
        var states = targetStates.ToHashSet(StringComparer.OrdinalIgnoreCase);
        var found = await WaitForResourceAsync(resourceName, change => change.Snapshot.State?.Text is { } state && states.Contains(state), cancellationToken);
        return found.Snapshot.State!.Text;
    }

    /// <summary>Waits until the state of any instance of a resource satisfies a condition.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled, or the application stops.</exception>
    public async Task<ResourceEvent> WaitForResourceAsync(string resourceName, Func<ResourceEvent, bool> predicate, CancellationToken cancellationToken = default)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _stopping);
        await foreach (var change in WatchAsync(either.Token))
        {
            if (string.Equals(change.Resource.Name, resourceName, StringComparison.OrdinalIgnoreCase) && predicate(change))
            {
                return change;
            }
        }

        throw new OperationCanceledException($"The application stopped while waiting for resource '{resourceName}'.");
    }

    /// <summary>Waits until a resource runs, its checks are healthy and its ready handlers are done.</summary>
    public Task<ResourceEvent> WaitForResourceHealthyAsync(string resourceName, CancellationToken cancellationToken = default) =>
        WaitForResourceHealthyAsync(resourceName, DefaultBehavior, cancellationToken);

    /// <summary>Waits until a resource runs, its checks are healthy and its ready handlers are done.</summary>
    /// <exception cref="DistributedApplicationException">It ended, and <paramref name="waitBehavior"/> says not to wait on.</exception>
    public async Task<ResourceEvent> WaitForResourceHealthyAsync(string resourceName, WaitBehavior waitBehavior, CancellationToken cancellationToken = default)
    {
        var found = await WaitForResourceAsync(
            resourceName,
            change => change.Snapshot is { HealthStatus: HealthStatus.Healthy, Ready: not null } || (waitBehavior == WaitBehavior.StopOnResourceUnavailable && IsUnavailable(change.Snapshot)),
            cancellationToken);
        ThrowIfUnavailable(found);
        await found.Snapshot.Ready!.WaitAsync(cancellationToken);
        return found;
    }

    /// <summary>Waits for everything that a resource is to wait for.</summary>
    /// <exception cref="DistributedApplicationException">A dependency ended or failed where that is not waited out.</exception>
    public async Task WaitForDependenciesAsync(IResource resource, CancellationToken cancellationToken)
    {
        var waits = resource.Annotations.OfType<WaitAnnotation>().ToList();
        if (waits.Count == 0)
        {
            return;
        }

        await PublishUpdateAsync(resource, s => s with { State = new(KnownResourceStates.Waiting, null) });
        using var failed = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var open = waits.Select(wait => WaitForDependencyAsync(wait, _loggers.GetLogger(resource), failed.Token)).ToList();
        try
        {
            await foreach (var done in Task.WhenEach(open))
            {
                await done;
            }
        }
        catch
        {
            // The start has failed: the others may never come.
            await failed.CancelAsync();
            await Task.WhenAll(open).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw;
        }
    }

    /// <summary>Ends all watches.</summary>
    public void Dispose()
    {
        if (!_disposed.IsCancellationRequested)
        {
            _disposed.Cancel();
        }

        GC.SuppressFinalize(this);
    }

    private WaitBehavior DefaultBehavior => _services.GetService<DistributedApplicationOptions>() is { DisableDashboard: true }
        ? WaitBehavior.StopOnResourceUnavailable
        : WaitBehavior.WaitOnResourceUnavailable;

    private async Task WaitForDependencyAsync(WaitAnnotation wait, ILogger logger, CancellationToken cancellationToken)
    {
        var name = wait.Resource.Name;
        var behavior = wait.WaitBehavior ?? DefaultBehavior;
        LogWaiting(logger, name);
        switch (wait.WaitType)
        {
            case WaitType.WaitUntilHealthy:
                await WaitForResourceHealthyAsync(name, behavior, cancellationToken);
                break;
            case WaitType.WaitUntilStarted:
                ThrowIfUnavailable(await WaitForResourceAsync(
                    name,
                    change => change.Snapshot.State?.Text == KnownResourceStates.Running || (behavior == WaitBehavior.StopOnResourceUnavailable && IsUnavailable(change.Snapshot)),
                    cancellationToken));
                break;
            default:
                var ended = await WaitForResourceAsync(name, change => IsUnavailable(change.Snapshot), cancellationToken);
                if (ended.Snapshot.State!.Text == KnownResourceStates.FailedToStart)
                {
                    ThrowIfUnavailable(ended);
                }

                if (ended.Snapshot.ExitCode is { } code && code != wait.ExitCode)
                {
                    throw new DistributedApplicationException($"Dependency resource '{name}' ended with exit code {code}; {wait.ExitCode} was expected.");
                }

                break;
        }
    }

    private static bool IsUnavailable(CustomResourceSnapshot snapshot) =>
        snapshot.State?.Text is { } state && (KnownResourceStates.TerminalStates.Contains(state) || state == KnownResourceStates.RuntimeUnhealthy);

    private static void ThrowIfUnavailable(ResourceEvent found)
    {
        if (IsUnavailable(found.Snapshot))
        {
            throw new DistributedApplicationException(found.Snapshot.State!.Text == KnownResourceStates.FailedToStart
                ? $"Dependency resource '{found.Resource.Name}' failed to start."
                : $"Dependency resource '{found.Resource.Name}' exited prematurely.");
        }
    }

    private CustomResourceSnapshot WithCommands(IResource resource, CustomResourceSnapshot snapshot)
    {
        var context = new UpdateCommandStateContext { ResourceSnapshot = snapshot, ServiceProvider = _services };
        return snapshot with
        {
            Commands = [.. resource.Annotations.OfType<ResourceCommandAnnotation>().Select(c => new ResourceCommandSnapshot(
                c.Name, c.UpdateState(context), c.DisplayName, c.DisplayDescription, c.Parameter, c.ConfirmationMessage, c.IconName, c.IconVariant, c.IsHighlighted))],
        };
    }

    [LoggerMessage(6001, LogLevel.Debug, "Resource {ResourceId} is {State}")]
    private partial void LogState(string resourceId, string state);

    [LoggerMessage(6002, LogLevel.Information, "Waiting for resource '{Dependency}'")]
    private static partial void LogWaiting(ILogger logger, string dependency);
}
