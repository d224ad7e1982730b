using Nura.Manifests.Promotion;

namespace Nura.Tests.Manifests;

/// <summary>The shared branch as a list in memory, with the same rules as git: a commit is accepted only on top of the newest. Git itself is tried against it.</summary>
internal sealed class MemoryReleaseRepository : IReleaseRepository
{
    private readonly List<State> _commits;

    public MemoryReleaseRepository(IReadOnlyList<Stage> stages)
    {
        Stages = stages;
        _commits = [new State("c0", new Dictionary<string, Release?>(stages.ToDictionary(stage => stage.Name, Release? (_) => null)), stages.ToDictionary(stage => stage.Name, _ => StageRecord.Empty), "")];
    }

    public IReadOnlyList<Stage> Stages { get; }

    /// <summary>Runs once between a fetch and the push that follows: somebody else's turn.</summary>
    public Func<Task>? Meanwhile { get; set; }

    /// <summary>Commits so far, oldest first.</summary>
    public IReadOnlyList<State> Commits => _commits;

    public Dictionary<string, (int Basis, ReleaseChange Change)> Branches { get; } = [];

    public Task<ReleaseSnapshot> FetchAsync(CancellationToken cancellationToken) => Task.FromResult(Snapshot(_commits.Count - 1, _commits[^1]));

    public async Task<string?> TryPushAsync(ReleaseSnapshot basis, ReleaseChange change, CancellationToken cancellationToken)
    {
        if (Meanwhile is { } meanwhile)
        {
            Meanwhile = null;
            await meanwhile();
        }

        if (change.Branch is { } branch)
        {
            var at = _commits.FindIndex(commit => commit.Id == basis.Tip);
            return Branches.TryAdd(branch, (at, change)) ? branch : throw new Nura.Manifests.ManifestToolException($"'{branch}' is there already.");
        }

        return basis.Tip == _commits[^1].Id ? Append(Apply(_commits[^1], change)) : null;
    }

    /// <summary>Merges a proposal as git does file by file, when the check on the result allows it.</summary>
    /// <returns>True when it was merged.</returns>
    public bool Merge(string branch)
    {
        var (basis, change) = Branches[branch];
        Branches.Remove(branch);
        // The release file changed on both sides: a conflict, and no merge.
        var changed = _commits[^1].Current[change.Stage]?.Id != _commits[basis].Current[change.Stage]?.Id;
        var merged = Apply(_commits[^1], change);
        if (changed || ReleaseAudit.Find(Snapshot(_commits.Count, merged)).Count > 0)
        {
            return false;
        }

        Append(merged);
        return true;
    }

    private string Append(State state)
    {
        _commits.Add(state);
        return state.Id;
    }

    private State Apply(State basis, ReleaseChange change)
    {
        var current = new Dictionary<string, Release?>(basis.Current);
        var records = new Dictionary<string, StageRecord>(basis.Records);
        if (change.Release is not null)
        {
            current[change.Stage] = change.Release;
        }

        if (change.Record is not null)
        {
            records[change.Stage] = change.Record;
        }

        return new State($"c{_commits.Count}", current, records, change.Stage);
    }

    private ReleaseSnapshot Snapshot(int last, State state) => new()
    {
        Tip = state.Id,
        Stages = Stages,
        Current = state.Current,
        Records = state.Records,
        History = Stages.ToDictionary(stage => stage.Name, IReadOnlyList<Release> (stage) => History(stage.Name, last, state)),
    };

    private List<Release> History(string stage, int last, State state)
    {
        var history = new List<Release>();
        foreach (var release in _commits.Take(last).Append(state).Select(commit => commit.Current[stage]).OfType<Release>().Reverse())
        {
            if (history.Count == 0 || history[^1].Id != release.Id)
            {
                history.Add(release);
            }
        }

        return history;
    }

    internal sealed record State(string Id, IReadOnlyDictionary<string, Release?> Current, IReadOnlyDictionary<string, StageRecord> Records, string Stage);
}
