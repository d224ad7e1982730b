using Nura.Manifests.Expressions;
using Nura.Manifests.Manifest;

namespace Nura.Manifests.Model;

/// <summary>The whole system, ready to be written in one of the output formats.</summary>
internal sealed record DeploymentSystem
{
    public required string Name { get; init; }

    public required IReadOnlyList<Workload> Workloads { get; init; }

    /// <summary>Connection strings by resource, dependencies first.</summary>
    public required IReadOnlyDictionary<string, ValueTemplate> ConnectionStrings { get; init; }

    /// <summary>Parameters that are not secret and that something uses.</summary>
    public required IReadOnlyList<ParameterResource> Parameters { get; init; }

    /// <summary>Secrets that something uses, by key in the secret store.</summary>
    public required IReadOnlyDictionary<string, SecretPart> Secrets { get; init; }

    /// <summary>The parameters behind the secrets: how a value may be generated.</summary>
    public required IReadOnlyDictionary<string, ParameterResource> SecretParameters { get; init; }

    /// <summary>What a reader should know about the conversion, one sentence each.</summary>
    public required IReadOnlyList<string> Notes { get; init; }

    public Workload Find(string name) => Workloads.Single(workload => workload.Name == name);

    /// <summary>The parts of a value with connection strings replaced by what they are made of.</summary>
    public IEnumerable<ValuePart> Expand(ValueTemplate template) => template.Parts.SelectMany(part =>
        part is ConnectionStringPart reference ? Expand(ConnectionStrings[reference.Resource]) : [part]);
}
