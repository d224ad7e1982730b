using System.Text.Json;

namespace Nura.Tests.Manifests;

/// <summary>Nura and six shapes of public Aspire samples, converted once into all three formats and rendered by the real helm and kustomize.</summary>
public sealed class ConvertedSamples : IAsyncLifetime, IDisposable
{
    private readonly ScratchFolder _scratch = new();

    /// <summary>What a user would add on the command line, by sample.</summary>
    private static readonly Dictionary<string, string[]> s_arguments = new()
    {
        ["nura"] = [],
        ["starter"] = [],
        ["shop"] = [],
        ["polyglot"] = [],
        ["observability"] = [],
        ["gateway"] = ["--private-registry"],
        ["parameters"] = ["-pa", "tenant=acme & sons/north"],
    };

    public static TheoryData<string> Names => new(s_arguments.Keys);

    /// <summary>Documents of each sample's chart, rendered with its default values.</summary>
    internal Dictionary<string, IReadOnlyList<OrderedDictionary<string, object?>>> Helm { get; } = [];

    internal Dictionary<string, IReadOnlyList<OrderedDictionary<string, object?>>> Kustomize { get; } = [];

    internal JsonElement Validation { get; private set; }

    internal string Folder(string sample, string format) => _scratch[$"{sample}-{format}"];

    public async Task InitializeAsync()
    {
        if (ManifestTools.Missing is not null)
        {
            return;
        }

        var settings = _scratch.Write("shop.yaml", "kinds: { migrations: Job }\n");
        foreach (var (sample, arguments) in s_arguments)
        {
            foreach (var format in (string[])["helm", "kustomize", "compose"])
            {
                var (code, _, error) = await ManifestTools.RunAsync(
                [
                    "generate", "-m", ManifestTools.Sample(sample), "--output-format", format, "-o", Folder(sample, format), "--skip-build", "--name", sample,
                    "-ct", "1.0.0", "-cr", "registry.example", "--non-interactive", .. sample == "shop" ? ["--settings", settings] : Array.Empty<string>(), .. arguments,
                ]);
                Assert.True(code == 0, error);
            }
        }

        await Parallel.ForEachAsync(s_arguments.Keys, async (sample, _) =>
        {
            File.WriteAllText(_scratch[sample + ".helm.yaml"], await ManifestTools.RequireAsync(ManifestTools.Helm, ["template", sample, Folder(sample, "helm"), "--kube-version", "1.36.0"]));
            File.WriteAllText(_scratch[sample + ".kustomize.yaml"], await ManifestTools.RequireAsync(ManifestTools.Kubectl, ["kustomize", Folder(sample, "kustomize")]));
        });
        foreach (var sample in s_arguments.Keys)
        {
            Helm[sample] = ManifestTools.Documents(File.ReadAllText(_scratch[sample + ".helm.yaml"]));
            Kustomize[sample] = ManifestTools.Documents(File.ReadAllText(_scratch[sample + ".kustomize.yaml"]));
        }

        var output = await ManifestTools.NodeAsync("validate.mjs", Directory.EnumerateFiles(_scratch.Path, "*.*.yaml").Order());
        Validation = JsonDocument.Parse(output.TrimEnd().Split('\n')[^1]).RootElement;
    }

    public Task DisposeAsync() => Task.CompletedTask;

    public void Dispose() => _scratch.Dispose();
}
