namespace Nura.Manifests.Manifest;

/// <summary>What an AppHost published: its resources in the order they were added.</summary>
/// <param name="Directory">Folder of the manifest file; paths inside the manifest are relative to it.</param>
/// <param name="Resources">In manifest order.</param>
/// <remarks>Format: https://json.schemastore.org/aspire-8.0.json.</remarks>
internal sealed record AspireManifest(string Directory, IReadOnlyList<ManifestResource> Resources)
{
    private readonly Dictionary<string, ManifestResource> _byName = Resources.ToDictionary(resource => resource.Name, StringComparer.OrdinalIgnoreCase);

    /// <summary>The resource of that name, or null. Aspire's names ignore case.</summary>
    public ManifestResource? Find(string name) => _byName.GetValueOrDefault(name);
}

/// <summary>One entry of "resources".</summary>
internal abstract record ManifestResource(string Name);

/// <summary>Something that runs: a project, a container, an image built from a Dockerfile.</summary>
internal abstract record ComputeResource(string Name) : ManifestResource(Name)
{
    public IReadOnlyList<KeyValuePair<string, string>> Environment { get; init; } = [];

    public IReadOnlyList<string> Arguments { get; init; } = [];

    public IReadOnlyList<ManifestBinding> Bindings { get; init; } = [];
}

internal sealed record ProjectResource(string Name, string Path) : ComputeResource(Name);

internal sealed record ContainerResource(string Name) : ComputeResource(Name)
{
    /// <summary>Null when the image is built from <see cref="Build"/>.</summary>
    public string? Image { get; init; }

    public ContainerBuild? Build { get; init; }

    public string? Entrypoint { get; init; }

    public string? ConnectionString { get; init; }

    public IReadOnlyList<ManifestVolume> Volumes { get; init; } = [];

    public IReadOnlyList<ManifestBindMount> BindMounts { get; init; } = [];
}

/// <summary>How an image is built. Paths are relative to the manifest.</summary>
internal sealed record ContainerBuild(string Context, string Dockerfile, string? Stage, IReadOnlyList<KeyValuePair<string, string>> Arguments);

internal sealed record ParameterResource(string Name, string Value) : ManifestResource(Name)
{
    public bool Secret { get; init; }

    /// <summary>A value to use when none is given. Never set for a secret: what the manifest says there is dropped while reading.</summary>
    public string? Default { get; init; }

    /// <summary>Length and classes of a value to generate, when the AppHost asked for one.</summary>
    public GeneratedValue? Generate { get; init; }
}

internal sealed record GeneratedValue(int MinLength, bool Lower, bool Upper, bool Numeric, bool Special);

/// <summary>A name for a connection string that is made of others, such as a database on a server.</summary>
internal sealed record ValueResource(string Name, string ConnectionString) : ManifestResource(Name);

/// <summary>Another resource's value passed through a filter; "uri" is the only one Aspire writes.</summary>
internal sealed record AnnotatedStringResource(string Name, string Value, string Filter) : ManifestResource(Name);

internal sealed record ManifestBinding(string Name, string Scheme, string Protocol, string Transport, int? Port, int? TargetPort, bool External);

internal sealed record ManifestVolume(string? Name, string Target, bool ReadOnly);

internal sealed record ManifestBindMount(string Source, string Target, bool ReadOnly);
