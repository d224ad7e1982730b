using System.CommandLine;
using Nura.Manifests.Cli;
using Nura.Manifests.Output;
using Nura.Tests.House;

namespace Nura.Tests.Manifests;

/// <summary>The tool under test and the real ones that judge its output.</summary>
internal static class ManifestTools
{
    private static readonly string s_tools = Path.Combine(SourceTree.Root, "tools", "manifests");

    public static string Helm { get; } = Path.Combine(s_tools, ".bin", "helm", "helm");

    public static string Kubectl { get; } = Path.Combine(s_tools, ".bin", "kubectl", "kubectl");

    /// <summary>Why tests that need the tools are skipped; null when they run. In CI they always run, and fail when a tool is missing.</summary>
    public static string? Missing =>
        Environment.GetEnvironmentVariable("CI") == "true" || File.Exists(Helm) ? null : "Run tools/manifests/setup.sh once.";

    public static string Sample(string name) => Path.Combine(SourceTree.Root, "Nura.Tests", "Manifests", "Samples", name + ".json");

    /// <summary>Runs the tool as its user does, in this process.</summary>
    public static async Task<(int Code, string Output, string Error)> RunAsync(params string[] arguments)
    {
        var output = new StringWriter();
        var error = new StringWriter();
        var code = await CommandLineTree.Create().Parse(arguments).InvokeAsync(new InvocationConfiguration { Output = output, Error = error });
        return (code, output.ToString(), error.ToString());
    }

    /// <summary>Output of a real tool, which must succeed.</summary>
    public static async Task<string> RequireAsync(string tool, IEnumerable<string> arguments, string? input = null)
    {
        var (code, output, error) = await ToolProcess.ExecuteAsync(tool, arguments, null, null, input, null, CancellationToken.None);
        Assert.True(code == 0, $"{Path.GetFileName(tool)} ended with {code}: {error}{output}");
        return output;
    }

    public static Task<string> NodeAsync(string script, IEnumerable<string> arguments, string? input = null) =>
        RequireAsync("node", [Path.Combine(s_tools, script), .. arguments], input);

    /// <summary>The documents of a YAML stream.</summary>
    public static IReadOnlyList<OrderedDictionary<string, object?>> Documents(string stream) =>
        [.. stream.Split("\n---", StringSplitOptions.RemoveEmptyEntries).Select(text => YamlText.Read(text.TrimStart('-') + "\n", "rendered")).Where(document => document.Count > 0)];

    /// <summary>The value at a path such as "spec.template.spec"; null where nothing is.</summary>
    public static object? At(object? node, string path)
    {
        foreach (var part in path.Split('.'))
        {
            node = node is IDictionary<string, object?> map && map.TryGetValue(part, out var next) ? next : null;
        }

        return node;
    }

    public static IReadOnlyList<object?> List(object? node, string path) => At(node, path) as IReadOnlyList<object?> ?? [];

    /// <summary>The wave in which Argo CD applies a document: after all of a lower one are there and, if they run, healthy.</summary>
    public static int Wave(object? document) =>
        At(document, "metadata.annotations") is IDictionary<string, object?> annotations && annotations.TryGetValue("argocd.argoproj.io/sync-wave", out var wave)
            ? int.Parse($"{wave}", System.Globalization.CultureInfo.InvariantCulture) : 0;

    /// <summary>Pods that Argo CD would wait for before it applies something that they wait for: their accounts, files, secrets, rules of the network, and names.</summary>
    public static IEnumerable<string> WaitingForEver(IReadOnlyList<OrderedDictionary<string, object?>> documents) =>
        from workload in documents
        where At(workload, "spec.template.spec.containers") is not null
        from needed in documents
        where Text(needed, "kind") is "ServiceAccount" or "ConfigMap" or "ExternalSecret" or "NetworkPolicy" or "Service"
            && Wave(needed) > Wave(workload)
        select $"{Text(workload, "kind")} {Text(workload, "metadata.name")} ({Wave(workload)}) before {Text(needed, "kind")} {Text(needed, "metadata.name")} ({Wave(needed)})";

    public static string Text(object? node, string path) => At(node, path)?.ToString() ?? "";
}
