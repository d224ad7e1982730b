using Nura.Contracts;

namespace Nura.Rag.Indexing;

/// <summary>Counters of a run under way; written by its tasks, read by its heartbeat.</summary>
internal sealed class RunProgress
{
    private long _done;
    private long _skipped;
    private long _failed;

    /// <summary>Fetching or indexing.</summary>
    public RepositoryState State { get; set; } = RepositoryState.Fetching;

    /// <summary>Percent of the objects fetched.</summary>
    public double? FetchedPercent { get; set; }

    /// <summary>Files of the commit.</summary>
    public long Total { get; set; }

    /// <summary>Files handled.</summary>
    public long Done => Interlocked.Read(ref _done);

    /// <summary>Files left out.</summary>
    public long Skipped => Interlocked.Read(ref _skipped);

    /// <summary>Files that could not be read.</summary>
    public long Failed => Interlocked.Read(ref _failed);

    /// <summary>Begins anew, when none of its tasks is left.</summary>
    public void Restart()
    {
        (State, FetchedPercent, Total) = (RepositoryState.Fetching, null, 0);
        (_done, _skipped, _failed) = (0, 0, 0);
    }

    /// <summary>Counts files.</summary>
    public void Add(int done, int skipped = 0, int failed = 0)
    {
        Interlocked.Add(ref _done, done);
        Interlocked.Add(ref _skipped, skipped);
        Interlocked.Add(ref _failed, failed);
    }
}
