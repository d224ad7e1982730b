using Nura.Manifests.Output;

namespace Nura.Manifests.Promotion;

/// <summary>What a stage has learnt about releases: which proved themselves there, and which were taken back.</summary>
internal sealed record StageRecord(IReadOnlyList<Verdict> Verified, IReadOnlyList<Verdict> Rejected)
{
    public static StageRecord Empty { get; } = new([], []);

    public bool HasVerified(string id) => Verified.Any(verdict => verdict.Id == id);

    public bool HasRejected(string id) => Rejected.Any(verdict => verdict.Id == id);

    public static StageRecord Parse(string text, string path)
    {
        var map = YamlText.Read(text, path);
        return new StageRecord(Verdicts("verified"), Verdicts("rejected"));

        IReadOnlyList<Verdict> Verdicts(string key) =>
            map.GetValueOrDefault(key) is not List<object?> list ? [] : [.. list.OfType<IDictionary<string, object?>>().Select(entry => new Verdict($"{entry["id"]}", $"{entry["at"]}", $"{entry["reason"]}"))];
    }

    public string ToYaml() => "# Written by verify and rollback.\n" + YamlText.Write(Tree.Map(("verified", Entries(Verified)), ("rejected", Entries(Rejected))));

    private static List<object?> Entries(IReadOnlyList<Verdict> verdicts) =>
        [.. verdicts.Select(verdict => Tree.Map(("id", verdict.Id), ("at", verdict.At), ("reason", verdict.Reason)))];
}

/// <param name="Id">Release.</param>
/// <param name="At">When, ISO 8601 in UTC.</param>
/// <param name="Reason">Evidence, or why it was taken back.</param>
internal sealed record Verdict(string Id, string At, string Reason);
