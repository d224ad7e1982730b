using Nura.Manifests.Output;
using Nura.Tests.House;
using static Nura.Tests.Manifests.ManifestTools;

namespace Nura.Tests.Manifests;

/// <summary>What a cluster gets before Nura: charts of others, as Argo CD is told to install them.</summary>
public sealed class PlatformTests
{
    private static object? Platform => Documents(File.ReadAllText(Path.Combine(EnvironmentRenderings.Folder, "argocd", "platform", "components.yaml")))[0];

    private static object? PrometheusValues => YamlText.Read(File.ReadAllText(Path.Combine(EnvironmentRenderings.Folder, "platform", "kube-prometheus-stack", "values.yaml")), "values.yaml");

    /// <summary>The source of every chart.</summary>
    internal static object? Chart => List(Platform, "spec.template.spec.sources")[0];

    // With "oci://" Argo CD takes the address for a whole image: the chart's name would be left out, and nothing found.
    [Fact]
    public void PlatformCharts_InARegistry_AreNamedAsChartsOfIt()
    {
        var components = List(List(List(Platform, "spec.generators")[0], "matrix.generators")[1], "list.elements");
        var allowed = List(Documents(File.ReadAllText(Path.Combine(EnvironmentRenderings.Folder, "argocd", "projects", "platform.yaml")))[0], "spec.sourceRepos");

        Assert.Contains(components, component => Text(component, "repository") == "public.ecr.aws/karpenter" && Text(component, "chart") == "karpenter");
        Assert.All(components, component =>
        {
            Assert.DoesNotContain("oci://", Text(component, "repository"), StringComparison.Ordinal);
            Assert.Contains(At(component, "repository"), allowed);
        });
    }

    // Rendered by Argo CD, the chart makes a new authority each time; its webhooks would refuse every TargetGroupBinding until the controller has it too.
    [Fact]
    public void LoadBalancerController_RenderedAgain_KeepsItsAuthority()
    {
        var spec = At(Platform, "spec.template.spec");

        Assert.Equal(
            ["MutatingWebhookConfiguration .webhooks[]?.clientConfig.caBundle", "Secret /data", "ValidatingWebhookConfiguration .webhooks[]?.clientConfig.caBundle"],
            List(spec, "ignoreDifferences").Select(entry => $"{Text(entry, "kind")} {List(entry, "jsonPointers").Concat(List(entry, "jqPathExpressions")).Single()}").Order(StringComparer.Ordinal));
        Assert.Contains("RespectIgnoreDifferences=true", List(spec, "syncPolicy.syncOptions"));
    }

    // It would ask the node's metadata for its VPC, which pods cannot reach.
    [Fact]
    public void LoadBalancerController_WithoutTheNodesMetadata_IsToldItsNetwork()
    {
        var parameters = List(Chart, "helm.parameters").ToDictionary(parameter => Text(parameter, "name"), parameter => Text(parameter, "value"));

        Assert.Contains("nura.dev/vpc-id", parameters["vpcId"], StringComparison.Ordinal);
    }

    [Fact]
    public void Alerts_OfPrometheus_GoToTheTopicOfTheCloudsAlarms()
    {
        var passed = List(Chart, "helm.parameters").ToDictionary(parameter => Text(parameter, "name"), parameter => Text(parameter, "value"));

        Assert.Equal(Text(PrometheusValues, "alertmanager.config.route.receiver"), Text(List(PrometheusValues, "alertmanager.config.receivers")[1], "name"));
        Assert.Contains("nura.dev/alarm-topic-arn", passed["alertmanager.config.receivers[1].sns_configs[0].topic_arn"], StringComparison.Ordinal);
        Assert.Contains("nura.dev/region", passed["alertmanager.config.receivers[1].sns_configs[0].sigv4.region"], StringComparison.Ordinal);
        // Silent on purpose: what never ends, what only mutes, and what asks for nobody.
        Assert.Equal(
            ["alertname =~ \"Watchdog|InfoInhibitor\"", "severity = \"info\""],
            List(PrometheusValues, "alertmanager.config.route.routes").SelectMany(route => List(route, "matchers")).Select(matcher => $"{matcher}"));
        Assert.Contains($"    {Text(PrometheusValues, "alertmanager.serviceAccount.name")} = {{\n      namespace = \"monitoring\"", SourceTree.Read("tofu/modules/stack/identities.tf"), StringComparison.Ordinal);
    }

    // Prometheus cannot ask them on EKS, and the chart's rules report what cannot be asked as down.
    [Theory]
    [InlineData("kubeControllerManager")]
    [InlineData("kubeScheduler")]
    [InlineData("kubeEtcd")]
    [InlineData("kubeProxy")]
    public void Prometheus_PartsThatAreAmazons_AreNotWatched(string part)
    {
        Assert.Equal(false, At(PrometheusValues, part + ".enabled"));
    }
}
