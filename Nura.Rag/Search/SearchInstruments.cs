using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Globalization;
using Nura.Contracts;

namespace Nura.Rag.Search;

/// <summary>Metrics of searches.</summary>
internal sealed class SearchInstruments(IMeterFactory meters)
{
    private static readonly InstrumentAdvice<double> s_seconds = new()
    {
        HistogramBucketBoundaries = [0.005, 0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48],
    };

    private readonly Histogram<double> _duration = meters.Create(RagTelemetry.Meter)
        .CreateHistogram("nura.rag.search.duration", "s", "Time of a search, the help of models included.", null, s_seconds);

    /// <summary>A search has ended.</summary>
    /// <param name="elapsed">Its time.</param>
    /// <param name="error">What kept it from an answer; also that nobody waits for it any more.</param>
    public void Ended(TimeSpan elapsed, Exception? error)
    {
        var tags = new TagList();
        if (error is not null)
        {
            tags.Add("error.type", error is ProblemException problem ? problem.Status.ToString(CultureInfo.InvariantCulture) : error.GetType().Name);
        }

        _duration.Record(elapsed.TotalSeconds, tags);
    }
}
