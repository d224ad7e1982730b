using System.Security.Cryptography;
using System.Text;
using Nura.Manifests.Helm;
using Nura.Manifests.Model;
using Nura.Manifests.Output;

namespace Nura.Manifests.Kustomize;

/// <summary>A Kustomize base: one folder for each workload. It says what the chart says with its default values; overlays change it.</summary>
internal sealed class KustomizeFolder
{
    /// <summary>What pods need to start and to be reached: Argo CD waits for the pods of a wave before it applies the next one.</summary>
    private const string First = "-3";

    private readonly DeploymentSystem _system;

    private readonly PodObjects _pods;

    private readonly SortedDictionary<string, string> _files = new(StringComparer.Ordinal);

    private readonly List<string> _resources = [];

    private KustomizeFolder(DeploymentSystem system, ConversionOptions options)
    {
        _system = system;
        _pods = new PodObjects(system, options);
    }

    /// <returns>Relative path and text of each file.</returns>
    public static IReadOnlyDictionary<string, string> Write(DeploymentSystem system, ConversionOptions options)
    {
        var folder = new KustomizeFolder(system, options);
        folder.Add("network.yaml", folder.Object("networking.k8s.io/v1", "NetworkPolicy", "default-deny", "default-deny", NetworkObjects.DefaultDeny(), wave: First));
        if (system.Secrets.Count > 0 && options.SecretSource == "external")
        {
            folder.Add("secrets.yaml", folder.Secrets());
        }

        foreach (var workload in system.Workloads)
        {
            folder.Add($"{workload.Name}.yaml", [.. folder.Objects(workload)]);
        }

        if (options.Namespace is { } space)
        {
            folder.Add("namespace.yaml", Tree.Map(
                ("apiVersion", "v1"),
                ("kind", "Namespace"),
                ("metadata", Tree.Map(("name", space), ("labels", Tree.Map(("pod-security.kubernetes.io/enforce", "restricted")))))));
        }

        folder._files["kustomization.yaml"] = YamlText.Write(Tree.Map(
            ("apiVersion", "kustomize.config.k8s.io/v1beta1"),
            ("kind", "Kustomization"),
            ("namespace", options.Namespace),
            ("resources", folder._resources)));
        return folder._files;
    }

    private IEnumerable<object> Objects(Workload workload)
    {
        var name = workload.Name;
        yield return Object("v1", "ServiceAccount", name, name, null, ("automountServiceAccountToken", false), First);
        foreach (var files in workload.Files)
        {
            yield return Object("v1", "ConfigMap", $"{name}-{files.Name}", name, null, ("data", files.Content), First);
        }

        yield return Workload(workload);
        if (workload.Ports.Count > 0 && workload.Kind != WorkloadKind.Job)
        {
            yield return Object("v1", "Service", name, name, Tree.Map(
                ("clusterIP", workload.Kind == WorkloadKind.StatefulSet ? "None" : null),
                ("type", workload.Kind == WorkloadKind.StatefulSet ? null : "ClusterIP"),
                ("selector", _pods.Selector(name)),
                ("ports", workload.Ports.Select(port => Tree.Map(
                    ("name", port.Name), ("port", port.ServicePort), ("targetPort", port.Name), ("protocol", port.Protocol), ("appProtocol", port.Http2 ? "kubernetes.io/h2c" : null))).ToList())), wave: First);
        }

        if (workload.Scales)
        {
            yield return Object("autoscaling/v2", "HorizontalPodAutoscaler", name, name, Tree.Map(
                ("scaleTargetRef", Tree.Map(("apiVersion", "apps/v1"), ("kind", "Deployment"), ("name", name))),
                ("minReplicas", WorkloadDefaults.Replicas),
                ("maxReplicas", WorkloadDefaults.MaxReplicas),
                ("metrics", new List<object?>
                {
                    Tree.Map(
                        ("type", "Resource"),
                        ("resource", Tree.Map(("name", "cpu"), ("target", Tree.Map(("type", "Utilization"), ("averageUtilization", WorkloadDefaults.CpuPercent)))))),
                }),
                ("behavior", Tree.Map(("scaleDown", Tree.Map(("stabilizationWindowSeconds", 300)))))));
        }

        if (workload.Kind != WorkloadKind.Job)
        {
            yield return Object("policy/v1", "PodDisruptionBudget", name, name, Tree.Map(
                ("maxUnavailable", 1),
                ("selector", Tree.Map(("matchLabels", _pods.Selector(name))))));
        }

        yield return Object("networking.k8s.io/v1", "NetworkPolicy", name, name, NetworkObjects.Policy(_system, workload, _pods.Selector), wave: First);
    }

    private OrderedDictionary<string, object?> Workload(Workload workload)
    {
        var name = workload.Name;
        var template = _pods.Template(workload);
        var selector = Tree.Map(("matchLabels", _pods.Selector(name)));
        return workload.Kind switch
        {
            WorkloadKind.Job => Object(
                "batch/v1", "Job", $"{name}-{Hash(YamlText.Write(template))}", name, Tree.Map(("backoffLimit", WorkloadDefaults.BackoffLimit), ("template", template)), wave: "-1"),
            WorkloadKind.StatefulSet => Object(
                "apps/v1",
                "StatefulSet",
                name,
                name,
                Tree.Map(
                    ("serviceName", name),
                    ("replicas", 1),
                    ("revisionHistoryLimit", WorkloadDefaults.HistoryLimit),
                    ("persistentVolumeClaimRetentionPolicy", Tree.Map(("whenDeleted", "Retain"), ("whenScaled", "Retain"))),
                    ("selector", selector),
                    ("template", template),
                    ("volumeClaimTemplates", Tree.OrNull(workload.Volumes.Select(volume => Tree.Map(
                        ("apiVersion", "v1"),
                        ("kind", "PersistentVolumeClaim"),
                        ("metadata", Tree.Map(("name", volume.Name))),
                        ("spec", Tree.Map(
                            ("accessModes", new List<object?> { "ReadWriteOnce" }),
                            ("resources", Tree.Map(("requests", Tree.Map(("storage", WorkloadDefaults.VolumeSize))))))))).ToList()))),
                wave: "-2"),
            _ => Object("apps/v1", "Deployment", name, name, Tree.Map(
                ("replicas", workload.Scales ? null : 1),
                ("revisionHistoryLimit", WorkloadDefaults.HistoryLimit),
                ("selector", selector),
                ("strategy", Tree.Map(("type", "RollingUpdate"), ("rollingUpdate", Tree.Map(("maxSurge", 1), ("maxUnavailable", 0))))),
                ("template", template))),
        };
    }

    private OrderedDictionary<string, object?> Secrets()
    {
        var name = _system.Name + "-secrets";
        var encoded = new OrderedDictionary<string, object?>();
        var data = new List<object?>();
        foreach (var secret in _system.Secrets.Values)
        {
            var plain = KubernetesNames.Resource(secret.Parameter);
            if (secret.Key == plain)
            {
                data.Add(Tree.Map(("secretKey", secret.Key), ("remoteRef", Tree.Map(("key", $"{_system.Name}/{secret.Key}")))));
            }
            else
            {
                encoded[secret.Key] = $"{{{{ index . \"{plain}\" | urlquery | replace \"+\" \"%20\" }}}}";
            }
        }

        return Object(
            "external-secrets.io/v1",
            "ExternalSecret",
            name,
            name,
            Tree.Map(
                ("refreshInterval", "1h"),
                ("secretStoreRef", Tree.Map(("kind", WorkloadDefaults.SecretStoreKind), ("name", WorkloadDefaults.SecretStore))),
                ("target", Tree.Map(
                    ("name", name),
                    ("creationPolicy", "Owner"),
                    ("deletionPolicy", "Retain"),
                    ("template", encoded.Count == 0 ? null : Tree.Map(("engineVersion", "v2"), ("mergePolicy", "Merge"), ("data", encoded))))),
                ("data", data)),
            wave: First);
    }

    private OrderedDictionary<string, object?> Object(
        string apiVersion, string kind, string name, string component, object? spec, (string Key, object? Value) extra = default, string? wave = null)
    {
        var labels = _pods.Selector(component);
        labels["app.kubernetes.io/part-of"] = _system.Name;
        labels["app.kubernetes.io/managed-by"] = "kustomize";
        var result = Tree.Map(
            ("apiVersion", apiVersion),
            ("kind", kind),
            ("metadata", Tree.Map(
                ("name", name),
                ("labels", labels),
                ("annotations", wave is null ? null : Tree.Map(("argocd.argoproj.io/sync-wave", wave))))),
            ("spec", spec));
        if (extra.Key is not null)
        {
            result[extra.Key] = extra.Value;
        }

        return result;
    }

    private void Add(string file, params object[] documents)
    {
        _files[file] = YamlText.WriteAll(documents);
        _resources.Add(file);
    }

    /// <summary>A Job's template cannot be changed: a new one is a new Job.</summary>
    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..8];
}
