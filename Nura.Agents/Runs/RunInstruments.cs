using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Globalization;
using Nura.Contracts;

namespace Nura.Agents.Runs;

/// <summary>Metrics of runs. No tag names an agent, a repository or a person, so there are few combinations.</summary>
internal sealed class RunInstruments
{
    /// <summary>Name of the meter.</summary>
    public const string Meter = "Nura.Agents";

    private const string Outcome = "outcome";
    private const string ErrorType = "error.type";

    private static readonly InstrumentAdvice<double> s_seconds = new()
    {
        HistogramBucketBoundaries = [0.25, 0.5, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024],
    };

    private readonly Counter<long> _runs;
    private readonly Histogram<double> _duration;
    private readonly Counter<long> _citations;

    public RunInstruments(IMeterFactory meters)
    {
        var meter = meters.Create(Meter);
        _runs = meter.CreateCounter<long>("nura.agents.runs", "{run}", "Runs ended.");
        _duration = meter.CreateHistogram("nura.agents.run.duration", "s", "Time of a run, from its start to the last entry of its log.", null, s_seconds);
        _citations = meter.CreateCounter<long>("nura.agents.citations", "{citation}", "Citations in answers: passed on as verified, or removed because they lead nowhere.");
    }

    /// <summary>A run of this process has ended.</summary>
    /// <param name="state">How.</param>
    /// <param name="error">The status of its error, if it failed.</param>
    /// <param name="elapsed">Its time.</param>
    /// <param name="verified">Citations passed on.</param>
    /// <param name="removed">Citations taken out.</param>
    public void Ended(RunState state, int? error, TimeSpan elapsed, int verified, int removed)
    {
        var tags = Tags(state, error);
        _runs.Add(1, tags);
        _duration.Record(elapsed.TotalSeconds, tags);
        _citations.Add(verified, new KeyValuePair<string, object?>(Outcome, "verified"));
        _citations.Add(removed, new KeyValuePair<string, object?>(Outcome, "removed"));
    }

    /// <summary>Runs of a process that died were ended for it. Nobody knows how long they worked.</summary>
    public void Abandoned(int runs) => _runs.Add(runs, Tags(RunState.Failed, StatusCodes.Status503ServiceUnavailable));

    private static TagList Tags(RunState state, int? error)
    {
        var tags = new TagList { { Outcome, state.ToString().ToLowerInvariant() } };
        if (error is { } status)
        {
            tags.Add(ErrorType, status.ToString(CultureInfo.InvariantCulture));
        }

        return tags;
    }
}
