using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>The console logs of all resources.</summary>
public class ResourceLoggerService
{
    private readonly ConcurrentDictionary<string, ResourceLog> _logs = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Gets each line as it is written, with the instance that it belongs to.</summary>
    internal Action<string, LogLine>? LineWritten { get; set; }

    /// <summary>Writes to the log of a resource.</summary>
    public ILogger GetLogger(IResource resource) => GetLogger(resource.InstanceId);

    /// <summary>Writes to the log of an instance.</summary>
    public ILogger GetLogger(string resourceName) => Log(resourceName);

    /// <summary>The log of a resource so far, then every new line, until the log is complete.</summary>
    public IAsyncEnumerable<IReadOnlyList<LogLine>> WatchAsync(IResource resource) => WatchAsync(resource.InstanceId);

    /// <summary>The log of an instance so far, then every new line, until the log is complete.</summary>
    public IAsyncEnumerable<IReadOnlyList<LogLine>> WatchAsync(string resourceName) => Log(resourceName).WatchAsync();

    /// <summary>The log of a resource so far.</summary>
    public IAsyncEnumerable<IReadOnlyList<LogLine>> GetAllAsync(IResource resource) => GetAllAsync(resource.InstanceId);

    /// <summary>The log of an instance so far.</summary>
    public IAsyncEnumerable<IReadOnlyList<LogLine>> GetAllAsync(string resourceName) => Log(resourceName).GetAllAsync();

    /// <summary>Ends the log of a resource: watchers come to their end.</summary>
    public void Complete(IResource resource) => Complete(resource.InstanceId);

    /// <summary>Ends the log of an instance: watchers come to their end.</summary>
    public void Complete(string name) => Log(name).Complete();

    /// <summary>Forgets what was logged so far.</summary>
    public void ClearBacklog(string resourceName) => Log(resourceName).Clear();

    internal void Append(string instanceId, string line, bool isError) => Log(instanceId).Append(line, isError);

    private ResourceLog Log(string name) => _logs.GetOrAdd(name, id => new ResourceLog(line => LineWritten?.Invoke(id, line)));
}
