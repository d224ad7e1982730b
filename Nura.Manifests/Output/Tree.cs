namespace Nura.Manifests.Output;

/// <summary>Small helpers for building and overlaying trees of values.</summary>
internal static class Tree
{
    /// <summary>A mapping with the entries whose value is not null, in order.</summary>
    public static OrderedDictionary<string, object?> Map(params ReadOnlySpan<(string Key, object? Value)> entries)
    {
        var map = new OrderedDictionary<string, object?>();
        foreach (var (key, value) in entries)
        {
            if (value is not null)
            {
                map[key] = value;
            }
        }

        return map;
    }

    /// <summary>Lays one tree over another as Helm does: mappings merge, everything else is replaced.</summary>
    public static void Overlay(IDictionary<string, object?> target, IEnumerable<KeyValuePair<string, object?>> over)
    {
        foreach (var (key, value) in over)
        {
            if (value is IDictionary<string, object?> map && target.TryGetValue(key, out var existing) && existing is IDictionary<string, object?> below)
            {
                Overlay(below, map);
            }
            else
            {
                target[key] = value;
            }
        }
    }

    /// <summary>Null instead of an empty collection, so that <see cref="Map"/> leaves it out.</summary>
    public static ICollection<T>? OrNull<T>(ICollection<T> items) => items.Count == 0 ? null : items;
}
