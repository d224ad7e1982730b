using System.Collections.Concurrent;

namespace Nura.Models;

/// <summary>How soon each model has lately begun to answer: an average in which a call weighs half as much as the one five calls later.</summary>
public sealed class Latencies
{
    private const double Share = 0.13;

    private readonly ConcurrentDictionary<string, double> _firstToken = new(StringComparer.Ordinal);

    /// <summary>Notes that a model has begun.</summary>
    /// <param name="model">Its id.</param>
    /// <param name="elapsed">Time from the call to the first piece.</param>
    public void Record(string model, TimeSpan elapsed) =>
        _firstToken.AddOrUpdate(model, static (_, ms) => ms, static (_, old, ms) => old + (Share * (ms - old)), elapsed.TotalMilliseconds);

    /// <summary>Milliseconds to the first piece, or <see langword="null"/> if the model was never called.</summary>
    /// <param name="model">Its id.</param>
    public double? FirstTokenMs(string model) => _firstToken.TryGetValue(model, out var ms) ? ms : null;
}
