using Nura.Manifests.Manifest;

namespace Nura.Manifests.Model;

/// <summary>Decides the ports of a resource: Aspire leaves those of projects open.</summary>
internal static class PortPlan
{
    /// <summary>Where .NET images listen when nothing is said.</summary>
    public const int DefaultProjectPort = 8080;

    /// <exception cref="ManifestToolException">A container's endpoint has no port, or two endpoints share one.</exception>
    public static IReadOnlyList<WorkloadPort> For(ComputeResource resource, WorkloadKind kind)
    {
        // A project's own https endpoint has no certificate in a cluster: its http port answers for it.
        var twins = resource is ProjectResource
            ? resource.Bindings.Where(binding => binding is { Scheme: "https", TargetPort: null }).ToList()
            : [];
        var own = resource.Bindings.Except(twins).ToList();
        if (own.Count == 0 && twins.Count > 0)
        {
            own.Add(twins[0] with { Scheme = "http" });
        }

        var taken = own.Where(binding => binding.TargetPort is not null).Select(binding => binding.TargetPort!.Value).ToHashSet();
        var ports = new List<WorkloadPort>();
        foreach (var binding in own)
        {
            var container = binding.TargetPort ?? (resource is ProjectResource ? Free(taken) : binding.Port)
                ?? throw new ManifestToolException($"Resource '{resource.Name}': endpoint '{binding.Name}' has no targetPort. Say which port the container listens on.");
            var service = kind == WorkloadKind.StatefulSet ? container : binding.Port ?? container;
            var twin = ports.Count == 0 ? twins.Where(other => other.Name != binding.Name).Select(other => other.Name) : [];
            ports.Add(new WorkloadPort(
                KubernetesNames.Port(binding.Name, container),
                [binding.Name, .. twin],
                container,
                service,
                binding.Protocol.ToUpperInvariant(),
                binding.Scheme,
                binding.Transport == "http2",
                binding.External || (ports.Count == 0 && twins.Any(other => other.External))));
        }

        RejectShared(resource, ports, port => port.ContainerPort, "port");
        RejectShared(resource, ports, port => port.ServicePort, "service port");
        return ports;
    }

    private static int Free(HashSet<int> taken)
    {
        var port = DefaultProjectPort;
        while (!taken.Add(port))
        {
            port++;
        }

        return port;
    }

    private static void RejectShared(ComputeResource resource, List<WorkloadPort> ports, Func<WorkloadPort, int> number, string what)
    {
        foreach (var group in ports.GroupBy(port => (number(port), port.Protocol)).Where(group => group.Count() > 1))
        {
            throw new ManifestToolException(
                $"Resource '{resource.Name}': endpoints {string.Join(" and ", group.Select(port => $"'{port.Endpoints[0]}'"))} both use {what} {group.Key.Item1}/{group.Key.Protocol.ToLowerInvariant()}. Give one of them another.");
        }
    }
}
