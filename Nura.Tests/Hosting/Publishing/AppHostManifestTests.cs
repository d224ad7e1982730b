using System.Diagnostics;
using System.Text.Json.Nodes;
using Nura.Tests.House;

namespace Nura.Tests.Hosting.Publishing;

/// <summary>Publishes Nura's own AppHost the way deployment tools do: as a process.</summary>
public sealed class AppHostManifestTests
{
    [Fact(Timeout = 180_000)]
    public async Task AppHost_Published_KeepsToTheSchemaWithoutAWordOnStandardError()
    {
        var folder = Directory.CreateTempSubdirectory("nura-publish-").FullName;
        var path = Path.Combine(folder, "manifest.json");

        var (exitCode, errors) = await PublishAsync("--publisher", "manifest", "--output-path", path, "--Parameters:api-key=canary-3c9e");

        Assert.Equal("", errors);
        Assert.Equal(0, exitCode);
        var text = await File.ReadAllTextAsync(path);
        var resources = JsonNode.Parse(text)!["resources"]!.AsObject();
        Assert.Empty(ManifestRules.Violations(resources));
        Assert.Subset(
            resources.Select(resource => resource.Key).ToHashSet(),
            new HashSet<string> { "api", "agents", "rag", "postgres", "nura", "cache", "api-key", "postgres-password", "cache-password" });
        Assert.DoesNotContain("canary", text, StringComparison.Ordinal);
        Nura.Manifests.Manifest.ManifestReader.Parse(text, path);
        Directory.Delete(folder, recursive: true);
    }

    [Fact(Timeout = 180_000)]
    public async Task AppHost_PublishedCompatibly_HasOnlyTheShapesOfAspirate()
    {
        var folder = Directory.CreateTempSubdirectory("nura-publish-").FullName;
        var path = Path.Combine(folder, "manifest.json");

        var (exitCode, errors) = await PublishAsync("--publisher", "manifest", "--output-path", path, "--Nura:ManifestCompat=true");

        Assert.Equal(("", 0), (errors, exitCode));
        var resources = JsonNode.Parse(await File.ReadAllTextAsync(path))!["resources"]!.AsObject();
        Assert.Empty(ManifestRules.Violations(resources));
        Assert.Subset(
            new HashSet<string> { "project.v0", "container.v0", "dockerfile.v0", "parameter.v0", "value.v0" },
            resources.Select(resource => (string)resource.Value!["type"]!).ToHashSet());
        Assert.Equal("{nura.connectionString}", (string?)resources["api"]!["env"]!["ConnectionStrings__nura"]);
        Directory.Delete(folder, recursive: true);
    }

    [Fact(Timeout = 180_000)]
    public async Task AppHost_PublishedWithoutAnOutputPath_SaysWhatIsMissing()
    {
        var (exitCode, errors) = await PublishAsync("--publisher", "manifest");

        Assert.Equal(1, exitCode);
        Assert.Contains("--output-path", errors, StringComparison.Ordinal);
    }

    private static async Task<(int ExitCode, string Errors)> PublishAsync(params string[] arguments)
    {
        // The AppHost is built beside the tests, in the same configuration.
        var output = Path.GetRelativePath(Path.Combine(SourceTree.Root, "Nura.Tests"), AppContext.BaseDirectory);
        var assembly = Path.Combine(SourceTree.Root, "Nura.AppHost", output, "Nura.AppHost.dll");
        using var process = Process.Start(new ProcessStartInfo("dotnet", [assembly, .. arguments])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
            WorkingDirectory = Path.Combine(SourceTree.Root, "Nura.AppHost"),
        })!;
        var errors = process.StandardError.ReadToEndAsync();
        await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, await errors);
    }
}
