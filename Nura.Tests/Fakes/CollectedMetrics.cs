using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Nura.Tests.Fakes;

/// <summary>Collects what one host's own meters tell, and not those of the hosts beside it in this process.</summary>
internal sealed class CollectedMetrics : IDisposable
{
    private readonly MeterListener _listener;
    private readonly ConcurrentDictionary<string, double> _values = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, TaskCompletionSource> _signals = new(StringComparer.Ordinal);

    public CollectedMetrics(IMeterFactory meters)
    {
        _listener = new MeterListener { InstrumentPublished = (instrument, self) => { if (instrument.Meter.Scope == meters && instrument.Meter.Name.StartsWith("Nura.", StringComparison.Ordinal)) { self.EnableMeasurementEvents(instrument); } } };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Note(instrument, value, tags));
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Note(instrument, value, tags));
        _listener.Start();
    }

    /// <summary>By name, unit and tags: a counter's sum, how many values a histogram has, and what a gauge says now.</summary>
    public IReadOnlyDictionary<string, double> Read()
    {
        _listener.RecordObservableInstruments();
        return _values;
    }

    /// <summary>Completes when there is a value of this name, unit and tags.</summary>
    public Task WhenSeen(string key)
    {
        var signal = _signals.GetOrAdd(key, _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        if (_values.ContainsKey(key))
        {
            signal.TrySetResult();
        }

        return signal.Task;
    }

    public void Dispose() => _listener.Dispose();

    private void Note(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var key = string.Join(' ', [instrument.Name, instrument.Unit, .. tags.ToArray().Select(tag => $"{tag.Key}={tag.Value}")]);
        _values.AddOrUpdate(key, _ => instrument is Histogram<double> ? 1 : value, (_, before) => instrument.IsObservable ? value : instrument is Histogram<double> ? before + 1 : before + value);
        if (_signals.TryGetValue(key, out var signal))
        {
            signal.TrySetResult();
        }
    }
}
