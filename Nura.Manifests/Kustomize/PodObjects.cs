using Nura.Manifests.Expressions;
using Nura.Manifests.Helm;
using Nura.Manifests.Model;
using Nura.Manifests.Output;

namespace Nura.Manifests.Kustomize;

/// <summary>The pod of a workload as plain objects: what the chart's templates make of its default values.</summary>
internal sealed class PodObjects(DeploymentSystem system, ConversionOptions options)
{
    private static readonly string[] s_spreadKeys = ["topology.kubernetes.io/zone", "kubernetes.io/hostname"];

    public OrderedDictionary<string, object?> Selector(string name) => Tree.Map(
        ("app.kubernetes.io/name", name),
        ("app.kubernetes.io/instance", system.Name));

    public OrderedDictionary<string, object?> Template(Workload workload)
    {
        var labels = Selector(workload.Name);
        labels["app.kubernetes.io/part-of"] = system.Name;
        return Tree.Map(("metadata", Tree.Map(("labels", labels))), ("spec", Spec(workload)));
    }

    private OrderedDictionary<string, object?> Spec(Workload workload)
    {
        var user = User(workload);
        return Tree.Map(
            ("serviceAccountName", workload.Name),
            ("automountServiceAccountToken", false),
            ("enableServiceLinks", false),
            ("restartPolicy", workload.Kind == WorkloadKind.Job ? "Never" : null),
            ("terminationGracePeriodSeconds", WorkloadDefaults.GraceSeconds),
            ("imagePullSecrets", Tree.OrNull(options.PullSecrets.Select(name => Tree.Map(("name", name))).ToList())),
            ("securityContext", Tree.Map(
                ("runAsNonRoot", true),
                ("runAsUser", user),
                ("runAsGroup", user),
                ("fsGroup", user),
                ("fsGroupChangePolicy", user is null ? null : "OnRootMismatch"),
                ("seccompProfile", Tree.Map(("type", "RuntimeDefault"))))),
            ("containers", new List<object?> { Container(workload) }),
            ("volumes", Volumes(workload)),
            ("topologySpreadConstraints", workload.Kind == WorkloadKind.Job ? null : Spread(workload)));
    }

    private OrderedDictionary<string, object?> Container(Workload workload)
    {
        var probe = WorkloadDefaults.Probe(workload);
        var drains = workload is { IsProject: true, Ports.Count: > 0 } && workload.Kind != WorkloadKind.Job;
        return Tree.Map(
            ("name", workload.Name),
            ("image", workload.Image.Reference(options.Registry)),
            ("imagePullPolicy", options.ImagePullPolicy),
            ("command", Tree.OrNull(workload.Command.ToList())),
            ("args", Tree.OrNull(workload.Arguments.Select(Text).ToList())),
            ("ports", Tree.OrNull(workload.Ports.Select(port => Tree.Map(("name", port.Name), ("containerPort", port.ContainerPort), ("protocol", port.Protocol))).ToList())),
            ("env", Tree.OrNull(Environment(workload))),
            ("startupProbe", Probe(probe, "liveness", ("periodSeconds", 2), ("failureThreshold", WorkloadDefaults.StartupSeconds / 2))),
            ("livenessProbe", Probe(probe, "liveness", ("periodSeconds", 10), ("timeoutSeconds", 3), ("failureThreshold", 3))),
            ("readinessProbe", Probe(probe, "readiness", ("periodSeconds", 5), ("timeoutSeconds", 3), ("failureThreshold", 3))),
            ("lifecycle", drains ? Tree.Map(("preStop", Tree.Map(("sleep", Tree.Map(("seconds", WorkloadDefaults.DrainSeconds)))))) : null),
            ("resources", WorkloadDefaults.Resources()),
            ("securityContext", Tree.Map(
                ("allowPrivilegeEscalation", false),
                ("readOnlyRootFilesystem", true),
                ("capabilities", Tree.Map(("drop", new List<object?> { "ALL" }))))),
            ("volumeMounts", Mounts(workload)));
    }

    private List<OrderedDictionary<string, object?>> Environment(Workload workload) =>
    [
        .. workload.SecretEnvironment.Select(secret => Tree.Map(
            ("name", secret.Key),
            ("valueFrom", Tree.Map(("secretKeyRef", Tree.Map(("name", system.Name + "-secrets"), ("key", secret.Value))))))),
        .. workload.Environment.OrderBy(entry => entry.Key, StringComparer.Ordinal).Select(entry => Tree.Map(("name", entry.Key), ("value", Text(entry.Value)))),
    ];

    private static OrderedDictionary<string, object?>? Probe(OrderedDictionary<string, object?> probe, string path, params ReadOnlySpan<(string Key, object? Value)> timing)
    {
        var result = probe["type"] switch
        {
            "http" => Tree.Map(("httpGet", Tree.Map(("path", probe[path]), ("port", probe["port"])))),
            "tcp" => Tree.Map(("tcpSocket", Tree.Map(("port", probe["port"])))),
            "exec" => Tree.Map(("exec", Tree.Map(("command", probe["command"])))),
            _ => null,
        };
        foreach (var (key, value) in timing)
        {
            result?.Add(key, value);
        }

        return result;
    }

    private static List<OrderedDictionary<string, object?>> Mounts(Workload workload) =>
    [
        .. WorkloadDefaults.WritablePaths(workload).Select((path, index) => Tree.Map(("name", "scratch"), ("mountPath", path), ("subPath", $"d{index}"))),
        .. workload.Volumes.Select(volume => Tree.Map(("name", volume.Name), ("mountPath", volume.MountPath), ("subPath", "data"), ("readOnly", volume.ReadOnly))),
        .. workload.Files.Select(files => Tree.Map(("name", files.Name), ("mountPath", files.MountPath), ("subPath", files.SubPath), ("readOnly", true))),
    ];

    private static List<OrderedDictionary<string, object?>> Volumes(Workload workload) =>
    [
        Tree.Map(("name", "scratch"), ("emptyDir", Tree.Map(("sizeLimit", WorkloadDefaults.ScratchSize)))),
        .. workload.Volumes.Where(_ => workload.Kind != WorkloadKind.StatefulSet).Select(volume => Tree.Map(("name", volume.Name), ("emptyDir", Tree.Map()))),
        .. workload.Files.Select(files => Tree.Map(("name", files.Name), ("configMap", Tree.Map(("name", $"{workload.Name}-{files.Name}"))))),
    ];

    private List<OrderedDictionary<string, object?>> Spread(Workload workload) =>
    [
        .. s_spreadKeys.Select(key => Tree.Map(
            ("maxSkew", 1),
            ("topologyKey", key),
            ("whenUnsatisfiable", "ScheduleAnyway"),
            ("labelSelector", Tree.Map(("matchLabels", Selector(workload.Name)))))),
    ];

    private static int? User(Workload workload) => workload switch
    {
        { IsProject: true } => WorkloadDefaults.DotNetUser,
        { Known.User: > 0 } => workload.Known.User,
        _ => null,
    };

    /// <summary>A value with everything but secrets filled in; those Kubernetes fills in when the container starts.</summary>
    private string Text(ValueTemplate template) => template.Render(part => part switch
    {
        TextPart text => KubernetesText.Escape(text.Text),
        SecretPart secret => $"$({secret.Variable})",
        ParameterPart parameter => PlainText.Parameter(system, parameter),
        HostPart host => KubernetesNames.Resource(host.Resource),
        PortPart port => PlainText.Number(port.Port),
        ConnectionStringPart reference => Text(system.ConnectionStrings[reference.Resource]),
        _ => throw new InvalidOperationException($"No notation for {part}."),
    });
}
