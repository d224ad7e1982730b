using System.CommandLine;
using Nura.Manifests.Manifest;
using Nura.Manifests.Model;

namespace Nura.Manifests.Cli;

/// <summary>Options that several verbs have in common; names as in aspirate.</summary>
internal sealed class SharedOptions
{
    private readonly Option<string?> _project = new("--project-path", "-p") { Description = "The AppHost: its folder or .csproj. Used to publish the manifest when -m is not given." };

    private readonly Option<string?> _manifest = new("--aspire-manifest", "-m") { Description = "A manifest that was published before." };

    private readonly Option<string?> _settings = new("--settings") { Description = $"Settings file; by default {Settings.FileName} beside the AppHost or in the current folder." };

    private readonly Option<string?> _name = new("--name") { Description = "Name of the chart, of its Secret and of the composition." };

    private readonly Option<string?> _namespace = new("--namespace") { Description = "Kubernetes namespace." };

    private readonly Option<string?> _registry = new("--container-registry", "-cr") { Description = "Registry of the images built here." };

    private readonly Option<string?> _prefix = new("--container-repository-prefix", "-crp") { Description = "Prefix of their names; joined by '/' unless it ends in '-'." };

    private readonly Option<string?> _tag = new("--container-image-tag", "-ct") { Description = "Their tag." };

    private readonly Option<string?> _pull = new("--image-pull-policy") { Description = "Always, IfNotPresent or Never." };

    private readonly Option<string?> _secrets = new("--secret-source") { Description = "external (ExternalSecret) or existing (a Secret kept by someone else)." };

    private readonly Option<string[]> _parameters = new("--parameter", "-pa") { Description = "name=value for a parameter that is not secret; may be repeated.", DefaultValueFactory = _ => [] };

    private readonly Option<bool> _quiet = new("--non-interactive") { Description = "Never ask; take defaults and fail where there is none." };

    // Known to scripts written for aspirate. This tool never stores secrets or state, so there is nothing to switch off.
    private readonly Option[] _ignored =
    [
        new Option<bool>("--disable-secrets") { Hidden = true },
        new Option<bool>("--disable-state") { Hidden = true },
        new Option<string?>("--secret-password") { Hidden = true },
        new Option<bool>("--skip-final-kustomize-generation", "-sf") { Hidden = true },
    ];

    public SharedOptions()
    {
        _pull.AcceptOnlyFromAmong("Always", "IfNotPresent", "Never");
        _secrets.AcceptOnlyFromAmong("external", "existing");
    }

    public void AddTo(Command command)
    {
        foreach (var option in (Option[])[_project, _manifest, _settings, _name, _namespace, _registry, _prefix, _tag, _pull, _secrets, _parameters, _quiet, .. _ignored])
        {
            command.Options.Add(option);
        }
    }

    public bool NonInteractive(ParseResult parse) => parse.GetValue(_quiet);

    /// <summary>Settings file first, command line on top.</summary>
    public async Task<ConversionOptions> ReadAsync(ParseResult parse, CancellationToken cancellationToken)
    {
        foreach (var option in _ignored.Where(option => parse.GetResult(option) is { Implicit: false }))
        {
            await parse.InvocationConfiguration.Error.WriteLineAsync($"{option.Name} has no effect: nura-manifests keeps no secrets and no state.");
        }

        var loaded = (await Settings.LoadAsync(parse.GetValue(_settings), ProjectFolder(parse), cancellationToken)).Options;
        var name = parse.GetValue(_name) ?? loaded.Name;
        if (!KubernetesNames.IsLabel(name) || name.Length > 40)
        {
            throw new ManifestToolException($"'{name}' cannot name a chart: lower-case letters, digits and hyphens, beginning with a letter, at most 40 characters.");
        }

        var space = parse.GetValue(_namespace) ?? loaded.Namespace;
        if (space is not null && !KubernetesNames.IsLabel(space))
        {
            throw new ManifestToolException($"'{space}' cannot name a namespace: lower-case letters, digits and hyphens, beginning with a letter, at most 63 characters.");
        }

        return loaded with
        {
            Name = name,
            Namespace = space,
            Registry = (parse.GetValue(_registry) ?? loaded.Registry).TrimEnd('/'),
            RepositoryPrefix = parse.GetValue(_prefix) ?? loaded.RepositoryPrefix,
            Tag = parse.GetValue(_tag) ?? loaded.Tag,
            ImagePullPolicy = parse.GetValue(_pull) ?? loaded.ImagePullPolicy,
            SecretSource = parse.GetValue(_secrets) ?? loaded.SecretSource,
            Parameters = loaded.Parameters.Concat(parse.GetValue(_parameters)!.Select(Pair)).GroupBy(pair => pair.Key).ToDictionary(group => group.Key, group => group.Last().Value),
        };
    }

    /// <summary>The manifest named by -m, or one published now from the AppHost.</summary>
    public async Task<AspireManifest> ManifestAsync(ParseResult parse, CancellationToken cancellationToken)
    {
        if (parse.GetValue(_manifest) is { } path)
        {
            return await ManifestReader.ReadAsync(path, cancellationToken);
        }

        if (parse.GetValue(_project) is not { } project)
        {
            throw new ManifestToolException("Name the AppHost with -p, or a published manifest with -m.");
        }

        var file = Path.Combine(ProjectFolder(parse), $".manifest-{Guid.CreateVersion7():N}.json");
        try
        {
            // Beside the AppHost, because paths in the manifest are relative to the file.
            var log = new StringWriter();
            await ToolProcess.RunAsync("dotnet", ["run", "--project", project, "--", "--publisher", "manifest", "--output-path", file], log, cancellationToken);
            return File.Exists(file)
                ? await ManifestReader.ReadAsync(file, cancellationToken)
                : throw new ManifestToolException($"'{project}' ran but published no manifest. Is it an Aspire AppHost? It printed: {log}");
        }
        finally
        {
            File.Delete(file);
        }
    }

    /// <summary>Folder of the AppHost, or the current one.</summary>
    public string ProjectFolder(ParseResult parse) => parse.GetValue(_project) switch
    {
        null => Directory.GetCurrentDirectory(),
        var project when File.Exists(project) => Path.GetDirectoryName(Path.GetFullPath(project))!,
        var project when Directory.Exists(project) => Path.GetFullPath(project),
        var project => throw new ManifestToolException($"There is no AppHost at '{project}'."),
    };

    private static KeyValuePair<string, string> Pair(string text) => text.IndexOf('=', StringComparison.Ordinal) is > 0 and var at
        ? KeyValuePair.Create(text[..at], text[(at + 1)..])
        : throw new ManifestToolException($"'-pa {text}' is not name=value.");
}
