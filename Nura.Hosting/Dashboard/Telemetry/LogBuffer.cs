namespace Nura.Hosting.Dashboard.Telemetry;

/// <summary>The newest log records of all services; the oldest go first.</summary>
internal sealed class LogBuffer(int capacity = 10_000)
{
    private readonly Lock _lock = new();
    private readonly Queue<LogEntry> _entries = new();

    public void Add(IEnumerable<LogEntry> entries)
    {
        lock (_lock)
        {
            foreach (var entry in entries)
            {
                _entries.Enqueue(entry);
                if (_entries.Count > capacity)
                {
                    _entries.Dequeue();
                }
            }
        }
    }

    /// <summary>The newest <paramref name="take"/> records that match, newest first.</summary>
    public IReadOnlyList<LogEntry> Find(LogFilter filter, int take)
    {
        LogEntry[] entries;
        lock (_lock)
        {
            entries = [.. _entries];
        }

        // Batches of several services arrive out of order; a stable sort keeps the order within a service.
        return [.. entries.Where(filter.Matches).Reverse().OrderByDescending(entry => entry.Time).Take(take)];
    }

    public IReadOnlyList<string> Resources()
    {
        lock (_lock)
        {
            return [.. _entries.Select(entry => entry.Resource).Distinct().Order(StringComparer.Ordinal)];
        }
    }
}
