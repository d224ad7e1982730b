using System.Text;
using Nura.Manifests.Expressions;
using Nura.Manifests.Manifest;
using Nura.Manifests.Model;
using Nura.Manifests.Output;

namespace Nura.Manifests.Compose;

/// <summary>A compose.yaml for one machine with a container engine. Secrets come from the environment or a .env file, which is never written here.</summary>
internal static class ComposeFile
{
    public const string FileName = "compose.yaml";

    public const string SecretsFile = ".env";

    /// <returns>Relative path and text of each file.</returns>
    public static IReadOnlyDictionary<string, string> Write(DeploymentSystem system, ConversionOptions options)
    {
        var services = new OrderedDictionary<string, object?>();
        var published = new HashSet<int>();
        foreach (var workload in system.Workloads)
        {
            services[workload.Name] = Service(system, workload, options, published);
        }

        var volumes = new OrderedDictionary<string, object?>();
        foreach (var volume in system.Workloads.SelectMany(workload => workload.Volumes))
        {
            volumes[volume.Name] = Tree.Map();
        }

        var files = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            [FileName] = YamlText.Write(Tree.Map(("name", system.Name), ("services", services), ("volumes", Tree.OrNull(volumes)))),
            [".env.example"] = Example(system),
        };
        foreach (var workload in system.Workloads)
        {
            foreach (var mount in workload.Files)
            {
                foreach (var (name, text) in mount.Content)
                {
                    files[$"{workload.Name}/{mount.Name}/{name}"] = text;
                }
            }
        }

        return files;
    }

    /// <summary>Variable that holds a secret.</summary>
    public static string Variable(SecretPart secret) => secret.Variable["SECRET_".Length..];

    private static OrderedDictionary<string, object?> Service(DeploymentSystem system, Workload workload, ConversionOptions options, HashSet<int> published)
    {
        var build = (workload.Source as ContainerResource)?.Build;
        var environment = new OrderedDictionary<string, object?>();
        foreach (var (name, value) in workload.Environment)
        {
            environment[name] = Text(system, value);
        }

        foreach (var (name, key) in workload.SecretEnvironment.Where(entry => !entry.Key.StartsWith("SECRET_", StringComparison.Ordinal)))
        {
            environment[name] = Reference(system.Secrets[key]);
        }

        var dependencies = new OrderedDictionary<string, object?>();
        foreach (var name in workload.ConnectsTo.Where(name => !Reaches(system, name, workload.Name)))
        {
            var target = system.Find(name);
            dependencies[name] = Tree.Map(("condition", target.Known?.Probe.Count > 0 ? "service_healthy" : target.Kind == WorkloadKind.Job ? "service_completed_successfully" : "service_started"));
        }

        return Tree.Map(
            ("image", workload.Image.Reference(options.Registry)),
            ("build", build is null ? null : Build(system, workload, build, options)),
            ("entrypoint", Tree.OrNull(workload.Command.Select(Escape).ToList())),
            ("command", Tree.OrNull(workload.Arguments.Select(argument => Text(system, argument)).ToList())),
            ("environment", Tree.OrNull(environment)),
            ("ports", Tree.OrNull(workload.Ports.Where(port => port.External).Select(port => $"127.0.0.1:{Publish(port, published)}:{port.ContainerPort}").ToList())),
            ("volumes", Tree.OrNull(Mounts(workload))),
            ("depends_on", Tree.OrNull(dependencies)),
            ("healthcheck", workload.Known?.Probe.Count > 0
                ? Tree.Map(("test", new List<string> { "CMD" }.Concat(workload.Known.Probe).ToList()), ("interval", "5s"), ("retries", 12))
                : null),
            ("security_opt", new List<object?> { "no-new-privileges:true" }),
            ("restart", workload.Kind == WorkloadKind.Job ? "no" : "unless-stopped"));
    }

    private static OrderedDictionary<string, object?> Build(DeploymentSystem system, Workload workload, ContainerBuild build, ConversionOptions options)
    {
        var arguments = new OrderedDictionary<string, object?>();
        foreach (var (name, value) in workload.BuildArguments)
        {
            arguments[name] = Escape(PlainText.BuildArgument(system, value));
        }

        // Absolute: the folder of the output is not the folder of the manifest.
        return Tree.Map(
            ("context", Path.GetFullPath(Path.Combine(options.ManifestDirectory, build.Context))),
            ("dockerfile", Path.GetFullPath(Path.Combine(options.ManifestDirectory, build.Dockerfile))),
            ("target", build.Stage),
            ("args", Tree.OrNull(arguments)));
    }

    private static List<string> Mounts(Workload workload) =>
    [
        .. workload.Volumes.Select(volume => $"{volume.Name}:{volume.MountPath}{(volume.ReadOnly ? ":ro" : "")}"),
        .. workload.Files.Select(files => $"./{workload.Name}/{files.Name}{(files.SubPath is null ? "" : "/" + files.SubPath)}:{files.MountPath}:ro"),
    ];

    /// <summary>Compose refuses circles in depends_on, which services may well have.</summary>
    private static bool Reaches(DeploymentSystem system, string from, string to)
    {
        var seen = new HashSet<string> { from };
        var open = new Stack<string>(seen);
        while (open.TryPop(out var name))
        {
            foreach (var next in system.Find(name).ConnectsTo)
            {
                if (next == to)
                {
                    return true;
                }

                if (seen.Add(next))
                {
                    open.Push(next);
                }
            }
        }

        return false;
    }

    private static int Publish(WorkloadPort port, HashSet<int> published)
    {
        var number = port.ServicePort;
        while (!published.Add(number))
        {
            number++;
        }

        return number;
    }

    private static string Text(DeploymentSystem system, ValueTemplate template) => template.Render(part => part switch
    {
        TextPart text => Escape(text.Text),
        SecretPart secret => Reference(secret),
        ParameterPart parameter => Escape(PlainText.Parameter(system, parameter)),
        HostPart host => KubernetesNames.Resource(host.Resource),
        // Inside the composition there is no Service in between: clients reach the container's own port.
        PortPart port => PlainText.Number(system.Find(KubernetesNames.Resource(port.Resource)).Ports.Single(candidate => candidate.Name == port.Endpoint).ContainerPort),
        ConnectionStringPart reference => Text(system, system.ConnectionStrings[reference.Resource]),
        _ => throw new InvalidOperationException($"No notation for {part}."),
    });

    private static string Reference(SecretPart secret) => $"${{{Variable(secret)}:?put {Variable(secret)} into {SecretsFile}}}";

    private static string Escape(string text) => text.Replace("$", "$$", StringComparison.Ordinal);

    private static string Example(DeploymentSystem system)
    {
        var text = new StringBuilder($"# Copy to {SecretsFile} and fill in; \"nura-manifests apply\" does so with random values where it may.\n");
        foreach (var secret in system.Secrets.Values)
        {
            var parameter = system.SecretParameters[secret.Parameter];
            text.Append(secret.Key != KubernetesNames.Resource(secret.Parameter) ? $"# {secret.Parameter}, percent-encoded\n"
                : parameter.Generate is { } generate ? $"# random, at least {generate.MinLength} characters{(generate.Special ? "" : ", letters and digits only")}\n" : "# yours\n");
            text.Append(Variable(secret)).Append("=\n");
        }

        return text.ToString();
    }
}
