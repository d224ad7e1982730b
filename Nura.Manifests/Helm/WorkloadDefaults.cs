using Nura.Manifests.Model;
using Nura.Manifests.Output;

namespace Nura.Manifests.Helm;

/// <summary>What every workload starts from. One set of figures for Helm and Kustomize.</summary>
internal static class WorkloadDefaults
{
    /// <summary>User "app" of the .NET chiseled images.</summary>
    public const int DotNetUser = 1654;

    public const int Replicas = 2;

    public const int MaxReplicas = 6;

    /// <summary>Share of the requested CPU, in percent, above which replicas are added.</summary>
    public const int CpuPercent = 70;

    public const int GraceSeconds = 45;

    /// <summary>Time between leaving the load balancer and SIGTERM.</summary>
    public const int DrainSeconds = 5;

    /// <summary>How long a workload may take until its first sign of life.</summary>
    public const int StartupSeconds = 120;

    public const int HistoryLimit = 5;

    public const int BackoffLimit = 3;

    public const string ScratchSize = "1Gi";

    public const string VolumeSize = "10Gi";

    public const string SecretStoreKind = "ClusterSecretStore";

    public const string SecretStore = "aws-secrets-manager";

    public static OrderedDictionary<string, object?> Resources() => Tree.Map(
        ("requests", Tree.Map(("cpu", "100m"), ("memory", "256Mi"))),
        // No CPU limit: throttling hurts latency more than a busy neighbour does.
        ("limits", Tree.Map(("memory", "512Mi"))));

    public static OrderedDictionary<string, object?> All() => Tree.Map(
        ("enabled", true),
        ("replicas", Replicas),
        ("revisionHistoryLimit", HistoryLimit),
        ("backoffLimit", BackoffLimit),
        ("autoscaling", Tree.Map(("enabled", true), ("minReplicas", Replicas), ("maxReplicas", MaxReplicas), ("cpu", CpuPercent))),
        ("scaleFromZero", Tree.Map(("enabled", false), ("maxReplicas", 1), ("idleSeconds", 900), ("query", ""), ("threshold", "1"))),
        ("disruption", Tree.Map(("enabled", true), ("maxUnavailable", 1))),
        ("rollout", Tree.Map(
            ("enabled", false),
            ("strategy", "canary"),
            ("steps", new List<object?>
            {
                Tree.Map(("weight", 10), ("pause", "5m")),
                Tree.Map(("weight", 50), ("pause", "5m")),
                Tree.Map(("weight", 100), ("pause", "")),
            }),
            ("autoPromotion", true),
            ("scaleDownDelaySeconds", 600),
            ("smokePaths", new List<object?> { "/ready" }),
            ("maxErrorShare", 0.01))),
        ("resources", Resources()),
        ("terminationGracePeriodSeconds", GraceSeconds),
        ("drainSeconds", DrainSeconds),
        ("readOnlyRootFilesystem", true),
        ("writablePaths", new List<object?> { "/tmp" }),
        ("scratchSize", ScratchSize),
        ("sharedMemory", ""),
        ("spread", true),
        ("nodeSelector", Tree.Map()),
        ("tolerations", new List<object?>()),
        ("podAnnotations", Tree.Map()),
        ("serviceAccount", ""),
        ("serviceAccountAnnotations", Tree.Map()),
        ("metrics", Tree.Map(("enabled", false), ("port", "http"), ("path", "/metrics"))),
        ("egress", Tree.Map(("internet", false), ("podIdentity", false), ("telemetry", false), ("cidrs", new List<object?>()))));

    /// <summary>The probe that fits the workload: its health endpoints, a command, or a connection to its first port.</summary>
    public static OrderedDictionary<string, object?> Probe(Workload workload)
    {
        var port = workload.Ports.FirstOrDefault(candidate => candidate.Protocol == "TCP")?.Name;
        var kind = workload switch
        {
            { Kind: WorkloadKind.Job } => "none",
            { IsProject: true } when port is not null => "http",
            { Known.Probe.Count: > 0 } => "exec",
            _ when port is not null => "tcp",
            _ => "none",
        };
        return Tree.Map(
            ("type", kind),
            ("port", kind is "http" or "tcp" ? port : null),
            ("liveness", kind == "http" ? "/alive" : null),
            ("readiness", kind == "http" ? "/ready" : null),
            ("command", kind == "exec" ? workload.Known!.Probe.ToList() : null),
            ("startupSeconds", kind == "none" ? null : StartupSeconds));
    }

    /// <summary>/tmp and what the image writes to, unless a volume is there already.</summary>
    public static List<string> WritablePaths(Workload workload) =>
        ["/tmp", .. (workload.Known?.WritablePaths ?? []).Where(path => workload.Volumes.All(volume => volume.MountPath != path))];
}
