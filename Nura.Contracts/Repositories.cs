namespace Nura.Contracts;

/// <summary>Asks Nura.Rag to mirror and index a repository.</summary>
/// <param name="Source">A local path or a git URL (<c>https</c>, <c>ssh</c>; others by the administrator's allow-list).</param>
/// <param name="Name">Name in citations; taken from the source when absent.</param>
/// <param name="Ref">Branch, tag or commit to follow; the source's default branch when absent.</param>
public sealed record AddRepository(string Source, string? Name = null, string? Ref = null);

/// <summary>Where a repository stands.</summary>
public enum RepositoryState
{
    /// <summary>Accepted, not yet begun.</summary>
    Queued,

    /// <summary>Objects are being fetched from the source.</summary>
    Fetching,

    /// <summary>Files are being read; the commit indexed before, if any, stays searchable.</summary>
    Indexing,

    /// <summary>The commit in <see cref="RepositoryView.Commit"/> is searchable, all of it.</summary>
    Ready,

    /// <summary>The last attempt failed; <see cref="RepositoryView.Error"/> says why. A commit indexed before stays searchable.</summary>
    Failed,

    /// <summary>The work is held until it is resumed; pushes wait meanwhile. A commit indexed before stays searchable.</summary>
    Paused,

    /// <summary>The last attempt was cancelled. A commit indexed before stays searchable.</summary>
    Cancelled,
}

/// <summary>A repository as users see it.</summary>
/// <param name="Id">Stable identity.</param>
/// <param name="Name">Unique name, the first part of a citation.</param>
/// <param name="Source">Where it comes from, without credentials.</param>
/// <param name="Ref">The ref followed, or <see langword="null"/> for the default branch.</param>
/// <param name="State">Where it stands.</param>
/// <param name="Commit">The searchable commit, or <see langword="null"/> before the first index.</param>
/// <param name="Files">Indexed files of that commit.</param>
/// <param name="Chunks">Indexed chunks of that commit.</param>
/// <param name="Error">Why the last attempt failed.</param>
/// <param name="Progress">The run under way, or the last one.</param>
/// <param name="CreatedAt">When it was added.</param>
/// <param name="IndexedAt">When <paramref name="Commit"/> became searchable.</param>
public sealed record RepositoryView(
    Guid Id,
    string Name,
    string Source,
    string? Ref,
    RepositoryState State,
    string? Commit,
    long Files,
    long Chunks,
    string? Error,
    IndexProgress? Progress,
    DateTimeOffset CreatedAt,
    DateTimeOffset? IndexedAt);

/// <summary>How far an indexing run is.</summary>
/// <param name="State">The repository's state at this moment.</param>
/// <param name="FilesDone">Files handled: indexed, known already, skipped or failed.</param>
/// <param name="FilesTotal">Files of the commit; 0 while fetching.</param>
/// <param name="FilesSkipped">Files left out for a recorded reason.</param>
/// <param name="FilesFailed">Files that could not be read; they never fail the run.</param>
/// <param name="FilesPerSecond">Mean rate of this run since files are read.</param>
/// <param name="EtaSeconds">Seconds to go at that rate; <see langword="null"/> while unknown.</param>
/// <param name="StartedAt">When the run began.</param>
/// <param name="UpdatedAt">When these figures were taken.</param>
/// <param name="FetchedPercent">While fetching, percent of the objects received; <see langword="null"/> while unknown.</param>
public sealed record IndexProgress(
    RepositoryState State,
    long FilesDone,
    long FilesTotal,
    long FilesSkipped,
    long FilesFailed,
    double FilesPerSecond,
    double? EtaSeconds,
    DateTimeOffset StartedAt,
    DateTimeOffset UpdatedAt,
    double? FetchedPercent = null);

/// <summary>A file that is not in the index, or not with all that it holds, and why.</summary>
/// <param name="Path">Path from the repository's root.</param>
/// <param name="Failed"><see langword="true"/> for an error, <see langword="false"/> for what a rule leaves out.</param>
/// <param name="Reason">A sentence for the administrator.</param>
public sealed record FileIssue(string Path, bool Failed, string Reason);
