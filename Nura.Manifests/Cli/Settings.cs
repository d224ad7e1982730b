using Nura.Manifests.Model;
using Nura.Manifests.Output;

namespace Nura.Manifests.Cli;

/// <summary>nura-manifests.yaml: what a repository always wants, so that nobody has to type it. Options on the command line win.</summary>
/// <param name="Options">The file's settings as options.</param>
internal sealed record Settings(ConversionOptions Options)
{
    public const string FileName = "nura-manifests.yaml";

    private static readonly string[] s_keys = ["name", "namespace", "registry", "repositoryPrefix", "tag", "imagePullPolicy", "secretSource", "parameters", "kinds", "values"];

    /// <param name="path">The file, or null to look for it in <paramref name="folder"/>.</param>
    /// <param name="folder">Where to look.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <exception cref="ManifestToolException">The named file is missing, or says something unknown.</exception>
    public static async Task<Settings> LoadAsync(string? path, string folder, CancellationToken cancellationToken)
    {
        var file = path ?? Path.Combine(folder, FileName);
        if (!File.Exists(file))
        {
            return path is null
                ? new Settings(new ConversionOptions())
                : throw new ManifestToolException($"There are no settings at '{path}'. Write some with: nura-manifests init");
        }

        return new Settings(Parse(YamlText.Read(await File.ReadAllTextAsync(file, cancellationToken), file), file));
    }

    private static ConversionOptions Parse(OrderedDictionary<string, object?> map, string file)
    {
        if (map.Keys.FirstOrDefault(key => !s_keys.Contains(key)) is { } unknown)
        {
            throw new ManifestToolException($"'{file}' has the unknown setting '{unknown}'. Known: {string.Join(", ", s_keys)}.");
        }

        var fallback = new ConversionOptions();
        return new ConversionOptions
        {
            Name = Text("name") ?? fallback.Name,
            Namespace = Text("namespace"),
            Registry = Text("registry") ?? fallback.Registry,
            RepositoryPrefix = Text("repositoryPrefix") ?? fallback.RepositoryPrefix,
            Tag = Text("tag") ?? fallback.Tag,
            ImagePullPolicy = Text("imagePullPolicy") ?? fallback.ImagePullPolicy,
            SecretSource = Text("secretSource") ?? fallback.SecretSource,
            Parameters = Section("parameters").ToDictionary(entry => entry.Key, entry => $"{entry.Value}"),
            Kinds = Section("kinds").ToDictionary(entry => entry.Key, entry => Kind(entry.Key, entry.Value)),
            Values = Section("values"),
        };

        string? Text(string key) => map.TryGetValue(key, out var value) && value is not null ? value.ToString() : null;

        IDictionary<string, object?> Values(string key, object? value) => value as IDictionary<string, object?>
            ?? throw new ManifestToolException($"'{file}': '{key}' must be a mapping.");

        OrderedDictionary<string, object?> Section(string key) =>
            map.TryGetValue(key, out var value) && value is not null ? new(Values(key, value)) : [];

        WorkloadKind Kind(string name, object? value) => Enum.TryParse<WorkloadKind>(value?.ToString(), out var kind) && Enum.IsDefined(kind)
            ? kind
            : throw new ManifestToolException($"'{file}': kinds.{name} is '{value}'; it must be one of {string.Join(", ", Enum.GetNames<WorkloadKind>())}.");
    }
}
