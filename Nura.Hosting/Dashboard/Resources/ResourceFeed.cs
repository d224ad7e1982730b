using System.Collections.Concurrent;
using Aspire.Hosting.ApplicationModel;
using Nura.Hosting.Dashboard.Telemetry;

namespace Nura.Hosting.Dashboard.Resources;

/// <summary>The newest state of every resource.</summary>
internal sealed class ResourceFeed(ResourceNotificationService notifications, SecretMask mask, ChangeSignal changed)
{
    private readonly ConcurrentDictionary<string, (int Order, ResourceEvent Update)> _current = new(StringComparer.Ordinal);

    /// <summary>Follows the resources until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await foreach (var update in notifications.WatchAsync(cancellationToken))
        {
            _current.AddOrUpdate(update.ResourceId, id => (_current.Count, update), (_, old) => (old.Order, update));
            changed.Raise();
        }
    }

    /// <summary>All that are not hidden, in the order of their addition, children below their parents.</summary>
    public IReadOnlyList<ResourceView> All()
    {
        var views = _current.Values.OrderBy(entry => entry.Order).Where(entry => !entry.Update.Snapshot.IsHidden)
            .Select(entry => ResourceView.From(entry.Update, mask)).ToList();
        var names = views.Select(view => view.Name).ToHashSet(StringComparer.Ordinal);
        var children = views.ToLookup(view => view.Parent is { } parent && names.Contains(parent) ? parent : "");
        return [.. children[""].SelectMany(WithChildren)];

        IEnumerable<ResourceView> WithChildren(ResourceView view) => children[view.Name].SelectMany(WithChildren).Prepend(view);
    }

    public ResourceView? Find(string id) => _current.TryGetValue(id, out var entry) ? ResourceView.From(entry.Update, mask) : null;
}
