using System.Text.Json;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Configuration;

namespace Nura.Hosting;

/// <summary>The launch profile that a project runs with.</summary>
internal sealed record LaunchProfileSelection(string Name, LaunchProfile Profile) : IResourceAnnotation;

/// <summary>Reads launch settings and chooses the profile.</summary>
internal static class LaunchProfiles
{
    private static readonly JsonSerializerOptions s_json = new(JsonSerializerDefaults.Web) { ReadCommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    /// <summary>The named profile; else the one that the AppHost itself runs with, if the project has it; else the first for the project.</summary>
    public static LaunchProfileSelection? Select(IProjectMetadata project, string? name, IConfiguration configuration)
    {
        var profiles = (project.LaunchSettings ?? Read(Path.GetDirectoryName(project.ProjectPath)!))?.Profiles;
        if (name is not null)
        {
            return profiles?.GetValueOrDefault(name) is { } named
                ? new(name, named)
                : throw new DistributedApplicationException($"Launch profile '{name}' is not among the launch settings of '{project.ProjectPath}'.");
        }

        var inherited = configuration["DOTNET_LAUNCH_PROFILE"] ?? configuration["AppHost:DefaultLaunchProfileName"];
        return inherited is not null && profiles?.GetValueOrDefault(inherited) is { } same
            ? new(inherited, same)
            : profiles?.Where(p => p.Value.CommandName is "Project" or "Executable").Select(p => new LaunchProfileSelection(p.Key, p.Value)).FirstOrDefault();
    }

    public static LaunchSettings? Read(string projectDirectory)
    {
        var path = Path.Combine(projectDirectory, "Properties", "launchSettings.json");
        if (!File.Exists(path))
        {
            return null;
        }

        try
        {
            return JsonSerializer.Deserialize<LaunchSettings>(File.ReadAllText(path), s_json);
        }
        catch (JsonException exception)
        {
            throw new DistributedApplicationException($"'{path}' is no valid JSON: {exception.Message}", exception);
        }
    }
}
