using System.Text.Json;
using Nura.Tests.House;

namespace Nura.Tests.Manifests;

/// <summary>What the committed manifests render to, made anew: the chart from the manifest, each environment from the chart.</summary>
public sealed class EnvironmentRenderings : IAsyncLifetime, IDisposable
{
    public static readonly string[] Environments = ["dev", "staging", "production", "production-dr"];

    /// <summary>Ways to use the chart that Nura's own environments do not take.</summary>
    private static readonly Dictionary<string, string[]> s_variants = new()
    {
        ["ingress"] = ["exposure.type=ingress", "exposure.host=nura.example", "exposure.annotations.alb\\.ingress\\.kubernetes\\.io/scheme=internal", "secrets.source=existing"],
        ["gateway"] = ["exposure.type=gateway", "exposure.host=nura.example", "workloads.api.rollout.strategy=blueGreen", "networkPolicy.enabled=false"],
        ["sign-in"] = ["workloads.api.env.Nura__Api__SignIn__Authority=https://login.example", "workloads.api.secretEnv.Nura__Api__SignIn__ClientSecret=signin-client", "secrets.keys.signin-client.remoteKey=signin-client"],
        ["own-database"] = ["workloads.postgres.enabled=true", "addresses.postgres.host=postgres", "monitoring.enabled=false", "workloads.api.rollout.enabled=false", "workloads.rag.kind=Job"],
    };

    private readonly ScratchFolder _scratch = new();

    internal static string Folder { get; } = Path.Combine(SourceTree.Root, "manifests");

    internal string Chart => _scratch["nura"];

    /// <summary>Text by path below manifests/rendered.</summary>
    internal Dictionary<string, string> Rendered { get; } = [];

    internal Dictionary<string, IReadOnlyList<OrderedDictionary<string, object?>>> Documents { get; } = [];

    /// <summary>The hand-written chart of the jobs.</summary>
    internal static string Jobs { get; } = Path.Combine(Folder, "jobs");

    internal static string[] ValueFiles(string environment) => ValueFiles(environment, Path.Combine("environments", "facts.example.yaml"), "values.yaml");

    internal static string[] JobsValueFiles(string environment) => ValueFiles(environment, Path.Combine("jobs", "facts.example.yaml"), "jobs.yaml");

    private static string[] ValueFiles(string environment, string facts, string own) =>
    [
        "--values", Path.Combine(Folder, facts),
        "--values", Path.Combine(Folder, "environments", environment, own),
        "--values", Path.Combine(Folder, "environments", environment, "release.yaml"),
    ];

    public async Task InitializeAsync()
    {
        if (ManifestTools.Missing is not null)
        {
            return;
        }

        var (code, _, error) = await ManifestTools.RunAsync(
            "generate", "-m", Path.Combine(Folder, "aspire-manifest.json"), "--settings", Path.Combine(Folder, "nura-manifests.yaml"), "--output-format", "helm", "-o", Chart, "--skip-build");
        Assert.True(code == 0, error);
        foreach (var environment in Environments)
        {
            await RenderAsync($"{environment}/nura.yaml", ["nura", Chart, .. ValueFiles(environment), "--namespace", "nura", "--kube-version", "1.36.0"]);
            await RenderAsync($"{environment}/jobs.yaml", ["jobs", Jobs, .. JobsValueFiles(environment), "--namespace", "nura", "--kube-version", "1.36.0"]);
            Documents[environment] = [.. ManifestTools.Documents(Rendered[$"{environment}/nura.yaml"]), .. ManifestTools.Documents(Rendered[$"{environment}/jobs.yaml"])];
        }

        foreach (var (name, assignments) in s_variants)
        {
            var text = await ManifestTools.RequireAsync(
                ManifestTools.Helm, ["template", "nura", Chart, .. ValueFiles("production"), "--namespace", "nura", "--kube-version", "1.36.0", .. assignments.SelectMany(assignment => (string[])["--set", assignment])]);
            _scratch.Write($"rendered/variants/{name}.yaml", text);
            Documents[name] = ManifestTools.Documents(text);
        }

        await RenderAsync("platform/base.yaml", ["base", Path.Combine(Folder, "platform", "base"), "--kube-version", "1.36.0"]);
    }

    /// <summary>What the validators say of everything rendered and of Argo CD's own files. Takes seconds, and is one test's business.</summary>
    internal async Task<JsonElement> ValidateAsync()
    {
        var argo = Directory.EnumerateFiles(Path.Combine(Folder, "argocd"), "*.yaml", SearchOption.AllDirectories).Where(file => Path.GetFileName(file) != "values.yaml");
        var output = await ManifestTools.NodeAsync("validate.mjs", Directory.EnumerateFiles(_scratch["rendered"], "*.yaml", SearchOption.AllDirectories).Concat(argo).Order());
        return JsonDocument.Parse(output.TrimEnd().Split('\n')[^1]).RootElement;
    }

    public Task DisposeAsync() => Task.CompletedTask;

    public void Dispose() => _scratch.Dispose();

    private async Task RenderAsync(string name, IEnumerable<string> arguments) =>
        _scratch.Write("rendered/" + name, Rendered[name] = await ManifestTools.RequireAsync(ManifestTools.Helm, ["template", .. arguments]));
}
