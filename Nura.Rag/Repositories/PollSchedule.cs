namespace Nura.Rag.Repositories;

/// <summary>When to look at remote sources again: at an interval with some chance in it, so that many do not come at once, and ever more seldom at one that fails.</summary>
/// <param name="interval">Between two looks.</param>
/// <param name="longest">Longest wait after failures.</param>
/// <param name="time">The clock.</param>
/// <param name="chance">Gives numbers from 0 to 1.</param>
internal sealed class PollSchedule(TimeSpan interval, TimeSpan longest, TimeProvider time, Func<double> chance)
{
    private const double Spread = 0.2;

    private readonly Dictionary<string, (DateTimeOffset Due, int Failures)> _sources = new(StringComparer.Ordinal);

    /// <summary>Whether it is time. A source not met before was just indexed, so it waits for one interval.</summary>
    public bool IsDue(string source)
    {
        if (_sources.TryGetValue(source, out var known))
        {
            return time.GetUtcNow() >= known.Due;
        }

        Plan(source, 0);
        return false;
    }

    /// <summary>Notes a look.</summary>
    public void Looked(string source, bool succeeded) => Plan(source, succeeded ? 0 : _sources.GetValueOrDefault(source).Failures + 1);

    /// <summary>Forgets sources that are no more.</summary>
    public void KeepOnly(IReadOnlySet<string> sources)
    {
        foreach (var source in _sources.Keys.Where(source => !sources.Contains(source)).ToList())
        {
            _sources.Remove(source);
        }
    }

    private void Plan(string source, int failures)
    {
        var wait = TimeSpan.FromTicks(Math.Min(longest.Ticks, interval.Ticks << Math.Min(failures, 16)));
        _sources[source] = (time.GetUtcNow() + (wait * (1 - Spread + (2 * Spread * chance()))), failures);
    }
}
