using Nura.Manifests.Model;
using Nura.Manifests.Output;

namespace Nura.Manifests.Kustomize;

/// <summary>Default deny, and one policy for each workload that opens the calls the manifest declares.</summary>
internal static class NetworkObjects
{
    public static OrderedDictionary<string, object?> DefaultDeny() => Tree.Map(
        ("podSelector", Tree.Map()),
        ("policyTypes", new List<object?> { "Ingress", "Egress" }));

    public static OrderedDictionary<string, object?> Policy(DeploymentSystem system, Workload workload, Func<string, object> selector)
    {
        var callers = system.Workloads.Where(other => other.ConnectsTo.Contains(workload.Name)).Select(other => other.Name).Order(StringComparer.Ordinal).ToList();
        var ingress = new List<object?>();
        if (callers.Count > 0 && workload.Ports.Count > 0)
        {
            ingress.Add(Tree.Map(("from", callers.Select(Peer).ToList()), ("ports", Ports(workload))));
        }

        List<object?> egress =
        [
            Tree.Map(
                ("to", new List<object?>
                {
                    Tree.Map(
                        ("namespaceSelector", Tree.Map(("matchLabels", Tree.Map(("kubernetes.io/metadata.name", "kube-system"))))),
                        ("podSelector", Tree.Map(("matchLabels", Tree.Map(("k8s-app", "kube-dns")))))),
                }),
                ("ports", new List<object?> { Tree.Map(("port", 53), ("protocol", "UDP")), Tree.Map(("port", 53), ("protocol", "TCP")) })),
            .. workload.ConnectsTo.Select(system.Find).Where(target => target.Ports.Count > 0)
                .Select(target => Tree.Map(("to", new List<object?> { Peer(target.Name) }), ("ports", Ports(target)))),
        ];
        return Tree.Map(
            ("podSelector", Tree.Map(("matchLabels", selector(workload.Name)))),
            ("policyTypes", new List<object?> { "Ingress", "Egress" }),
            ("ingress", ingress),
            ("egress", egress));

        object? Peer(string name) => Tree.Map(("podSelector", Tree.Map(("matchLabels", selector(name)))));
    }

    private static List<OrderedDictionary<string, object?>> Ports(Workload workload) =>
        [.. workload.Ports.Select(port => Tree.Map(("port", port.Name), ("protocol", port.Protocol)))];
}
