using System.Globalization;
using System.Text;
using Nura.Manifests.Manifest;
using Nura.Manifests.Model;

namespace Nura.Manifests.Helm;

/// <summary>README of a chart: what is in it and what must be there before it is installed.</summary>
internal static class ChartReadme
{
    public static string For(DeploymentSystem system, ConversionOptions options)
    {
        var text = new StringBuilder();
        var name = system.Name;
        Line($"# {name}");
        Line("");
        Line("Generated from the Aspire manifest by `nura-manifests generate`. Change the AppHost and generate again; edits here are lost.");
        Line("");
        Line("## Install");
        Line("```bash");
        Line($"helm upgrade --install {name} . --namespace {options.Namespace ?? name} --create-namespace -f my-values.yaml");
        Line("```");
        Line("");
        Line("## Workloads");
        Line("| name | kind | ports | calls | image |");
        Line("|---|---|---|---|---|");
        foreach (var workload in system.Workloads)
        {
            Line($"| {workload.Name} | {workload.Kind} | {Join(workload.Ports.Select(Port))} | {Join(workload.ConnectsTo)} | {workload.Image.Repository}{(workload.Image.Built ? " (built here)" : "")} |");
        }

        Line("");
        Line("The network lets a workload reach what it calls, and nothing else.");
        if (system.Secrets.Count > 0)
        {
            Line("");
            Line("## Secrets");
            Line($"Keys the Secret `{name}-secrets` needs. With `secrets.source: external` they are read from the store at `secrets.path`; with `existing` someone else keeps the Secret.");
            Line("");
            Line("| key | what |");
            Line("|---|---|");
            foreach (var secret in system.Secrets.Values)
            {
                Line($"| {secret.Key} | {Describe(secret.Key, system.SecretParameters[secret.Parameter])} |");
            }
        }

        if (system.Parameters.Count > 0)
        {
            Line("");
            Line("## Parameters");
            Line("| name | default |");
            Line("|---|---|");
            foreach (var parameter in system.Parameters)
            {
                Line($"| {parameter.Name} | {(string.IsNullOrEmpty(parameter.Default) ? "must be set" : $"`{parameter.Default}`")} |");
            }
        }

        if (system.Notes.Count > 0)
        {
            Line("");
            Line("## Notes");
            foreach (var note in system.Notes)
            {
                Line($"- {note}");
            }
        }

        return text.ToString();

        void Line(string line) => text.Append(line).Append('\n');
    }

    private static string Port(WorkloadPort port) =>
        string.Create(CultureInfo.InvariantCulture, $"{port.Name} {port.ServicePort}{(port.External ? " (public)" : "")}");

    private static string Join(IEnumerable<string> items) => string.Join(", ", items) is { Length: > 0 } text ? text : "-";

    private static string Describe(string key, ParameterResource parameter) =>
        key != KubernetesNames.Resource(parameter.Name) ? $"`{parameter.Name}`, percent-encoded (made by External Secrets; in an existing Secret you add it)"
        : parameter.Generate is { } generate ? $"`{parameter.Name}`: at least {generate.MinLength} random characters{(generate.Special ? "" : ", letters and digits only")}"
        : $"`{parameter.Name}`";
}
