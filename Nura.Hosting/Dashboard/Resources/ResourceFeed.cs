using Aspire.Hosting.ApplicationModel;
using Nura.Hosting.Dashboard.Telemetry;

namespace Nura.Hosting.Dashboard.Resources;

/// <summary>The resources as the dashboard shows them. It keeps none: what it shows is what everybody else knows at that moment.</summary>
internal sealed class ResourceFeed(
    ResourceNotificationService notifications, DistributedApplicationModel model, SecretMask mask, ChangeSignal changed)
{
    /// <summary>Tells open pages of every change, until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await foreach (var _ in notifications.WatchAsync(cancellationToken))
        {
            changed.Raise();
        }
    }

    /// <summary>All that are not hidden, in the order of their addition, children below their parents.</summary>
    public IReadOnlyList<ResourceView> All()
    {
        var views = notifications.Current.Where(update => !update.Snapshot.IsHidden)
            .OrderBy(update => model.Resources.IndexOf(update.Resource)).ThenBy(update => update.ResourceId, StringComparer.Ordinal)
            .Select(update => ResourceView.From(update, mask)).ToList();
        var names = views.Select(view => view.Name).ToHashSet(StringComparer.Ordinal);
        var children = views.ToLookup(view => view.Parent is { } parent && names.Contains(parent) ? parent : "");
        return [.. children[""].SelectMany(WithChildren)];

        IEnumerable<ResourceView> WithChildren(ResourceView view) => children[view.Name].SelectMany(WithChildren).Prepend(view);
    }

    public ResourceView? Find(string id) => notifications.TryGetCurrentState(id, out var update) ? ResourceView.From(update, mask) : null;
}
