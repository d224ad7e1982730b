using Nura.Manifests.Expressions;
using Nura.Manifests.Model;
using Nura.Manifests.Output;

namespace Nura.Manifests.Helm;

/// <summary>The tree behind values.yaml. The templates are the same for every system, so this is all that tells one chart from another.</summary>
internal static class ChartValues
{
    public static OrderedDictionary<string, object?> For(DeploymentSystem system, ConversionOptions options)
    {
        var values = Tree.Map(
            ("image", Tree.Map(("registry", options.Registry), ("pullPolicy", options.ImagePullPolicy), ("pullSecrets", options.PullSecrets.ToList<object?>()))),
            ("images", Tree.Map()),
            ("release", Tree.Map()),
            ("secrets", Secrets(system, options)),
            ("parameters", Entries(system.Parameters, parameter => parameter.Name, parameter => parameter.Default ?? "")),
            ("addresses", Addresses(system)),
            ("connectionStrings", Entries(system.ConnectionStrings, entry => entry.Key, entry => Text(system, entry.Value))),
            ("exposure", Tree.Map(
                ("type", "none"),
                ("host", ""),
                ("targetGroupArn", ""),
                ("className", "alb"),
                ("annotations", Tree.Map()),
                ("sourceCidrs", new List<object?> { "10.0.0.0/8" }),
                ("gateway", Tree.Map(("name", "public"), ("namespace", "gateway"))))),
            ("networkPolicy", Tree.Map(("enabled", true))),
            ("monitoring", Tree.Map(
                ("enabled", false),
                ("namespace", "monitoring"),
                ("interval", "30s"),
                ("prometheus", "http://kube-prometheus-stack-prometheus.monitoring.svc:9090"))),
            ("rollouts", Tree.Map(("namespace", "argo-rollouts"))),
            ("storage", Tree.Map(("className", ""), ("size", WorkloadDefaults.VolumeSize))),
            ("defaults", WorkloadDefaults.All()),
            ("workloads", Entries(system.Workloads, workload => workload.Name, workload => Workload(system, workload))));
        Tree.Overlay(values, options.Values);
        return values;
    }

    private static OrderedDictionary<string, object?> Secrets(DeploymentSystem system, ConversionOptions options) => Tree.Map(
        ("source", options.SecretSource),
        ("name", system.Name + "-secrets"),
        ("store", Tree.Map(("kind", WorkloadDefaults.SecretStoreKind), ("name", WorkloadDefaults.SecretStore))),
        ("path", system.Name),
        ("refreshInterval", "1h"),
        ("keys", Entries(system.Secrets.Values, secret => secret.Key, secret => Tree.Map(
            ("uriEncodedFrom", IsEncoded(secret) ? KubernetesNames.Resource(secret.Parameter) : null)))));

    private static bool IsEncoded(SecretPart secret) => secret.Key != KubernetesNames.Resource(secret.Parameter);

    private static OrderedDictionary<string, object?> Addresses(DeploymentSystem system) => Entries(
        system.Workloads.Where(workload => !workload.IsProject && workload.Ports.Count > 0),
        workload => workload.Name,
        workload => Tree.Map(
            ("host", workload.Name),
            ("ports", Entries(workload.Ports, port => port.Name, port => port.ServicePort)),
            ("cidrs", new List<object?>())));

    private static OrderedDictionary<string, object?> Workload(DeploymentSystem system, Workload workload) => Tree.Map(
        ("kind", workload.Kind.ToString()),
        ("image", Tree.Map(
            ("built", workload.Image.Built),
            ("repository", workload.Image.Repository),
            ("tag", workload.Image.Tag ?? ""),
            ("digest", workload.Image.Digest ?? ""))),
        ("command", Tree.OrNull(workload.Command.ToList())),
        ("args", Tree.OrNull(workload.Arguments.Select(argument => Text(system, argument)).ToList())),
        ("ports", Tree.OrNull(workload.Ports.Select(Port).ToList())),
        ("secretEnv", Tree.OrNull(Entries(workload.SecretEnvironment, entry => entry.Key, entry => entry.Value))),
        ("env", Tree.OrNull(Entries(workload.Environment, entry => entry.Key, entry => Text(system, entry.Value)))),
        ("connectsTo", Tree.OrNull(workload.ConnectsTo.ToList())),
        ("exposed", Tree.OrNull(Exposed(system, workload))),
        ("volumes", Tree.OrNull(workload.Volumes.Select(volume => Tree.Map(("name", volume.Name), ("mountPath", volume.MountPath), ("readOnly", volume.ReadOnly))).ToList())),
        ("files", Tree.OrNull(workload.Files.Select(Files).ToList())),
        ("probe", WorkloadDefaults.Probe(workload)),
        ("replicas", workload.Scales ? null : 1),
        ("autoscaling", workload.Scales ? null : Tree.Map(("enabled", false))),
        ("drainSeconds", workload.IsProject ? null : 0),
        ("runAsUser", workload.IsProject ? WorkloadDefaults.DotNetUser : workload.Known is { User: > 0 } known ? known.User : null),
        ("writablePaths", workload.Known is null ? null : WorkloadDefaults.WritablePaths(workload)),
        ("metrics", workload.IsProject && workload.Ports.Count > 0 ? Tree.Map(("enabled", true), ("port", workload.Ports[0].Name)) : null),
        ("egress", workload.IsProject ? Tree.Map(("telemetry", true)) : null));

    private static OrderedDictionary<string, object?> Port(WorkloadPort port) => Tree.Map(
        ("name", port.Name),
        ("containerPort", port.ContainerPort),
        ("servicePort", port.ServicePort),
        ("protocol", port.Protocol),
        ("appProtocol", port.Http2 ? "kubernetes.io/h2c" : null));

    private static List<OrderedDictionary<string, object?>> Exposed(DeploymentSystem system, Workload workload)
    {
        // One public endpoint owns the host name; several get a name each below it.
        var alone = system.Workloads.Sum(other => other.Ports.Count(port => port.External)) == 1;
        return [.. workload.Ports.Where(port => port.External).Select((port, index) => Tree.Map(
            ("port", port.Name),
            ("host", alone ? "{{ .Values.exposure.host }}" : (index == 0 ? workload.Name : $"{workload.Name}-{port.Name}") + ".{{ .Values.exposure.host }}")))];
    }

    private static OrderedDictionary<string, object?> Files(WorkloadFiles files) => Tree.Map(
        ("name", files.Name),
        ("mountPath", files.MountPath),
        ("subPath", files.SubPath),
        ("content", Entries(files.Content, file => file.Key, file => file.Value)));

    /// <summary>A value in Helm's notation: evaluated by "tpl", and by Kubernetes where it refers to a secret's variable.</summary>
    private static string Text(DeploymentSystem system, ValueTemplate template)
    {
        return template.Render(part => part switch
        {
            TextPart text => KubernetesText.Escape(text.Text).Replace("{{", "{{ \"{{\" }}", StringComparison.Ordinal),
            SecretPart secret => $"$({secret.Variable})",
            ParameterPart parameter =>
                $"{{{{ required \"Set parameters.{parameter.Name}\" (index .Values.parameters \"{parameter.Name}\"){(parameter.UriEncoded ? " | urlquery | replace \"+\" \"%20\"" : "")} }}}}",
            HostPart host when IsProject(host.Resource) => KubernetesNames.Resource(host.Resource),
            PortPart port when IsProject(port.Resource) => PlainText.Number(port.Port),
            HostPart host => $"{{{{ (index .Values.addresses \"{KubernetesNames.Resource(host.Resource)}\").host }}}}",
            PortPart port => $"{{{{ index .Values.addresses \"{KubernetesNames.Resource(port.Resource)}\" \"ports\" \"{port.Endpoint}\" }}}}",
            ConnectionStringPart reference => $"{{{{ tpl (index .Values.connectionStrings \"{reference.Resource}\") . }}}}",
            _ => throw new InvalidOperationException($"No notation for {part}."),
        });

        bool IsProject(string resource) => system.Find(KubernetesNames.Resource(resource)).IsProject;
    }

    private static OrderedDictionary<string, object?> Entries<T>(IEnumerable<T> items, Func<T, string> key, Func<T, object?> value)
    {
        var map = new OrderedDictionary<string, object?>();
        foreach (var item in items)
        {
            map[key(item)] = value(item);
        }

        return map;
    }
}
