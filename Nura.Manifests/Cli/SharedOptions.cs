using System.CommandLine;
using Nura.Manifests.Manifest;
using Nura.Manifests.Model;

namespace Nura.Manifests.Cli;

/// <summary>Options that several verbs have in common; names as in aspirate.</summary>
internal sealed class SharedOptions
{
    private const string PullSecret = "image-pull-secret";

    private readonly Option<string?> _project = new("--project-path", "-p") { Description = "The AppHost: its folder or .csproj. Used to publish the manifest when -m is not given." };

    private readonly Option<string?> _manifest = new("--aspire-manifest", "-m") { Description = "A manifest that was published before." };

    private readonly Option<string?> _settings = new("--settings") { Description = $"Settings file; by default {Settings.FileName} beside the AppHost if -p is given, else in the current folder." };

    private readonly Option<string?> _name = new("--name") { Description = "Name of the chart, of its Secret and of the composition." };

    private readonly Option<string?> _namespace = new("--namespace") { Description = "Kubernetes namespace." };

    private readonly Option<string?> _registry = new("--container-registry", "-cr") { Description = "Registry of the images built here." };

    private readonly Option<string?> _prefix = new("--container-repository-prefix", "-crp") { Description = "Prefix of their names; joined by '/' unless it ends in '-'." };

    private readonly Option<string?> _tag = new("--container-image-tag", "-ct") { Description = "Their tag." };

    private readonly Option<string?> _pull = new("--image-pull-policy") { Description = "Always, IfNotPresent or Never." };

    private readonly Option<string?> _secrets = new("--secret-source") { Description = "external (ExternalSecret) or existing (a Secret kept by someone else)." };

    private readonly Option<string[]> _parameters = new("--parameter", "-pa") { Description = "name=value for a parameter that is not secret; may be repeated.", DefaultValueFactory = _ => [] };

    private readonly Option<string?> _profile = new("--launch-profile", "-lp") { Description = "Launch profile of the AppHost when it publishes its manifest." };

    private readonly Option<bool> _private = new("--private-registry") { Description = $"Pull images with the Secret {PullSecret}, which somebody else keeps." };

    private readonly Option<bool> _quiet = new("--non-interactive") { Description = "Never ask; take defaults and fail where there is none." };

    // Known to scripts written for aspirate. This tool never stores secrets or state, so there is nothing to switch off; it
    // has one set of templates, and telemetry goes where the cluster collects it.
    private readonly Option[] _ignored =
    [
        .. Stateless(),
        new Option<bool>("--skip-final-kustomize-generation", "-sf") { Hidden = true },
        new Option<bool>("--replace-secrets") { Hidden = true },
        new Option<bool>("--include-dashboard", "--with-dashboard") { Hidden = true },
        new Option<string?>("--template-path", "-tp") { Hidden = true },
        new Option<string[]>("--compose-build") { Hidden = true },
        new Option<string?>("--private-registry-url") { Hidden = true },
        new Option<string?>("--private-registry-username") { Hidden = true },
        new Option<string?>("--private-registry-password") { Hidden = true },
        new Option<string?>("--private-registry-email") { Hidden = true },
    ];

    public SharedOptions()
    {
        _pull.AcceptOnlyFromAmong("Always", "IfNotPresent", "Never");
        _secrets.AcceptOnlyFromAmong("external", "existing");
    }

    public void AddTo(Command command)
    {
        foreach (var option in (Option[])[_project, _manifest, _settings, _name, _namespace, _registry, _prefix, _tag, _pull, _secrets, _parameters, _profile, _private, _quiet, .. _ignored])
        {
            command.Options.Add(option);
        }
    }

    public bool NonInteractive(ParseResult parse) => parse.GetValue(_quiet);

    /// <summary>Options of aspirate about the secrets and the state that it keeps: known everywhere, without effect.</summary>
    public static Option[] Stateless() =>
    [
        new Option<bool>("--disable-secrets") { Hidden = true },
        new Option<bool>("--disable-state") { Hidden = true },
        new Option<string?>("--secret-password") { Hidden = true },
    ];

    /// <summary>Settings file first, command line on top.</summary>
    public async Task<ConversionOptions> ReadAsync(ParseResult parse, CancellationToken cancellationToken)
    {
        foreach (var option in _ignored.Where(option => parse.GetResult(option) is { Implicit: false }))
        {
            await parse.InvocationConfiguration.Error.WriteLineAsync($"{option.Name} has no effect: {Reason(option.Name)}");
        }

        var loaded = (await Settings.LoadAsync(parse.GetValue(_settings), ProjectFolder(parse), cancellationToken)).Options;
        var name = Text(parse, _name) ?? loaded.Name;
        if (!KubernetesNames.IsLabel(name) || name.Length > 40)
        {
            throw new ManifestToolException($"'{name}' cannot name a chart: lower-case letters, digits and hyphens, beginning with a letter, at most 40 characters.");
        }

        var space = Text(parse, _namespace) ?? loaded.Namespace;
        if (space is not null && !KubernetesNames.IsLabel(space))
        {
            throw new ManifestToolException($"'{space}' cannot name a namespace: lower-case letters, digits and hyphens, beginning with a letter, at most 63 characters.");
        }

        return loaded with
        {
            Name = name,
            Namespace = space,
            Registry = (Text(parse, _registry) ?? loaded.Registry).TrimEnd('/'),
            RepositoryPrefix = Text(parse, _prefix) ?? loaded.RepositoryPrefix,
            Tag = Text(parse, _tag) ?? loaded.Tag,
            ImagePullPolicy = Text(parse, _pull) ?? loaded.ImagePullPolicy,
            PullSecrets = parse.GetValue(_private) ? [PullSecret] : loaded.PullSecrets,
            SecretSource = parse.GetValue(_secrets) ?? loaded.SecretSource,
            Parameters = loaded.Parameters.Concat(parse.GetValue(_parameters)!.Select(Pair)).GroupBy(pair => pair.Key).ToDictionary(group => group.Key, group => group.Last().Value),
        };
    }

    /// <summary>The manifest named by -m, or one published now from the AppHost.</summary>
    public async Task<AspireManifest> ManifestAsync(ParseResult parse, CancellationToken cancellationToken)
    {
        if (Text(parse, _manifest) is { } path)
        {
            return await ManifestReader.ReadAsync(path, cancellationToken);
        }

        if (Text(parse, _project) is not { } project)
        {
            throw new ManifestToolException("Name the AppHost with -p, or a published manifest with -m.");
        }

        var file = Path.Combine(ProjectFolder(parse), $".manifest-{Guid.CreateVersion7():N}.json");
        try
        {
            // Beside the AppHost, because paths in the manifest are relative to the file.
            var log = new StringWriter();
            string[] profile = Text(parse, _profile) is { } chosen ? ["--launch-profile", chosen] : [];
            await ToolProcess.RunAsync("dotnet", ["run", "--project", project, .. profile, "--", "--publisher", "manifest", "--output-path", file], log, cancellationToken);
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
    public string ProjectFolder(ParseResult parse) => Text(parse, _project) switch
    {
        null => Directory.GetCurrentDirectory(),
        var project when File.Exists(project) => Path.GetDirectoryName(Path.GetFullPath(project))!,
        var project when Directory.Exists(project) => Path.GetFullPath(project),
        var project => throw new ManifestToolException($"There is no AppHost at '{project}'."),
    };

    /// <summary>The option, or its twin in the environment as aspirate names it: --container-registry is ASPIRATE_CONTAINER_REGISTRY.</summary>
    private static string? Text(ParseResult parse, Option<string?> option) => parse.GetValue(option)
        ?? (Environment.GetEnvironmentVariable("ASPIRATE_" + option.Name.TrimStart('-').Replace('-', '_').ToUpperInvariant()) is { Length: > 0 } twin ? twin : null);

    private static string Reason(string option) => option switch
    {
        "--template-path" => "the templates are the same for every system; change values instead.",
        "--include-dashboard" => "telemetry goes where OTEL_EXPORTER_OTLP_ENDPOINT says.",
        "--compose-build" => "images are built by 'nura-manifests build'.",
        _ when option.StartsWith("--private-registry-", StringComparison.Ordinal) =>
            $"credentials are not written to the output. Make the Secret yourself: kubectl create secret docker-registry {PullSecret} ...",
        _ => "nura-manifests keeps no secrets and no state.",
    };

    private static KeyValuePair<string, string> Pair(string text) => text.IndexOf('=', StringComparison.Ordinal) is > 0 and var at
        ? KeyValuePair.Create(text[..at], text[(at + 1)..])
        : throw new ManifestToolException($"'-pa {text}' is not name=value.");
}
