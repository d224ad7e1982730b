using Aspire.Hosting;

namespace Nura.Tests.Hosting;

/// <summary>A project that exists only in the model, with two launch profiles.</summary>
public sealed class ProjectWithEndpoint : IProjectMetadata
{
    public string ProjectPath => Path.Combine(Path.GetTempPath(), "Sample", "Sample.csproj");

    public LaunchSettings LaunchSettings { get; } = new()
    {
        Profiles =
        {
            ["tool"] = new() { CommandName = "IISExpress" },
            ["first"] = new() { CommandName = "Project", ApplicationUrl = "http://localhost:5999", EnvironmentVariables = { ["ASPNETCORE_ENVIRONMENT"] = "Development", ["FROM_PROFILE"] = "from the profile" } },
            ["second"] = new() { CommandName = "Project", ApplicationUrl = "http://localhost:5998;https://localhost:5997", EnvironmentVariables = { ["ASPNETCORE_ENVIRONMENT"] = "Staging" } },
        },
    };
}
