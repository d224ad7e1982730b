using System.Text.RegularExpressions;
using Nura.Tests.House;
using static Nura.Tests.Manifests.ManifestTools;

namespace Nura.Tests.Manifests;

/// <summary>Who reaches whom, computed from the rendered NetworkPolicies as the network does it, against what is meant.</summary>
public sealed class ReachabilityTests(EnvironmentRenderings renderings) : IClassFixture<EnvironmentRenderings>
{
    [ManifestToolsTheory]
    [InlineData("dev", "agents>cache:6379 agents>rag:8080 api>agents:8080 api>cache:6379 api>rag:8080")]
    [InlineData("staging", "agents>cache:6379 agents>rag:8080 api>agents:8080 api>cache:6379 api>rag:8080")]
    [InlineData("production", "agents>cache:6379 agents>llm-processor:8000 agents>rag:8080 api>agents:8080 api>cache:6379 api>llm-processor:8000 api>rag:8080 rag>llm-processor:8000")]
    [InlineData("production-dr", "agents>cache:6379 agents>rag:8080 api>agents:8080 api>cache:6379 api>rag:8080")]
    public void Pods_EveryPair_ReachExactlyWhatIsMeant(string environment, string meant)
    {
        var cluster = new NetworkModel(renderings.Documents[environment]);

        // Each half alone, too: a hole in one is otherwise hidden by the other.
        Assert.All((Func<NetworkModel.Pod, NetworkModel.Pod, NetworkModel.PodPort, bool>[])[cluster.Allows, cluster.LetsOut, cluster.LetsIn], allows =>
        {
            var reached = from source in cluster.Pods
                          from target in cluster.Pods
                          from port in target.Ports
                          where source.Name != target.Name && allows(source, target, port)
                          select $"{source.Name}>{target.Name}:{port.Number}";
            Assert.Equal(meant.Split(' '), reached.Order(StringComparer.Ordinal));
        });
    }

    [ManifestToolsTheory]
    [InlineData("dev", "dev/us-east-1")]
    [InlineData("staging", "staging/us-east-1")]
    [InlineData("production", "production/us-east-1")]
    [InlineData("production-dr", "production/eu-west-1")]
    public void Outside_EveryEnvironment_ReachesTheApiOnly(string environment, string root)
    {
        var cluster = new NetworkModel(renderings.Documents[environment]);
        // Where the load balancer and the database really are.
        var cloud = SourceTree.Read($"tofu/environments/{root}/main.tf");
        var network = Regex.Match(cloud, "vpc_cidr += \"(.+)\"").Groups[1].Value;

        // The public subnets of up to three zones: /24 each, from 48 on; none of another kind is among these four.
        var subnets = SourceTree.Read("tofu/modules/network/main.tf");
        Assert.Contains("public  = cidrsubnet(var.vpc_cidr, 8, 48 + index)", subnets, StringComparison.Ordinal);
        Assert.Contains("data    = cidrsubnet(var.vpc_cidr, 8, 56 + index)", subnets, StringComparison.Ordinal);
        Assert.Equal([$"api:http from {network.Replace(".0.0/16", ".48.0/22", StringComparison.Ordinal)}"], cluster.IngressFromAddresses());
        // The managed database, and nothing else inside the network, by those that keep data in it.
        Assert.Equal(
            ["agents", "api", "pg-backup", "rag"],
            cluster.EgressToAddresses().Where(rule => rule.Cidr == network && rule.Port == "5432").Select(rule => rule.Pod).Order(StringComparer.Ordinal));
        Assert.DoesNotContain(cluster.EgressToAddresses(), rule => rule.Cidr == network && rule.Port != "5432");
        // Where Bedrock has a private endpoint its name leads into the private subnets (/20 each), else to the internet.
        string[] zones = Regex.IsMatch(cloud, "interface_endpoints += .*\"bedrock-runtime\"") ? ["0", "16", "32"] : [];
        Assert.Equal(
            from pod in (string[])["agents", "api", "rag"] from zone in zones select $"{pod} to {network.Replace(".0.0/16", $".{zone}.0/20", StringComparison.Ordinal)}:443",
            cluster.EgressToAddresses().Where(rule => rule.Cidr.StartsWith("10.", StringComparison.Ordinal) && rule.Cidr != network)
                .Select(rule => $"{rule.Pod} to {rule.Cidr}:{rule.Port}").Order(StringComparer.Ordinal));
        Assert.DoesNotContain(cluster.EgressToAddresses(), rule => rule.Pod == "cache");
        // The internet rule must not open the network next door, or the node's metadata.
        Assert.All(cluster.EgressToAddresses().Where(rule => rule.Cidr == "0.0.0.0/0"), rule =>
        {
            Assert.Equal("443", rule.Port);
            Assert.Equal(["10.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16"], rule.Except.Order(StringComparer.Ordinal));
        });
    }

    [ManifestToolsFact]
    public void Namespace_AnyOtherPod_IsDenied()
    {
        var deny = Assert.Single(renderings.Documents["production"], document => Text(document, "metadata.name") == "default-deny");

        Assert.Empty((IDictionary<string, object?>)At(deny, "spec.podSelector")!);
        Assert.Equal(["Ingress", "Egress"], List(deny, "spec.policyTypes"));
        Assert.Null(At(deny, "spec.ingress"));
        Assert.Null(At(deny, "spec.egress"));
    }
}
