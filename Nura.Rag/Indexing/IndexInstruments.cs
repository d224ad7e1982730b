using System.Diagnostics.Metrics;

namespace Nura.Rag.Indexing;

/// <summary>Metrics of index runs and of the queue that they wait in.</summary>
internal sealed class IndexInstruments
{
    private readonly TimeProvider _time;
    private readonly Counter<long> _runs;
    private volatile Look? _last;

    public IndexInstruments(IMeterFactory meters, TimeProvider time)
    {
        _time = time;
        var meter = meters.Create(RagTelemetry.Meter);
        _runs = meter.CreateCounter<long>("nura.rag.index.runs", "{run}", "Index runs ended.");

        // A scrape asks synchronously and must not wait for the database: it gets what was last seen there.
        meter.CreateObservableGauge("nura.rag.index.queue.length", Length, "{run}", "Index runs that could start and that nobody works on. Every process of a database tells the same.");
        meter.CreateObservableGauge("nura.rag.index.queue.age", Age, "s", "How long the longest waiting of these index runs has waited; 0 if none waits.");
    }

    /// <summary>A run of this process has ended.</summary>
    public void Ended(IndexOutcome outcome) => _runs.Add(1, new KeyValuePair<string, object?>("outcome", outcome switch
    {
        IndexOutcome.Ready => "ready",
        IndexOutcome.Unchanged => "unchanged",
        IndexOutcome.Failed => "failed",
        _ => "lost",
    }));

    /// <summary>The database was asked what waits.</summary>
    public void Seen(Backlog backlog) => _last = new Look(backlog.Waiting, backlog.Oldest is { } age ? _time.GetTimestamp() - (long)(age.TotalSeconds * _time.TimestampFrequency) : null);

    // Before the first look there is no value: 0 would say that nothing waits.
    private IEnumerable<Measurement<long>> Length() => _last is { } last ? [new Measurement<long>(last.Waiting)] : [];

    // What waits goes on waiting between two looks, and while the database is away.
    private IEnumerable<Measurement<double>> Age() => _last is { } last ? [new Measurement<double>(last.Since is { } since ? _time.GetElapsedTime(since).TotalSeconds : 0)] : [];

    /// <summary>What was seen: how many wait, and since when by this machine's clock.</summary>
    private sealed record Look(long Waiting, long? Since);
}
