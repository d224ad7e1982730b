using System.Text.Json.Nodes;
using Nura.Manifests.Cli;
using Nura.Tests.House;

namespace Nura.Tests.Manifests;

/// <summary>The chart is made of what the AppHost publishes today, not of what it published once.</summary>
public sealed class AppHostManifestTests
{
    [Fact(Timeout = 120_000)]
    public async Task AppHost_Published_IsWhatTheChartIsMadeOf()
    {
        // Beside the committed one, as paths inside are relative to the file.
        var draft = Path.Combine(EnvironmentRenderings.Folder, $".published-{Guid.CreateVersion7():N}.json");
        var configuration = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;
        var appHost = Path.Combine(SourceTree.Root, "Nura.AppHost", "bin", configuration, "net10.0", "Nura.AppHost.dll");
        try
        {
            var (code, output, error) = await ToolProcess.ExecuteAsync(
                "dotnet", [appHost, "--publisher", "manifest", "--output-path", draft], Path.Combine(SourceTree.Root, "Nura.AppHost"), null, null, null, CancellationToken.None);

            Assert.True(code == 0, output + error);
            Assert.Equal("", error);
            var committed = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(EnvironmentRenderings.Folder, "aspire-manifest.json")));
            Assert.True(
                JsonNode.DeepEquals(committed, JsonNode.Parse(await File.ReadAllTextAsync(draft))),
                "The AppHost publishes another manifest than manifests/aspire-manifest.json. Run tools/publish.sh and commit what changes.");
        }
        finally
        {
            File.Delete(draft);
        }
    }
}
