using System.Text;
using Nura.Manifests.Model;
using Nura.Manifests.Output;

namespace Nura.Manifests.Helm;

/// <summary>Writes the chart: what is fixed from the assembly, what is not from the system.</summary>
internal static class HelmChart
{
    private static readonly Dictionary<string, string> s_comments = new()
    {
        ["image"] = "Where images built from this repository live, and how nodes pull.",
        ["images"] = "Digests of the built images by workload. A release file sets them; they win over tags.",
        ["release"] = "What the release file says about itself. Nothing is computed from it.",
        ["secrets"] = "external: an ExternalSecret fills the Secret from the store. existing: someone else keeps a Secret of that name with these keys.",
        ["parameters"] = "Values the AppHost leaves open and that are not secret. An empty one must be set.",
        ["addresses"] = "Where backing services are. For a managed one set host and cidrs here, and workloads.<name>.enabled to false.",
        ["connectionStrings"] = "What clients are given. $(SECRET_...) is filled in by Kubernetes when a container starts, never by Helm.",
        ["exposure"] = "How the public endpoints are reached: none, ingress (AWS load balancer), targetGroup (a load balancer made elsewhere) or gateway (HTTPRoute).",
        ["networkPolicy"] = "Everything is denied but DNS and the calls the AppHost declares by its references.",
        ["monitoring"] = "ServiceMonitors and the way for scrapes and telemetry.",
        ["rollouts"] = "Where the Argo Rollouts controller runs, for the smoke tests it makes.",
        ["storage"] = "Volumes of StatefulSets. An empty class is the cluster's default.",
        ["defaults"] = "What every workload starts from; any of it can be repeated below a workload.",
        ["workloads"] = "The system. \"env\" may use template expressions.",
    };

    /// <returns>Relative path and text of each file.</returns>
    public static IReadOnlyDictionary<string, string> Write(DeploymentSystem system, ConversionOptions options)
    {
        var values = ChartValues.For(system, options);
        var files = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["Chart.yaml"] = YamlText.Write(Tree.Map(
                ("apiVersion", "v2"),
                ("name", system.Name),
                ("description", $"{system.Name}, generated from its Aspire manifest. Change the AppHost, not this chart."),
                ("type", "application"),
                ("version", "1.0.0"),
                ("appVersion", options.Tag),
                ("kubeVersion", ">=1.30.0-0"))),
            ["values.yaml"] = Values(values),
            ["values.schema.json"] = ChartSchema.For(values),
            ["README.md"] = ChartReadme.For(system, options),
            [".helmignore"] = OutputFolder.Marker + "\n",
        };
        foreach (var (path, text) in ChartResources.Templates())
        {
            files[path] = text;
        }

        return files;
    }

    private static string Values(OrderedDictionary<string, object?> values)
    {
        var text = new StringBuilder("# Generated from the Aspire manifest. Environments override it in files of their own.\n");
        foreach (var (key, value) in values)
        {
            text.Append('\n').Append("# ").Append(s_comments.GetValueOrDefault(key, "Added by the settings.")).Append('\n');
            text.Append(YamlText.Write(Tree.Map((key, value))));
        }

        return text.ToString();
    }
}
