using System.Text.Json;
using Nura.Manifests.Output;
using static Nura.Tests.Manifests.ManifestTools;

namespace Nura.Tests.Manifests;

public sealed class ConvertedSamplesTests(ConvertedSamples samples) : IClassFixture<ConvertedSamples>
{
    [ManifestToolsFact]
    public void Samples_AllFormats_AreValidByBothValidators()
    {
        Assert.Equal(0, samples.Validation.GetProperty("invalid").GetInt32());
        Assert.InRange(samples.Validation.GetProperty("documents").GetInt32(), 280, 450);
    }

    [ManifestToolsTheory]
    [MemberData(nameof(ConvertedSamples.Names), MemberType = typeof(ConvertedSamples))]
    public async Task Chart_LintedStrictly_HasNoFinding(string sample)
    {
        var output = await RequireAsync(Helm, ["lint", "--strict", samples.Folder(sample, "helm")]);

        Assert.DoesNotContain("[WARNING]", output, StringComparison.Ordinal);
        Assert.Contains("0 chart(s) failed", output, StringComparison.Ordinal);
    }

    // Two writers that share no code below the model say the same: what one gets wrong, the other shows.
    [ManifestToolsTheory]
    [MemberData(nameof(ConvertedSamples.Names), MemberType = typeof(ConvertedSamples))]
    public void Kustomize_DefaultValues_SaysWhatTheChartSays(string sample)
    {
        var helm = samples.Helm[sample].ToDictionary(Identity, Canonical);
        var kustomize = samples.Kustomize[sample].ToDictionary(Identity, Canonical);

        Assert.Equal(helm.Keys.Order(), kustomize.Keys.Order());
        Assert.All(helm, entry => Assert.Equal(entry.Value, kustomize[entry.Key]));
    }

    [ManifestToolsTheory]
    [MemberData(nameof(ConvertedSamples.Names), MemberType = typeof(ConvertedSamples))]
    public void Pods_EverySample_FitTheRestrictedPodSecurityStandard(string sample)
    {
        var pods = samples.Helm[sample].Select(document => At(document, "spec.template.spec")).OfType<IDictionary<string, object?>>().ToList();

        Assert.NotEmpty(pods);
        Assert.All(pods, pod =>
        {
            Assert.Equal(true, At(pod, "securityContext.runAsNonRoot"));
            Assert.Equal("RuntimeDefault", Text(pod, "securityContext.seccompProfile.type"));
            Assert.Equal(false, At(pod, "automountServiceAccountToken"));
            Assert.DoesNotContain(List(pod, "volumes"), volume => At(volume, "hostPath") is not null);
            var container = Assert.Single(List(pod, "containers"));
            Assert.Equal(false, At(container, "securityContext.allowPrivilegeEscalation"));
            Assert.Equal(true, At(container, "securityContext.readOnlyRootFilesystem"));
            Assert.Equal(["ALL"], List(container, "securityContext.capabilities.drop"));
            Assert.Contains(List(container, "volumeMounts"), mount => Text(mount, "mountPath") == "/tmp");
            Assert.NotEmpty(Text(container, "resources.requests.cpu"));
            Assert.NotEmpty(Text(container, "resources.limits.memory"));
        });
    }

    [ManifestToolsTheory]
    [MemberData(nameof(ConvertedSamples.Names), MemberType = typeof(ConvertedSamples))]
    public void Secrets_EverySample_AreReferencesOnly(string sample)
    {
        var documents = samples.Helm[sample];
        Assert.DoesNotContain(documents, document => Text(document, "kind") == "Secret");
        var keys = documents.Where(document => Text(document, "kind") == "ExternalSecret")
            .SelectMany(document => List(document, "spec.data").Select(entry => Text(entry, "secretKey"))
                .Concat((At(document, "spec.target.template.data") as IDictionary<string, object?>)?.Keys ?? [])).ToHashSet();
        foreach (var container in documents.SelectMany(document => List(document, "spec.template.spec.containers")))
        {
            var seen = new HashSet<string>();
            foreach (var variable in List(container, "env"))
            {
                if (At(variable, "valueFrom.secretKeyRef.key") is { } key)
                {
                    Assert.Contains(key, keys);
                }

                // $(NAME) only sees what stands before it.
                foreach (System.Text.RegularExpressions.Match match in System.Text.RegularExpressions.Regex.Matches(Text(variable, "value"), @"(?<!\$)\$\((?<name>\w+)\)"))
                {
                    Assert.Contains(match.Groups["name"].Value, seen);
                }

                seen.Add(Text(variable, "name"));
            }
        }
    }

    [ManifestToolsTheory]
    [MemberData(nameof(ConvertedSamples.Names), MemberType = typeof(ConvertedSamples))]
    public void Compose_EverySample_RefersOnlyToWhatItDefines(string sample)
    {
        var folder = samples.Folder(sample, "compose");
        var text = File.ReadAllText(Path.Combine(folder, "compose.yaml"));
        var compose = YamlText.Read(text, "compose.yaml");
        var services = (IDictionary<string, object?>)compose["services"]!;
        var volumes = (compose.GetValueOrDefault("volumes") as IDictionary<string, object?>)?.Keys ?? [];
        var secrets = File.ReadAllLines(Path.Combine(folder, ".env.example")).Where(line => !line.StartsWith('#')).Select(line => line.TrimEnd('=')).ToList();

        Assert.Equal(YamlText.Read(File.ReadAllText(Path.Combine(samples.Folder(sample, "helm"), "values.yaml")), "values.yaml")["workloads"] is IDictionary<string, object?> workloads
            ? workloads.Keys.Order() : [], services.Keys.Order());
        Assert.All(services.Values, service =>
        {
            Assert.All((At(service, "depends_on") as IDictionary<string, object?>)?.Keys ?? [], name => Assert.Contains(name, services.Keys));
            Assert.All(List(service, "volumes").Select(volume => volume!.ToString()!.Split(':')[0]), source =>
                Assert.True(source.StartsWith("./", StringComparison.Ordinal) ? Path.Exists(Path.Combine(folder, source)) : volumes.Contains(source), source));
        });
        Assert.All(
            System.Text.RegularExpressions.Regex.Matches(text, @"(?<!\$)\$\{(?<name>\w+)"), match => Assert.Contains(match.Groups["name"].Value, secrets));
    }

    [ManifestToolsFact]
    public void Polyglot_LiteralsOfOtherLanguages_ArriveAsTheyWere()
    {
        var scorer = Container("polyglot", "scorer");
        var frontend = Container("polyglot", "frontend");
        var worker = Container("parameters", "worker");

        // Kubernetes turns $$( back into $(.
        Assert.Equal(["--upstream", "http://weatherapi:8080", "--shell", "echo $$(date) {x}"], List(scorer, "args"));
        Assert.Equal("Weather: today & tomorrow", Variable(frontend, "TITLE"));
        Assert.Equal("{\"a\": {} }", Variable(worker, "Feature__Json"));
        Assert.Equal("it's \"quoted\": yes\nand two lines", Variable(worker, "Quotes"));
        Assert.Equal("https://eu-west-1.example/acme%20%26%20sons%2Fnorth", Variable(worker, "Endpoint"));
        Assert.Contains(List(worker, "env"), variable => Text(variable, "name") == "ConnectionStrings__legacy" && Text(variable, "valueFrom.secretKeyRef.key") == "legacy");
        Assert.Equal("0123", Variable(Container("observability", "collector"), "NUM"));
        Assert.Equal("yes", Variable(Container("observability", "collector"), "ODD"));
    }

    [ManifestToolsFact]
    public void Gateway_BracesThatAreNoReference_ArriveAsTheyWere()
    {
        var proxy = Container("gateway", "edge-proxy");

        Assert.Equal("/{**rest}", Variable(proxy, "REVERSEPROXY__ROUTES__all__MATCH__PATH"));
        Assert.Equal("/items/{id}/parts", Variable(proxy, "REVERSEPROXY__ROUTES__item__MATCH__PATH"));
        Assert.Equal("{\"a\":{\"b\":1}}", Variable(proxy, "OPTIONS"));
        Assert.Equal("http://catalog:8080", Variable(proxy, "REVERSEPROXY__CLUSTERS__catalog__DESTINATIONS__first__ADDRESS"));
        Assert.Equal(["http", "admin"], List(proxy, "ports").Select(port => Text(port, "name")));
        Assert.All(samples.Helm["gateway"].Where(document => At(document, "spec.template") is not null), document =>
            Assert.Equal("image-pull-secret", Text(Assert.Single(List(document, "spec.template.spec.imagePullSecrets")), "name")));
    }

    [ManifestToolsFact]
    public void Shop_HttpsReferences_LeadToThePortThatAnswers()
    {
        var web = Container("shop", "webapp");

        Assert.Equal("http://identity-api:8080", Variable(web, "IdentityUrl"));
        Assert.Equal("http://basket-api:8080", Variable(web, "services__basket-api__http__0"));
        Assert.DoesNotContain(List(web, "env"), variable => Text(variable, "name").Contains("__https__", StringComparison.Ordinal));
    }

    [ManifestToolsTheory]
    [MemberData(nameof(ConvertedSamples.Names), MemberType = typeof(ConvertedSamples))]
    public void SyncWaves_EverySample_BringNothingAfterThePodsThatWaitForIt(string sample) => Assert.Empty(WaitingForEver(samples.Helm[sample]));

    [ManifestToolsFact]
    public void Shop_MigrationDeclaredAsJob_RunsToItsEndUnderANameOfItsOwn()
    {
        var job = Assert.Single(samples.Helm["shop"], document => Text(document, "kind") == "Job");

        Assert.Matches("^migrations-[0-9a-f]{8}$", Text(job, "metadata.name"));
        Assert.Equal("Never", Text(job, "spec.template.spec.restartPolicy"));
        Assert.DoesNotContain(samples.Helm["shop"], document => Text(document, "kind") == "Service" && Text(document, "metadata.name") == "migrations");
    }

    [ManifestToolsFact]
    public void Observability_BindMounts_BecomeConfigMaps()
    {
        var map = Assert.Single(samples.Helm["observability"], document => Text(document, "metadata.name") == "grafana-files-0");

        // Braces in a file are the file's own, not Helm's.
        Assert.Equal("[server]\nroot_url = https://{{ not a template }}\n", At(map, "data") is IDictionary<string, object?> data ? data["grafana.ini"] : null);
        Assert.Contains(List(Container("observability", "grafana"), "volumeMounts"), mount => Text(mount, "mountPath") == "/etc/grafana/grafana.ini" && Text(mount, "subPath") == "grafana.ini");
    }

    [ManifestToolsFact]
    public void Deployments_WithAnAutoscaler_FixNoReplicas()
    {
        foreach (var documents in samples.Helm.Values)
        {
            var scaled = documents.Where(document => Text(document, "kind") == "HorizontalPodAutoscaler").Select(document => Text(document, "spec.scaleTargetRef.name")).ToHashSet();
            Assert.All(documents.Where(document => Text(document, "kind") == "Deployment"), deployment =>
                Assert.Equal(scaled.Contains(Text(deployment, "metadata.name")), At(deployment, "spec.replicas") is null));
        }
    }

    private object Container(string sample, string workload) =>
        List(samples.Helm[sample].Single(document => Text(document, "metadata.name") == workload && At(document, "spec.template") is not null), "spec.template.spec.containers")[0]!;

    private static string Variable(object container, string name) =>
        Text(List(container, "env").SingleOrDefault(variable => Text(variable, "name") == name), "value");

    private static string Identity(OrderedDictionary<string, object?> document) =>
        $"{Text(document, "kind")}/{System.Text.RegularExpressions.Regex.Replace(Text(document, "metadata.name"), "-[0-9a-f]{8}$", "")}";

    /// <summary>The document with keys in order, without what names its maker.</summary>
    private static string Canonical(OrderedDictionary<string, object?> document)
    {
        return JsonSerializer.Serialize(Sorted(document));

        static object? Sorted(object? node) => node switch
        {
            IDictionary<string, object?> map => new SortedDictionary<string, object?>(
                map.Where(entry => entry.Key != "app.kubernetes.io/managed-by" && !(entry.Key == "name" && entry.Value is string name && name.StartsWith("migrations-", StringComparison.Ordinal)))
                    .ToDictionary(entry => entry.Key, entry => Sorted(entry.Value)),
                StringComparer.Ordinal),
            IEnumerable<object?> list => list.Select(Sorted).ToList(),
            byte or short or int or long or ulong => Convert.ToInt64(node, System.Globalization.CultureInfo.InvariantCulture),
            _ => node,
        };
    }
}
