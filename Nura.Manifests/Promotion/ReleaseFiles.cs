using Nura.Manifests.Output;

namespace Nura.Manifests.Promotion;

/// <summary>Where things are in the repository.</summary>
internal static class ReleaseFiles
{
    public const string Stages = "stages.yaml";

    /// <summary>Folder of all environments, relative to the repository.</summary>
    public const string DefaultFolder = "manifests/environments";

    public static string Release(string folder, string stage) => $"{folder}/{stage}/release.yaml";

    public static string Record(string folder, string stage) => $"{folder}/{stage}/record.yaml";

    /// <exception cref="ManifestToolException">The file is malformed, a stage refers to a later or unknown one.</exception>
    public static IReadOnlyList<Stage> ParseStages(string text, string path)
    {
        var stages = new List<Stage>();
        foreach (var entry in (YamlText.Read(text, path).GetValueOrDefault("stages") as List<object?> ?? []).OfType<IDictionary<string, object?>>())
        {
            var name = Text(entry, "name") ?? throw new ManifestToolException($"'{path}': a stage has no name.");
            var after = Text(entry, "after");
            if (after is not null && stages.All(stage => stage.Name != after))
            {
                throw new ManifestToolException($"'{path}': '{name}' comes after '{after}', which does not stand before it.");
            }

            stages.Add(new Stage(name, after, Text(entry, "approval") switch
            {
                null or "none" => false,
                "pull-request" => true,
                var other => throw new ManifestToolException($"'{path}': approval of '{name}' is '{other}'; it must be none or pull-request."),
            }));
        }

        return stages.Count > 0 ? stages : throw new ManifestToolException($"'{path}' lists no stages.");
    }

    private static string? Text(IDictionary<string, object?> map, string key) => map.TryGetValue(key, out var value) && value is not null ? value.ToString() : null;
}
