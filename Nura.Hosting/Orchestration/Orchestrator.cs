using System.Collections.Concurrent;
using System.Collections.Immutable;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Eventing;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Nura.Hosting;

/// <summary>Runs the application: claims its data, gives endpoints their addresses, starts everything and stops it.</summary>
internal sealed partial class Orchestrator(
    DistributedApplicationModel model, DistributedApplicationExecutionContext executionContext, ResourceNotificationService notifications, ResourceLoggerService loggers,
    IDistributedApplicationEventing eventing, DataDirectory data, DashboardHost dashboard, HealthMonitor monitor, ResourceLauncher launcher,
    IServiceProvider services, TimeProvider time, ILogger<Orchestrator> logger) : IHostedService, IAsyncDisposable
{
    private readonly Dictionary<IResource, ResourceRunner> _runners = [];
    private readonly ConcurrentDictionary<IResource, CancellationTokenSource> _withoutProcess = new();
    private readonly EndpointAllocator _endpoints = launcher.Endpoints;

    private bool _disposed;

    public DateTime Now => time.GetUtcNow().UtcDateTime;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        data.Claim();
        var context = launcher.Backends;
        foreach (var backend in model.Resources.SelectMany(r => r.Annotations.OfType<LocalBackend>()))
        {
            await backend.PrepareAsync(context, cancellationToken);
        }

        await dashboard.StartAsync(cancellationToken);
        await eventing.PublishAsync(new BeforeStartEvent(services, model), cancellationToken);
        foreach (var resource in model.Resources)
        {
            await PublishInitialAsync(resource, cancellationToken);
        }

        // Every address is known before anything starts: whoever starts first may need any of them.
        var started = new List<ResourceRunner>();
        foreach (var resource in model.Resources.Where(r => r is ProjectResource or ExecutableResource or ContainerResource))
        {
            var runner = _runners[resource] = new ResourceRunner(resource, this, notifications, loggers.GetLogger(resource));
            if (await AllocateAsync(resource) && !resource.Annotations.OfType<ExplicitStartupAnnotation>().Any())
            {
                started.Add(runner);
            }
        }

        await Task.WhenAll(started.Select(r => r.StartAsync()));
        await eventing.PublishAsync(new AfterResourcesCreatedEvent(services, model), cancellationToken);
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        // Consumers first, so that they can finish with what they consume; each step has little time.
        await Task.WhenAll(_runners.Where(r => r.Key is not ContainerResource).Select(r => r.Value.StopAsync()));
        await Task.WhenAll(_runners.Select(r => r.Value.StopAsync()));
        await dashboard.StopAsync();
    }

    public Task StartResourceAsync(IResource resource) => _runners[resource].StartAsync();

    public Task StopResourceAsync(IResource resource) => _runners[resource].StopAsync();

    public async Task RestartResourceAsync(IResource resource)
    {
        await StopResourceAsync(resource);
        await StartResourceAsync(resource);
    }

    public async Task BeforeStartAsync(IResource resource, CancellationToken cancellationToken)
    {
        // What lives in it is about to come back: whoever waits for that must not take it for ended.
        foreach (var child in Children(resource))
        {
            await notifications.PublishUpdateAsync(child, s => s with { State = KnownResourceStates.Waiting });
        }

        await eventing.PublishAsync(new BeforeResourceStartedEvent(resource, services), cancellationToken);
    }

    /// <summary>Starts the process behind a resource and says that it runs; null when consumers do without it.</summary>
    public async Task<IRunning?> LaunchAsync(IResource resource, ILogger resourceLogger, CancellationToken cancellationToken)
    {
        // An earlier start may have failed on a port that is free by now.
        if (!resource.Annotations.OfType<LocalBackend>().Any())
        {
            _endpoints.Allocate(resource);
        }

        var environment = await ResourceEnvironment.ResolveAsync(resource, executionContext, dashboard.TelemetryFor(resource), resourceLogger, cancellationToken);
        var running = await launcher.LaunchAsync(resource, environment, (line, isError) => loggers.Append(resource.InstanceId, line, isError), resourceLogger, cancellationToken);
        if (running is null)
        {
            await notifications.PublishUpdateAsync(resource, s => s with { State = new("Not available", KnownResourceStateStyles.Info) });
            return null;
        }

        var urls = await UrlsAsync(resource, cancellationToken);
        await PublishRunningAsync(resource, s => s with
        {
            EnvironmentVariables = environment.Shown,
            SecretVariables = environment.SecretNames,
            Urls = urls,
            Properties = [.. Properties(running)],
        });
        return running;
    }

    public Task MonitorAsync(IResource resource, CancellationToken cancellationToken) => monitor.RunAsync(resource, exception => NotReadyAsync(resource, exception), cancellationToken);

    /// <summary>Says that a resource without a process of its own can be used, and watches its health.</summary>
    public async Task RunWithoutProcessAsync(IResource resource)
    {
        var watching = new CancellationTokenSource();
        _withoutProcess[resource] = watching;
        await PublishRunningAsync(resource, s => s);
        _ = MonitorAsync(resource, watching.Token);
    }

    /// <summary>Tells everyone that a resource is down, and what lived in it.</summary>
    public async Task StoppedAsync(IResource resource)
    {
        foreach (var child in Children(resource))
        {
            if (_withoutProcess.TryRemove(child, out var watching))
            {
                await watching.CancelAsync();
                watching.Dispose();
            }

            await notifications.PublishUpdateAsync(child, s => s with { State = Snapshot(resource).State, Ready = null });
        }

        if (notifications.TryGetCurrentState(resource.InstanceId, out var change))
        {
            await eventing.PublishAsync(new ResourceStoppedEvent(resource, services, change));
        }
    }

    public void ReportFailure(IResource resource, ILogger resourceLogger, Exception exception)
    {
        LogFailed(resourceLogger, resource.Name, exception.Message);
        if (exception is DistributedApplicationException)
        {
            LogFailed(logger, resource.Name, exception.Message);
        }
        else
        {
            LogFailedUnexpectedly(logger, exception, resource.Name);
        }
    }

    public async ValueTask DisposeAsync()
    {
        // Registered as itself and as a hosted service, it is disposed of twice.
        if (Interlocked.Exchange(ref _disposed, true))
        {
            return;
        }

        await StopAsync(CancellationToken.None);
        foreach (var runner in _runners.Values)
        {
            runner.Dispose();
        }

        // Whoever stops it after this finds nothing to stop.
        _runners.Clear();
        await _endpoints.DisposeAsync();
        data.Dispose();
    }

    private async Task<bool> AllocateAsync(IResource resource)
    {
        if (resource.Annotations.OfType<LocalBackend>().Any())
        {
            return true;
        }

        try
        {
            _endpoints.Allocate(resource);
            return true;
        }
        catch (DistributedApplicationException exception)
        {
            ReportFailure(resource, loggers.GetLogger(resource), exception);
            await notifications.PublishUpdateAsync(resource, s => s with { State = new(KnownResourceStates.FailedToStart, KnownResourceStateStyles.Error) });
            return false;
        }
    }

    /// <summary>What was to live in a resource will not come: a ready handler failed.</summary>
    private async Task NotReadyAsync(IResource resource, Exception exception)
    {
        ReportFailure(resource, loggers.GetLogger(resource), exception);
        foreach (var child in Children(resource).Where(child => !_withoutProcess.ContainsKey(child)))
        {
            LogFailed(loggers.GetLogger(child), child.Name, exception.Message);
            await notifications.PublishUpdateAsync(child, s => s with { State = new(KnownResourceStates.FailedToStart, KnownResourceStateStyles.Error) });
        }
    }

    private IEnumerable<IResource> Children(IResource resource) => model.Resources.Where(r => r is IResourceWithParent { Parent: var parent } && parent == resource);

    private CustomResourceSnapshot Snapshot(IResource resource) =>
        notifications.TryGetCurrentState(resource.InstanceId, out var change) ? change.Snapshot : throw new InvalidOperationException($"Resource '{resource.Name}' is unknown.");

    private Task PublishRunningAsync(IResource resource, Func<CustomResourceSnapshot, CustomResourceSnapshot> change) =>
        notifications.PublishUpdateAsync(resource, s => change(s) with
        {
            State = new(KnownResourceStates.Running, KnownResourceStateStyles.Success),
            StartTimeStamp = Now,
            Ready = null,
            HealthReports = [.. HealthMonitor.Keys(resource).Select(key => new HealthReportSnapshot(key, null, null, null))],
        });

    private async Task PublishInitialAsync(IResource resource, CancellationToken cancellationToken)
    {
        var parameter = resource as ParameterResource;
        string? value = null;
        string? failure = null;
        try
        {
            value = parameter is null ? null : await parameter.GetValueAsync(cancellationToken);
        }
        catch (DistributedApplicationException exception)
        {
            failure = exception.Message;
            LogFailed(logger, resource.Name, exception.Message);
        }

        await notifications.PublishUpdateAsync(resource, _ => new CustomResourceSnapshot
        {
            ResourceType = resource switch
            {
                ProjectResource => "Project",
                ContainerResource => "Container",
                ExecutableResource => "Executable",
                ParameterResource => "Parameter",
                _ => resource.GetType().Name,
            },
            CreationTimeStamp = Now,
            State = parameter is null ? KnownResourceStates.NotStarted
                : failure is null ? new ResourceStateSnapshot(KnownResourceStates.Running, KnownResourceStateStyles.Success) : new ResourceStateSnapshot("Value missing", KnownResourceStateStyles.Error),
            Properties = value is null ? [] : [new("Value", parameter!.Secret ? "" : value) { IsSensitive = parameter.Secret }],
            Relationships = [.. resource.Annotations.OfType<ResourceRelationshipAnnotation>().Select(r => new RelationshipSnapshot(r.Resource.Name, r.Type)), .. ParentOf(resource)],
        });
    }

    private static ImmutableArray<RelationshipSnapshot> ParentOf(IResource resource) =>
        resource is IResourceWithParent { Parent: var parent } ? [new(parent.Name, "Parent")] : [];

    private static IEnumerable<ResourcePropertySnapshot> Properties(IRunning running)
    {
        if (running.ProcessId is { } id)
        {
            yield return new("executable.pid", id);
        }

        if (running.Description is { } description)
        {
            yield return new("Backend", description);
        }
    }

    private async Task<ImmutableArray<UrlSnapshot>> UrlsAsync(IResource resource, CancellationToken cancellationToken)
    {
        var urls = resource.Annotations.OfType<EndpointAnnotation>().Where(e => e.AllocatedEndpoint is not null)
            .Select(e => new ResourceUrlAnnotation { Url = e.AllocatedEndpoint!.UriString, Endpoint = new EndpointReference((IResourceWithEndpoints)resource, e) }).ToList();
        var context = new ResourceUrlsCallbackContext(executionContext, resource, urls, cancellationToken);
        foreach (var callback in resource.Annotations.OfType<ResourceUrlsCallbackAnnotation>())
        {
            await callback.Callback(context);
        }

        return [.. context.Urls.Select(u => new UrlSnapshot(u.Endpoint?.EndpointName, u.Url, IsInternal: false) { DisplayProperties = new UrlDisplayPropertiesSnapshot(u.DisplayText ?? "") })];
    }

    [LoggerMessage(6011, LogLevel.Error, "{Resource}: {Message}")]
    private static partial void LogFailed(ILogger logger, string resource, string message);

    [LoggerMessage(6012, LogLevel.Error, "{Resource} failed")]
    private static partial void LogFailedUnexpectedly(ILogger logger, Exception exception, string resource);
}
