using System.Text.RegularExpressions;
using Nura.Manifests.Expressions;
using Nura.Manifests.Manifest;

namespace Nura.Manifests.Model;

/// <summary>Manifest in, deployable system out. Everything that can be wrong with a manifest is found here, before a file is written.</summary>
internal sealed partial class SystemBuilder
{
    private readonly AspireManifest _manifest;

    private readonly ConversionOptions _options;

    private readonly ExpressionResolver _resolver;

    private readonly Dictionary<string, IReadOnlyList<WorkloadPort>> _ports = [];

    private readonly Dictionary<string, WorkloadKind> _kinds = [];

    private readonly SortedSet<string> _notes = new(StringComparer.Ordinal);

    private SystemBuilder(AspireManifest manifest, ConversionOptions options)
    {
        _manifest = manifest;
        _options = options;
        foreach (var unknown in options.Kinds.Keys.Where(name => manifest.Find(name) is not ComputeResource))
        {
            throw new ManifestToolException($"The settings give a kind to '{unknown}', but the manifest has no such workload.");
        }

        foreach (var resource in manifest.Resources.OfType<ComputeResource>())
        {
            var kind = options.Kinds.TryGetValue(resource.Name, out var chosen) ? chosen
                : resource is ContainerResource { Volumes.Count: > 0 } ? WorkloadKind.StatefulSet
                : WorkloadKind.Deployment;
            KubernetesNames.Workload(resource.Name, kind);
            _kinds[resource.Name] = kind;
            _ports[resource.Name] = PortPlan.For(resource, kind);
        }

        _resolver = new ExpressionResolver(manifest, _ports);
    }

    /// <exception cref="ManifestToolException">The manifest or the options cannot be turned into a working system.</exception>
    public static DeploymentSystem Build(AspireManifest manifest, ConversionOptions options) => new SystemBuilder(manifest, options).Build();

    private DeploymentSystem Build()
    {
        var drafts = _manifest.Resources.OfType<ComputeResource>().Select(Draft).ToList();
        if (drafts.Count == 0)
        {
            throw new ManifestToolException("The manifest has nothing that runs: no project, container or Dockerfile.");
        }

        // Also those no workload uses: an operator may want to look them up.
        foreach (var resource in _manifest.Resources.Where(resource => resource is ValueResource or ContainerResource { ConnectionString: not null }))
        {
            _resolver.Resolve($"{{{resource.Name}.connectionString}}", resource.Name, "connectionString");
        }

        var system = new DeploymentSystem
        {
            Name = _options.Name,
            Workloads = drafts,
            ConnectionStrings = _resolver.ConnectionStrings,
            Parameters = [],
            Secrets = new Dictionary<string, SecretPart>(),
            SecretParameters = new Dictionary<string, ParameterResource>(),
            Notes = [],
        };
        var workloads = drafts.Select(draft => Connect(system, draft)).ToList();
        var parts = workloads.SelectMany(workload => Values(workload).SelectMany(system.Expand)).ToList();
        var secrets = new SortedDictionary<string, SecretPart>(StringComparer.Ordinal);
        foreach (var secret in parts.OfType<SecretPart>().Concat(workloads.SelectMany(DirectSecrets)))
        {
            secrets[secret.Key] = secret;
            // An encoded form is made from the plain one, which therefore must be fetched too.
            secrets[KubernetesNames.Resource(secret.Parameter)] = new SecretPart(KubernetesNames.Resource(secret.Parameter), secret.Parameter);
        }

        var used = parts.OfType<ParameterPart>().Select(parameter => parameter.Name).ToHashSet();
        RejectUnknownParameters(used);
        return system with
        {
            Workloads = workloads,
            Secrets = secrets,
            SecretParameters = secrets.Values.Select(secret => secret.Parameter).Distinct()
                .ToDictionary(name => name, name => (ParameterResource)_manifest.Find(name)!),
            Parameters = [.. _manifest.Resources.OfType<ParameterResource>().Where(parameter => used.Contains(parameter.Name))
                .Select(parameter => _options.Parameters.TryGetValue(parameter.Name, out var value) ? parameter with { Default = value } : parameter)],
            Notes = [.. _notes],
        };
    }

    private Workload Draft(ComputeResource resource)
    {
        var environment = new List<KeyValuePair<string, ValueTemplate>>();
        var secrets = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, text) in resource.Environment)
        {
            if (!EnvironmentName().IsMatch(name))
            {
                throw new ManifestToolException($"Resource '{resource.Name}': '{name}' is not a name for an environment variable.");
            }

            if (IsHttpsTwin(name, text))
            {
                _notes.Add("TLS ends at the load balancer: https addresses of projects are left out, their http twins stay.");
                continue;
            }

            var value = _resolver.Resolve(text, resource.Name, "env " + name);
            if (value.Single<SecretPart>() is { } secret)
            {
                secrets[name] = secret.Key;
            }
            else
            {
                environment.Add(KeyValuePair.Create(name, value));
            }
        }

        var kind = _kinds[resource.Name];
        var image = Image(resource);
        var container = resource as ContainerResource;
        if (kind == WorkloadKind.Deployment && container is { ConnectionString: not null })
        {
            _notes.Add($"'{resource.Name}' has no volume: what it stores is gone when its pod is.");
        }

        return new Workload
        {
            Name = KubernetesNames.Resource(resource.Name),
            Source = resource,
            Kind = kind,
            Image = image,
            Ports = _ports[resource.Name],
            Environment = environment,
            SecretEnvironment = secrets,
            Command = container?.Entrypoint is { } entrypoint ? [entrypoint] : [],
            Arguments = [.. resource.Arguments.Select((text, index) => _resolver.Resolve(text, resource.Name, $"args {index}"))],
            BuildArguments = [.. (container?.Build?.Arguments ?? []).Select(argument => KeyValuePair.Create(argument.Key, BuildArgument(resource, argument)))],
            Volumes = VolumePlan.Volumes(resource),
            Files = VolumePlan.Files(resource, _manifest.Directory, _notes),
            Known = container?.Image is null ? null : KnownImage.Find(image.Repository),
        };
    }

    private ValueTemplate BuildArgument(ComputeResource resource, KeyValuePair<string, string> argument)
    {
        var value = _resolver.Resolve(argument.Value, resource.Name, "build argument " + argument.Key);
        return value.Parts.Any(part => part is not (TextPart or ParameterPart))
            ? throw new ManifestToolException(
                $"Resource '{resource.Name}', build argument {argument.Key}: '{argument.Value}' is only known when the system runs, or is a secret that would stay readable in the image. Use an environment variable.")
            : value;
    }

    /// <summary>Adds what follows from all values together: the secrets inside longer values and the workloads that are called.</summary>
    private static Workload Connect(DeploymentSystem system, Workload workload)
    {
        var parts = Values(workload).SelectMany(system.Expand).ToList();
        var secrets = new SortedDictionary<string, string>(workload.SecretEnvironment.ToDictionary(), StringComparer.Ordinal);
        foreach (var secret in parts.OfType<SecretPart>())
        {
            if (workload.Environment.Any(entry => entry.Key == secret.Variable) || (secrets.TryGetValue(secret.Variable, out var other) && other != secret.Key))
            {
                throw new ManifestToolException(
                    $"Resource '{workload.Source.Name}' sets '{secret.Variable}', a name that is needed for the secret '{secret.Key}'. Rename the variable.");
            }

            secrets[secret.Variable] = secret.Key;
        }

        return workload with
        {
            SecretEnvironment = secrets,
            ConnectsTo = [.. parts.OfType<HostPart>().Select(host => KubernetesNames.Resource(host.Resource))
                .Where(name => name != workload.Name).Distinct().Order(StringComparer.Ordinal)],
        };
    }

    private static IEnumerable<ValueTemplate> Values(Workload workload) =>
        workload.Environment.Select(entry => entry.Value).Concat(workload.Arguments).Concat(workload.BuildArguments.Select(entry => entry.Value));

    private IEnumerable<SecretPart> DirectSecrets(Workload workload) => workload.Source.Environment
        .Where(entry => workload.SecretEnvironment.ContainsKey(entry.Key))
        .Select(entry => _resolver.Resolve(entry.Value, workload.Name, "env " + entry.Key).Single<SecretPart>()).OfType<SecretPart>();

    private WorkloadImage Image(ComputeResource resource)
    {
        if (resource is ContainerResource { Image: { } image })
        {
            var (repository, tag, digest) = ImageReference.Split(image, resource.Name);
            if (tag is null or "latest" && digest is null)
            {
                _notes.Add($"'{resource.Name}' runs '{repository}:latest', which changes under you. Give it a tag or a digest.");
            }

            return new WorkloadImage(false, repository, tag ?? (digest is null ? "latest" : null), digest);
        }

        var prefix = _options.RepositoryPrefix;
        var separator = prefix.Length == 0 || prefix.EndsWith('-') || prefix.EndsWith('/') ? "" : "/";
        return new WorkloadImage(true, prefix + separator + KubernetesNames.Resource(resource.Name), _options.Tag, null);
    }

    /// <summary>Aspire writes two addresses for each project; the https one would be a plain http port in the cluster.</summary>
    private bool IsHttpsTwin(string name, string text) =>
        HttpsReference().Match(text) is { Success: true } match
        && (name.EndsWith("_HTTPS", StringComparison.Ordinal) || name.Contains("__https__", StringComparison.Ordinal))
        && _manifest.Find(match.Groups["name"].Value) is ProjectResource project
        && project.Bindings.Any(binding => binding.Scheme == "http");

    private void RejectUnknownParameters(HashSet<string> used)
    {
        foreach (var name in _options.Parameters.Keys)
        {
            if (_manifest.Find(name) is not ParameterResource parameter)
            {
                throw new ManifestToolException($"There is no parameter '{name}' in the manifest. It has: {string.Join(", ", used.Order())}.");
            }

            if (parameter.Secret)
            {
                throw new ManifestToolException(
                    $"Parameter '{name}' is a secret, and secrets are never written to the output. Put it into the secret store under the key '{KubernetesNames.Resource(name)}'.");
            }
        }
    }

    [GeneratedRegex("^[A-Za-z_.-][A-Za-z0-9_.-]*$")]
    private static partial Regex EnvironmentName();

    [GeneratedRegex(@"^\{(?<name>[^.{}]+)\.bindings\.https\.url\}$")]
    private static partial Regex HttpsReference();
}
