using static Nura.Tests.Manifests.ManifestTools;

namespace Nura.Tests.Manifests;

/// <summary>NetworkPolicy semantics for one namespace: a connection needs an egress rule at its source and an ingress rule at its target.</summary>
internal sealed class NetworkModel
{
    private readonly List<OrderedDictionary<string, object?>> _policies;

    public NetworkModel(IReadOnlyList<OrderedDictionary<string, object?>> documents)
    {
        _policies = [.. documents.Where(document => Text(document, "kind") == "NetworkPolicy")];
        Pods = [.. documents.Select(document => (Name: Text(document, "metadata.name"), Template: At(document, "spec.jobTemplate.spec.template") ?? At(document, "spec.template")))
            .Where(workload => At(workload.Template, "spec.containers") is not null).Select(workload => new Pod(
            workload.Name,
            (IDictionary<string, object?>)At(workload.Template, "metadata.labels")!,
            [.. List(List(workload.Template, "spec.containers")[0], "ports").Select(port => new PodPort(Text(port, "name"), Text(port, "containerPort"), Text(port, "protocol")))]))];
    }

    public IReadOnlyList<Pod> Pods { get; }

    public bool Allows(Pod source, Pod target, PodPort port) => LetsOut(source, target, port) && LetsIn(source, target, port);

    /// <summary>The source's half of the decision.</summary>
    public bool LetsOut(Pod source, Pod target, PodPort port) => Allows(source, "egress", "to", target, port);

    /// <summary>The target's half of the decision.</summary>
    public bool LetsIn(Pod source, Pod target, PodPort port) => Allows(target, "ingress", "from", source, port);

    /// <summary>"pod:port from cidr" of every rule that lets addresses in.</summary>
    public IEnumerable<string> IngressFromAddresses() =>
        from pod in Pods
        from policy in Selecting(pod)
        from rule in List(policy, "spec.ingress")
        from peer in List(rule, "from")
        where At(peer, "ipBlock") is not null
        from port in List(rule, "ports")
        select $"{pod.Name}:{Text(port, "port")} from {Text(peer, "ipBlock.cidr")}";

    public IEnumerable<(string Pod, string Cidr, string Port, IReadOnlyList<string> Except)> EgressToAddresses() =>
        from pod in Pods
        from policy in Selecting(pod)
        from rule in List(policy, "spec.egress")
        from peer in List(rule, "to")
        where At(peer, "ipBlock") is not null
        from port in List(rule, "ports")
        select (pod.Name, Text(peer, "ipBlock.cidr"), Text(port, "port"), (IReadOnlyList<string>)[.. List(peer, "ipBlock.except").Select(cidr => cidr!.ToString()!)]);

    private bool Allows(Pod subject, string direction, string side, Pod peer, PodPort port)
    {
        var policies = Selecting(subject).Where(policy => List(policy, "spec.policyTypes").Contains(direction == "egress" ? "Egress" : "Ingress")).ToList();
        return policies.Count == 0 || policies.SelectMany(policy => List(policy, "spec." + direction)).Any(rule =>
            (List(rule, side).Count == 0 || List(rule, side).Any(entry => At(entry, "namespaceSelector") is null && At(entry, "podSelector") is { } selector && Selects(selector, peer)))
            && (List(rule, "ports").Count == 0 || List(rule, "ports").Any(entry => Text(entry, "protocol") == port.Protocol && (Text(entry, "port") == port.Name || Text(entry, "port") == port.Number))));
    }

    private IEnumerable<OrderedDictionary<string, object?>> Selecting(Pod pod) => _policies.Where(policy => Selects(At(policy, "spec.podSelector")!, pod));

    private static bool Selects(object selector, Pod pod) =>
        (At(selector, "matchLabels") as IDictionary<string, object?> ?? new Dictionary<string, object?>()).All(label => pod.Labels.TryGetValue(label.Key, out var value) && Equals(value, label.Value));

    internal sealed record Pod(string Name, IDictionary<string, object?> Labels, IReadOnlyList<PodPort> Ports);

    internal sealed record PodPort(string Name, string Number, string Protocol);
}
