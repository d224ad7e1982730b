using Aspire.Hosting;

namespace Nura.Tests.Hosting.Publishing;

/// <summary>A project that listens on http, as its launch settings say; it lies next to the test's output folder.</summary>
internal abstract class SomeProject(string name) : IProjectMetadata
{
    /// <summary>Rewritten by the tests: the manifest's paths are relative to its own folder.</summary>
    public string ProjectPath { get; } = Path.Combine(Path.GetTempPath(), name, $"{name}.csproj");

    public LaunchSettings LaunchSettings { get; } = new()
    {
        Profiles =
        {
            ["http"] = new LaunchProfile
            {
                CommandName = "Project",
                ApplicationUrl = "http://localhost:5181",
                EnvironmentVariables = { ["ASPNETCORE_ENVIRONMENT"] = "Development" },
            },
        },
    };
}

internal sealed class RagProject() : SomeProject("Nura.Rag.Api");

internal sealed class AgentsProject() : SomeProject("Nura.Agents");

internal sealed class GatewayProject() : SomeProject("Nura.Gateway");
