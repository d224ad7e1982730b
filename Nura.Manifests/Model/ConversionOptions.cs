namespace Nura.Manifests.Model;

/// <summary>What the manifest leaves open and the caller decides.</summary>
internal sealed record ConversionOptions
{
    /// <summary>Name of the chart, of the secret and of the composition.</summary>
    public string Name { get; init; } = "app";

    /// <summary>Namespace to write into Kustomize output; null leaves it to the caller.</summary>
    public string? Namespace { get; init; }

    /// <summary>Registry of the images built here, such as "123456789012.dkr.ecr.us-east-1.amazonaws.com".</summary>
    public string Registry { get; init; } = "";

    /// <summary>Put before each built image's name; joined by "/" unless it ends in "-".</summary>
    public string RepositoryPrefix { get; init; } = "";

    /// <summary>Tag of the images built here, until a release pins their digests.</summary>
    public string Tag { get; init; } = "latest";

    public string ImagePullPolicy { get; init; } = "IfNotPresent";

    /// <summary>Names of Secrets that nodes pull images with.</summary>
    public IReadOnlyList<string> PullSecrets { get; init; } = [];

    /// <summary>"external" makes an ExternalSecret; "existing" expects a Secret that someone else keeps.</summary>
    public string SecretSource { get; init; } = "external";

    /// <summary>Values for parameters that are not secret.</summary>
    public IReadOnlyDictionary<string, string> Parameters { get; init; } = new Dictionary<string, string>();

    /// <summary>Kinds that the manifest cannot say, such as a migration that runs to its end.</summary>
    public IReadOnlyDictionary<string, WorkloadKind> Kinds { get; init; } = new Dictionary<string, WorkloadKind>();

    /// <summary>Folder of the manifest, which its paths are relative to.</summary>
    public string ManifestDirectory { get; init; } = "";

    /// <summary>Laid over the generated values of a chart, by the path they have there.</summary>
    public IReadOnlyDictionary<string, object?> Values { get; init; } = new Dictionary<string, object?>();
}
