using Nura.Manifests.Compose;
using Nura.Manifests.Output;

namespace Nura.Manifests.Cli;

/// <summary>A folder that "generate" wrote, and the commands that install and remove it.</summary>
/// <param name="Path">The folder.</param>
/// <param name="Format">One of the formats of <see cref="GenerateCommand"/>.</param>
/// <param name="Name">Name of the chart or composition.</param>
internal sealed record GeneratedOutput(string Path, string Format, string Name)
{
    /// <exception cref="ManifestToolException">The folder is not there, or holds nothing that was generated.</exception>
    public static GeneratedOutput Open(string path)
    {
        foreach (var (file, format) in new[] { ("Chart.yaml", GenerateCommand.Helm), ("kustomization.yaml", GenerateCommand.Kustomize), (ComposeFile.FileName, GenerateCommand.Compose) })
        {
            var full = System.IO.Path.Combine(path, file);
            if (File.Exists(full))
            {
                var content = YamlText.Read(File.ReadAllText(full), full);
                return new GeneratedOutput(path, format, content.TryGetValue("name", out var name) ? $"{name}" : "app");
            }
        }

        throw new ManifestToolException($"'{path}' holds no generated output. Write some with: nura-manifests generate -o {path}");
    }

    public IEnumerable<(string Tool, IReadOnlyList<string> Arguments)> Apply(string? context, string? space, IReadOnlyList<string> values, bool restart)
    {
        switch (Format)
        {
            case GenerateCommand.Helm:
                // Rolled back as a whole when it does not become ready: nothing half-installed.
                yield return ("helm",
                [
                    "upgrade", Name, Path, "--install", "--namespace", space ?? Name, "--create-namespace", "--rollback-on-failure", "--timeout", "10m",
                    .. values.SelectMany(file => (string[])["--values", file]), .. Context("--kube-context", context),
                ]);
                break;
            case GenerateCommand.Kustomize:
                yield return ("kubectl", ["apply", "--kustomize", Path, .. Context("--context", context)]);
                break;
            default:
                yield return ("docker", ["compose", "--project-directory", Path, "up", "--detach", "--wait"]);
                break;
        }

        if (restart && Format != GenerateCommand.Compose)
        {
            yield return ("kubectl",
            [
                "rollout", "restart", "deployment", "--selector", "app.kubernetes.io/part-of=" + Name,
                .. space is null && Format == GenerateCommand.Kustomize ? Array.Empty<string>() : ["--namespace", space ?? Name], .. Context("--context", context),
            ]);
        }
    }

    public IEnumerable<(string Tool, IReadOnlyList<string> Arguments)> Destroy(string? context, string? space) =>
    [
        Format switch
        {
            GenerateCommand.Helm => ("helm", (string[])["uninstall", Name, "--namespace", space ?? Name, "--ignore-not-found", .. Context("--kube-context", context)]),
            GenerateCommand.Kustomize => ("kubectl", (string[])["delete", "--kustomize", Path, "--ignore-not-found", .. Context("--context", context)]),
            _ => ("docker", (string[])["compose", "--project-directory", Path, "down"]),
        },
    ];

    private static string[] Context(string option, string? context) => context is null ? [] : [option, context];
}
