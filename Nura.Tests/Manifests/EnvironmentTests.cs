using System.Globalization;
using Nura.Manifests.Output;
using Nura.ServiceDefaults.Drain;
using Nura.Tests.House;
using static Nura.Tests.Manifests.ManifestTools;

namespace Nura.Tests.Manifests;

public sealed class EnvironmentTests(EnvironmentRenderings renderings) : IClassFixture<EnvironmentRenderings>
{
    public static TheoryData<string> Environments => new(EnvironmentRenderings.Environments);

    [ManifestToolsFact]
    public async Task Documents_EveryEnvironment_AreValidByBothValidators()
    {
        var validation = await renderings.ValidateAsync();

        Assert.Equal(0, validation.GetProperty("invalid").GetInt32());
        Assert.True(validation.GetProperty("documents").GetInt32() > 130);
    }

    [ManifestToolsFact]
    public async Task Validators_MistakesOfEachKind_AreFound()
    {
        using var scratch = new ScratchFolder();
        var application = "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: { name: x }\nspec:\n  project: p\n  destination: {}\n  source: { repoURL: r }\n  syncPolicy: { manual: true }\n";
        var policy = "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: { name: x }\nspec: { podSelector: {}, ingress: }\n";
        var binding = "apiVersion: elbv2.k8s.aws/v1beta1\nkind: TargetGroupBinding\nmetadata: { name: x }\nspec: { serviceRef: { name: a, port: 1 }, targetGroupARN: b, targetType: lambda }\n";

        var run = await Assert.ThrowsAnyAsync<Xunit.Sdk.XunitException>(() => NodeAsync("validate.mjs", [scratch.Write("a.yaml", string.Join("---\n", application, policy, binding))]));

        Assert.All(["Application/x", "NetworkPolicy/x", "TargetGroupBinding/x"], name => Assert.Contains(name, run.Message, StringComparison.Ordinal));
    }

    [ManifestToolsTheory]
    [MemberData(nameof(Environments))]
    public async Task Chart_LintedStrictly_HasNoFinding(string environment)
    {
        var output = await RequireAsync(Helm, ["lint", "--strict", renderings.Chart, .. EnvironmentRenderings.ValueFiles(environment)])
            + await RequireAsync(Helm, ["lint", "--strict", EnvironmentRenderings.Jobs, .. EnvironmentRenderings.JobsValueFiles(environment)]);

        Assert.DoesNotContain("[WARNING]", output, StringComparison.Ordinal);
    }

    [ManifestToolsFact]
    public void CommittedChart_GeneratedAnew_IsTheSame()
    {
        var committed = Path.Combine(EnvironmentRenderings.Folder, "charts", "nura");
        Assert.Equal(Names(renderings.Chart), Names(committed));
        Assert.All(Names(committed), name => Golden(Path.Combine(committed, name), File.ReadAllText(Path.Combine(renderings.Chart, name))));

        static IEnumerable<string> Names(string folder) =>
            Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(folder, file)).Order(StringComparer.Ordinal);
    }

    [ManifestToolsFact]
    public void CommittedRenderings_RenderedAnew_AreTheSame() =>
        Assert.All(renderings.Rendered, entry => Golden(Path.Combine(EnvironmentRenderings.Folder, "rendered", entry.Key), entry.Value));

    [ManifestToolsTheory]
    [MemberData(nameof(Environments))]
    public void Project_AllowList_IsExactlyWhatIsRendered(string environment)
    {
        var project = Project(environment);
        var allowed = List(project, "spec.namespaceResourceWhitelist").Select(kind => $"{Text(kind, "group")}/{Text(kind, "kind")}");
        var rendered = renderings.Documents[environment]
            .Select(document => $"{(Text(document, "apiVersion").Contains('/', StringComparison.Ordinal) ? Text(document, "apiVersion").Split('/')[0] : "")}/{Text(document, "kind")}").Distinct();

        Assert.Equal(rendered.Order(StringComparer.Ordinal), allowed.Order(StringComparer.Ordinal));
        Assert.Empty(List(project, "spec.clusterResourceWhitelist"));
        Assert.DoesNotContain(List(project, "spec.destinations"), destination => Text(destination, "namespace") is "argocd" or "*" or "kube-system");
    }

    [ManifestToolsTheory]
    [MemberData(nameof(Environments))]
    public void ApplicationSet_EveryEnvironment_PassesExactlyTheFactsThatAreRenderedWith(string environment)
    {
        var application = Application(environment);
        var sources = List(application, "spec.template.spec.sources");

        Assert.Equal(["manifests/charts/nura", "manifests/jobs"], sources.Select(source => Text(source, "path")));
        Assert.All(sources.Zip((string[])["environments", "jobs"]), entry =>
        {
            var (source, folder) = entry;
            var passed = List(source, "helm.parameters").Select(parameter => Text(parameter, "name"));
            Assert.Equal(Leaves(YamlText.Read(File.ReadAllText(Path.Combine(EnvironmentRenderings.Folder, folder, "facts.example.yaml")), "facts"), "").Order(), passed.Order());
            Assert.All(List(source, "helm.valueFiles"), file =>
                Assert.True(File.Exists(Path.GetFullPath(Path.Combine(SourceTree.Root, Text(source, "path"), file!.ToString()!)))));
            Assert.Contains(List(Project(environment), "spec.sourceRepos"), repository => repository!.Equals(At(source, "repoURL")));
        });
        Assert.Equal(Text(Project(environment), "metadata.name"), Text(application, "spec.template.spec.project"));

        static IEnumerable<string> Leaves(IDictionary<string, object?> map, string prefix) => map.SelectMany(entry =>
            entry.Value is IDictionary<string, object?> inner ? Leaves(inner, prefix + entry.Key + ".") : [prefix + entry.Key]);
    }

    // As docs/sign-in.md and the deployment guide have it.
    [ManifestToolsFact]
    public void Chart_IdentityProviderNamed_GivesTheApiItsSecretFromTheStore()
    {
        var documents = renderings.Documents["sign-in"];

        var secret = Assert.Single(documents, document => Text(document, "kind") == "ExternalSecret");
        Assert.Contains(List(secret, "spec.data"), entry => Text(entry, "secretKey") == "signin-client" && Text(entry, "remoteRef.key").EndsWith("/signin-client", StringComparison.Ordinal));
        var api = Assert.Single(documents, document => Text(document, "metadata.name") == "api" && (Text(document, "kind") is "Rollout" or "Deployment"));
        var container = Assert.Single(List(api, "spec.template.spec.containers"), container => Text(container, "name") == "api");
        var variable = Assert.Single(List(container, "env"), variable => Text(variable, "name") == "Nura__Api__SignIn__ClientSecret");
        Assert.Equal("signin-client", Text(variable, "valueFrom.secretKeyRef.key"));
    }

    [ManifestToolsFact]
    public async Task Chart_SecretWithoutAPlaceInTheStore_IsRefused()
    {
        var refused = await Assert.ThrowsAnyAsync<Xunit.Sdk.XunitException>(() =>
            RequireAsync(Helm, ["template", "nura", renderings.Chart, .. EnvironmentRenderings.ValueFiles("dev"), "--set", "secrets.keys.api-kee.property=x"]));

        Assert.Contains("remoteKey", refused.Message, StringComparison.Ordinal);
    }

    // The chart makes the name of its release, cut to 26 characters; by it new versions are watched and the model server is woken.
    [ManifestToolsFact]
    public void Prometheus_AskedByOthers_HasTheNameTheyKnow()
    {
        Assert.Equal("{{ .chart }}", Text(PlatformTests.Chart, "helm.releaseName"));
        var asked = List(Find("production", "llm-processor", "ScaledObject"), "spec.triggers").Select(trigger => Text(trigger, "metadata.serverAddress"))
            .Concat(List(Find("production", "api-errors", "AnalysisTemplate"), "spec.metrics").Select(metric => Text(metric, "provider.prometheus.address")));
        Assert.All(asked, address => Assert.Equal("http://kube-prometheus-stack-prometheus.monitoring.svc:9090", address));
    }

    [ManifestToolsFact]
    public void Images_OfOurOwn_HaveARepository()
    {
        var pulled = EnvironmentRenderings.Environments.SelectMany(environment => renderings.Documents[environment])
            .SelectMany(document => List(document, "spec.template.spec.containers").Concat(List(document, "spec.jobTemplate.spec.template.spec.containers")))
            .Select(container => System.Text.RegularExpressions.Regex.Match(Text(container, "image"), @"\.amazonaws\.com/(?<name>[^:@]+)").Groups["name"].Value)
            .Where(name => name.Length > 0).Append("nura-git-base").Distinct().Order(StringComparer.Ordinal).ToList();

        // The container of the embeddings is somebody else's, and goes to SageMaker.
        Assert.Equal(pulled, Names("tofu/bootstrap/main.tf", @"repositories\s+= \[(?<names>[^\]]+)\]").Where(name => name != "nura-embeddings"));

        static IEnumerable<string> Names(string file, string pattern) =>
            System.Text.RegularExpressions.Regex.Match(SourceTree.Read(file), pattern).Groups["names"].Value.Split(',').Select(name => name.Trim(' ', '"'));
    }

    // Nodes are of either kind; an image for one of them would not start on the other.
    [Theory]
    [InlineData("images/git-base/Dockerfile")]
    [InlineData("jobs/image/Dockerfile")]
    public void Images_BuiltByHand_AreForBothArchitectures(string file)
    {
        var build = Assert.Single(File.ReadAllLines(Path.Combine(EnvironmentRenderings.Folder, file)), line => line.Contains("docker build", StringComparison.Ordinal));

        Assert.Contains("docker buildx build --platform linux/amd64,linux/arm64 ", build, StringComparison.Ordinal);
    }

    // Mirrors of repositories: two pods that fill theirs would fill a node's disk, and everything on it would be evicted.
    [ManifestToolsTheory]
    [MemberData(nameof(Environments))]
    public void Scratch_LargerThanUsual_IsAskedForBeforehand(string environment)
    {
        var pods = Documents(renderings.Rendered[$"{environment}/nura.yaml"]).Select(document => At(document, "spec.template.spec")).Where(pod => pod is not null);
        var large = pods.Where(pod => List(pod, "volumes").Any(volume => Text(volume, "emptyDir.sizeLimit") == "20Gi")).ToList();

        Assert.Equal("rag", Text(List(Assert.Single(large), "containers")[0], "name"));
        Assert.Equal("10Gi", Text(List(large[0], "containers")[0], "resources.requests.ephemeral-storage"));
    }

    // Attempts 10, 20, 40, ... seconds apart, at most three minutes.
    [ManifestToolsTheory]
    [MemberData(nameof(Environments))]
    public void Application_OnANewCluster_OutlastsThePlatformsFirstTenMinutes(string environment)
    {
        var retry = At(Application(environment), "spec.template.spec.syncPolicy.retry");
        var limit = int.Parse(Text(retry, "limit"), CultureInfo.InvariantCulture);

        Assert.Equal(("10s", "2", "3m"), (Text(retry, "backoff.duration"), Text(retry, "backoff.factor"), Text(retry, "backoff.maxDuration")));
        Assert.True(Enumerable.Range(0, limit).Sum(attempt => Math.Min(180, 10 * Math.Pow(2, attempt))) > 600);
    }

    [ManifestToolsFact]
    public void Cache_WhenFull_ForgetsInsteadOfBeingKilled()
    {
        var container = List(Find("production", "cache", "StatefulSet"), "spec.template.spec.containers")[0];
        var command = List(container, "args")[1]!.ToString()!;
        var published = System.Text.Json.JsonDocument.Parse(File.ReadAllText(Path.Combine(EnvironmentRenderings.Folder, "aspire-manifest.json")));

        // What the AppHost says, and more.
        Assert.StartsWith(published.RootElement.GetProperty("resources").GetProperty("cache").GetProperty("args")[1].GetString()!, command, StringComparison.Ordinal);
        Assert.EndsWith("--maxmemory 256mb --maxmemory-policy allkeys-lru", command, StringComparison.Ordinal);
        // Twice that: while it is written to disk there may be a copy of all of it.
        Assert.Equal("512Mi", Text(container, "resources.limits.memory"));
    }

    [ManifestToolsTheory]
    [InlineData("dev", false)]
    [InlineData("staging", false)]
    [InlineData("production", true)]
    [InlineData("production-dr", true)]
    public void Project_SyncWindows_GuardProductionOnly(string environment, bool guarded) =>
        Assert.Equal(guarded, List(Project(environment), "spec.syncWindows").Count > 0);

    [ManifestToolsTheory]
    [MemberData(nameof(Environments))]
    public void Services_EveryEnvironment_LookAfterThemselves(string environment)
    {
        foreach (var name in (string[])["api", "agents", "rag"])
        {
            var workload = Find(environment, name, "Deployment", "Rollout");
            var container = List(workload, "spec.template.spec.containers")[0];
            Assert.Equal("/alive", Text(container, "livenessProbe.httpGet.path"));
            Assert.Equal("/alive", Text(container, "startupProbe.httpGet.path"));
            Assert.Equal("/ready", Text(container, "readinessProbe.httpGet.path"));
            Assert.Null(At(workload, "spec.replicas"));
            Assert.NotNull(Find(environment, name, "HorizontalPodAutoscaler"));
            Assert.Equal(Text(workload, "kind"), Text(Find(environment, name, "HorizontalPodAutoscaler"), "spec.scaleTargetRef.kind"));
            Assert.NotNull(Find(environment, name, "PodDisruptionBudget"));
            Assert.NotNull(Find(environment, name, "ServiceMonitor"));
            // The names that the cloud's code gives AWS roles to.
            Assert.Equal("nura-" + name, Text(workload, "spec.template.spec.serviceAccountName"));
            Assert.NotNull(Find(environment, "nura-" + name, "ServiceAccount"));
            Assert.Equal(2, List(workload, "spec.template.spec.topologySpreadConstraints").Count);
        }
    }

    // Decision 0006: a pod that is killed earlier cuts requests that the service would have let finish.
    [ManifestToolsTheory]
    [MemberData(nameof(Environments))]
    public void Services_ToldToStop_HaveTimeToDrain(string environment)
    {
        var drain = new DrainOptions();
        foreach (var name in (string[])["api", "agents", "rag"])
        {
            var pod = At(Find(environment, name, "Deployment", "Rollout"), "spec.template.spec");
            // Kubernetes counts the hook as part of the grace period.
            var hook = Seconds(List(pod, "containers")[0], "lifecycle.preStop.sleep.seconds");

            Assert.True(Seconds(pod, "terminationGracePeriodSeconds") >= hook + drain.PreStop + drain.Timeout + TimeSpan.FromSeconds(10), name);
        }

        static TimeSpan Seconds(object? node, string path) => TimeSpan.FromSeconds(int.Parse(Text(node, path), CultureInfo.InvariantCulture));
    }

    // A pod without its service account is never made, and Argo CD would wait for it before it makes the account.
    [ManifestToolsTheory]
    [MemberData(nameof(Environments))]
    public void SyncWaves_EveryEnvironment_BringNothingAfterThePodsThatWaitForIt(string environment)
    {
        var chart = Documents(renderings.Rendered[$"{environment}/nura.yaml"]);

        Assert.Empty(WaitingForEver(chart));
        // The stores come before the services that use them.
        Assert.All(chart.Where(document => Text(document, "kind") is "Deployment" or "Rollout"), service => Assert.True(Wave(Find(environment, "cache", "StatefulSet")) < Wave(service)));
    }

    [ManifestToolsFact]
    public async Task ReleaseFile_WithDigests_WinsOverTags()
    {
        using var scratch = new ScratchFolder();
        var digest = "sha256:" + new string('a', 64);
        var release = Nura.Manifests.Promotion.Release.Create(new string('0', 40), new Dictionary<string, string> { ["api"] = digest, ["agents"] = digest, ["rag"] = digest });

        var rendered = Documents(await RequireAsync(
            Helm, ["template", "nura", renderings.Chart, .. EnvironmentRenderings.ValueFiles("production"), "--values", scratch.Write("release.yaml", release.ToYaml())]));

        var images = rendered.SelectMany(document => List(document, "spec.template.spec.containers")).Select(container => Text(container, "image")).Where(image => image.Contains("nura-", StringComparison.Ordinal)).ToList();
        Assert.Equal(3, images.Count);
        Assert.All(images, image => Assert.Matches("^123456789012[.]dkr[.]ecr[.]us-east-1[.]amazonaws[.]com/nura-(api|agents|rag)@" + digest + "$", image));
    }

    [ManifestToolsTheory]
    [InlineData("workloads.apo.replicas=3", "apo")]
    [InlineData("workloads.api.replica=3", "replica")]
    [InlineData("images.api=latest", "sha256")]
    [InlineData("exposure.type=nginx", "type")]
    [InlineData("parameters.nosuch=1", "nosuch")]
    public async Task Schema_MisspeltValue_FailsTheInstallation(string assignment, string hint)
    {
        var (code, output, error) = await Nura.Manifests.Cli.ToolProcess.ExecuteAsync(
            Helm, ["template", "nura", renderings.Chart, .. EnvironmentRenderings.ValueFiles("dev"), "--set", assignment], null, null, null, null, CancellationToken.None);

        Assert.NotEqual(0, code);
        Assert.Contains(hint, output + error, StringComparison.Ordinal);
    }

    [ManifestToolsFact]
    public void Ingress_InsteadOfTheCloudsLoadBalancer_LeadsToTheApi()
    {
        var ingress = Find("ingress", "api", "Ingress");

        Assert.Equal("alb", Text(ingress, "spec.ingressClassName"));
        Assert.Equal("nura.example", Text(List(ingress, "spec.rules")[0], "host"));
        var annotations = (IDictionary<string, object?>)At(ingress, "metadata.annotations")!;
        // What the service tells Prometheus is not for the public.
        Assert.Equal(
            ["/ Prefix api:http", "/metrics Prefix not-found:use-annotation"],
            List(List(ingress, "spec.rules")[0], "http.paths").Select(path => $"{Text(path, "path")} {Text(path, "pathType")} {Text(path, "backend.service.name")}:{Text(path, "backend.service.port.name")}"));
        Assert.Contains("\"statusCode\":\"404\"", annotations["alb.ingress.kubernetes.io/actions.not-found"]!.ToString(), StringComparison.Ordinal);
        Assert.Equal("internal", annotations["alb.ingress.kubernetes.io/scheme"]);
        Assert.DoesNotContain(renderings.Documents["ingress"], document => Text(document, "kind") is "ExternalSecret" or "Secret" or "TargetGroupBinding");
    }

    [ManifestToolsFact]
    public void Gateway_InsteadOfTheCloudsLoadBalancer_LeadsToTheApi()
    {
        var route = Find("gateway", "api", "HTTPRoute");

        Assert.Equal(["nura.example"], List(route, "spec.hostnames"));
        Assert.Equal("8080", Text(List(List(route, "spec.rules")[0], "backendRefs")[0], "port"));
        Assert.Equal("/metrics", Text(List(List(route, "spec.rules")[1], "matches")[0], "path.value"));
        Assert.Empty(List(List(route, "spec.rules")[1], "backendRefs"));
        Assert.DoesNotContain(renderings.Documents["gateway"], document => Text(document, "kind") == "NetworkPolicy");
    }

    [ManifestToolsFact]
    public void OwnDatabase_InTheCluster_KeepsItsDataAndIsReachedByItsClientsOnly()
    {
        var database = Find("own-database", "postgres", "StatefulSet");
        var cluster = new NetworkModel(renderings.Documents["own-database"]);
        var postgres = cluster.Pods.Single(pod => pod.Name == "postgres");

        Assert.Equal("Retain", Text(database, "spec.persistentVolumeClaimRetentionPolicy.whenDeleted"));
        Assert.Equal("999", Text(database, "spec.template.spec.securityContext.runAsUser"));
        // initdb refuses a folder with lost+found in it.
        Assert.Contains(List(List(database, "spec.template.spec.containers")[0], "volumeMounts"), mount => Text(mount, "mountPath") == "/var/lib/postgresql/data" && Text(mount, "subPath") == "data");
        Assert.Equal(
            ["agents", "api", "rag"],
            cluster.Pods.Where(pod => pod.Name != "postgres" && cluster.Allows(pod, postgres, postgres.Ports[0])).Select(pod => System.Text.RegularExpressions.Regex.Replace(pod.Name, "-[0-9a-f]{8}$", "")).Order(StringComparer.Ordinal));
    }

    [ManifestToolsFact]
    public void GpuServer_InProduction_StartsFromZeroOnItsOwnNodes()
    {
        var server = Find("production", "llm-processor", "StatefulSet");
        var pod = At(server, "spec.template.spec");

        Assert.Null(At(server, "spec.replicas"));
        // Its first start takes a node with a GPU and a download: nothing is held up by it.
        Assert.Equal(0, Wave(server));
        var scaler = Find("production", "llm-processor", "ScaledObject");
        Assert.Equal("0", Text(scaler, "spec.minReplicaCount"));
        // Woken by calls for the very model it serves.
        var model = List(List(pod, "containers")[0], "args")[1]!.ToString()!;
        var asked = System.Text.RegularExpressions.Regex.Match(Text(List(scaler, "spec.triggers")[0], "metadata.query"), "gen_ai_request_model=~\"(.+?)\"").Groups[1].Value;
        Assert.Matches($"^(?:{asked})$", model);
        Assert.Equal("gpu", Text(pod, "nodeSelector").Length == 0 ? "" : ((IDictionary<string, object?>)At(pod, "nodeSelector")!)["nura.dev/pool"]);
        Assert.Contains(List(pod, "tolerations"), toleration => Text(toleration, "key") == "nvidia.com/gpu");
        Assert.Contains(List(server, "spec.volumeClaimTemplates"), claim => Text(claim, "spec.resources.requests.storage") == "100Gi");
        Assert.Contains(Documents(renderings.Rendered["platform/base.yaml"]), document =>
            Text(document, "kind") == "NodePool" && At(document, "spec.template.metadata.labels") is IDictionary<string, object?> labels && labels["nura.dev/pool"]!.Equals("gpu"));
        Assert.DoesNotContain(renderings.Documents["dev"], document => Text(document, "metadata.name") == "llm-processor");
    }

    [ManifestToolsFact]
    public void Rollouts_StagingAndProduction_TestBeforeTheySwitch()
    {
        var staging = Find("staging", "api", "Rollout");
        var production = Find("production", "api", "Rollout");

        Assert.Equal("api-preview", Text(staging, "spec.strategy.blueGreen.previewService"));
        Assert.NotNull(Find("staging", "api-preview", "Service"));
        Assert.Equal("api-smoke", Text(List(staging, "spec.strategy.blueGreen.prePromotionAnalysis.templates")[0], "templateName"));
        Assert.Equal(["10", "50", "100"], List(production, "spec.strategy.canary.steps").Select(step => Text(step, "setWeight")).Where(weight => weight.Length > 0));
        Assert.Equal("api-errors", Text(List(production, "spec.strategy.canary.analysis.templates")[0], "templateName"));
        Assert.NotNull(Find("production", "api-errors", "AnalysisTemplate"));
    }

    private OrderedDictionary<string, object?> Find(string environment, string name, params string[] kinds) =>
        Assert.Single(renderings.Documents[environment], document => Text(document, "metadata.name") == name && kinds.Contains(Text(document, "kind")));

    private static OrderedDictionary<string, object?> Project(string environment) => Argo("projects", environment);

    private static OrderedDictionary<string, object?> Application(string environment) => Argo("applications", environment);

    private static OrderedDictionary<string, object?> Argo(string folder, string environment) => Assert.Single(Documents(File.ReadAllText(
        Path.Combine(EnvironmentRenderings.Folder, "argocd", folder, $"nura-{environment.Replace("production", "prod", StringComparison.Ordinal)}.yaml"))));

    /// <summary>Compares with a committed file, or accepts the new text when NURA_ACCEPT=1.</summary>
    private static void Golden(string path, string text)
    {
        if (Environment.GetEnvironmentVariable("NURA_ACCEPT") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, text);
        }

        Assert.Equal(File.ReadAllText(path).ReplaceLineEndings("\n"), text.ReplaceLineEndings("\n"));
    }
}
