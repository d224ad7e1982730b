using Nura.Manifests.Expressions;
using Nura.Manifests.Manifest;

namespace Nura.Manifests.Model;

/// <summary>Something that runs in the cluster.</summary>
internal sealed record Workload
{
    /// <summary>Name of the workload, its Service and its ServiceAccount.</summary>
    public required string Name { get; init; }

    public required ComputeResource Source { get; init; }

    public required WorkloadKind Kind { get; init; }

    public required WorkloadImage Image { get; init; }

    public IReadOnlyList<WorkloadPort> Ports { get; init; } = [];

    /// <summary>Environment without what is exactly one secret, in manifest order.</summary>
    public IReadOnlyList<KeyValuePair<string, ValueTemplate>> Environment { get; init; } = [];

    /// <summary>Environment variables that come straight from the secret store: name and key.</summary>
    public IReadOnlyDictionary<string, string> SecretEnvironment { get; init; } = new SortedDictionary<string, string>();

    public IReadOnlyList<string> Command { get; init; } = [];

    public IReadOnlyList<ValueTemplate> Arguments { get; init; } = [];

    /// <summary>Arguments of the image's build; never a secret, as they stay readable in the image.</summary>
    public IReadOnlyList<KeyValuePair<string, ValueTemplate>> BuildArguments { get; init; } = [];

    public IReadOnlyList<WorkloadVolume> Volumes { get; init; } = [];

    public IReadOnlyList<WorkloadFiles> Files { get; init; } = [];

    /// <summary>Names of the workloads this one calls: the only ones the network lets it reach.</summary>
    public IReadOnlyList<string> ConnectsTo { get; init; } = [];

    /// <summary>What is known about a public image that the manifest does not say.</summary>
    public KnownImage? Known { get; init; }

    /// <summary>Whether replicas may come and go: what is built here is an application, a public image may well keep state.</summary>
    public bool Scales => Kind == WorkloadKind.Deployment && Image.Built;

    public bool IsProject => Source is ProjectResource;
}

internal enum WorkloadKind
{
    /// <summary>Interchangeable replicas.</summary>
    Deployment,

    /// <summary>Keeps data on a volume.</summary>
    StatefulSet,

    /// <summary>Runs to its end, once for each version.</summary>
    Job,
}

/// <param name="Built">True when the image comes from this repository: it then lives in the configured registry and is pinned by the release.</param>
/// <param name="Repository">Without registry for built images, as written otherwise.</param>
/// <param name="Tag">Null when only a digest is known.</param>
/// <param name="Digest">"sha256:..." or null.</param>
internal sealed record WorkloadImage(bool Built, string Repository, string? Tag, string? Digest)
{
    /// <summary>The full reference, with the registry of built images in front.</summary>
    public string Reference(string registry) => (Built && registry.Length > 0 ? registry + "/" : "") + Repository + (Digest is null ? ":" + Tag : "@" + Digest);
}

/// <summary>A port by its name in the cluster (at most 15 characters) and the endpoints it serves: https of a project is served by its http port, as TLS ends at the load balancer.</summary>
internal sealed record WorkloadPort(string Name, IReadOnlyList<string> Endpoints, int ContainerPort, int ServicePort, string Protocol, string Scheme, bool Http2, bool External)
{
    public bool Serves(string endpoint) => Endpoints.Contains(endpoint, StringComparer.OrdinalIgnoreCase);
}

internal sealed record WorkloadVolume(string Name, string MountPath, bool ReadOnly);

/// <summary>Files of a bind mount, carried into the cluster as a ConfigMap. The sub-path is set when a single file is mounted.</summary>
internal sealed record WorkloadFiles(string Name, string MountPath, string? SubPath, IReadOnlyDictionary<string, string> Content);
