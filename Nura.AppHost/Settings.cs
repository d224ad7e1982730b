using Microsoft.Extensions.Configuration;

namespace Nura.AppHost;

/// <summary>Settings of services that stand in the AppHost's own configuration.</summary>
internal static class Settings
{
    /// <summary>What every service reads besides its own section.</summary>
    private static readonly string[] s_everywhere = ["Nura:Models", "Nura:Resilience", "Nura:Drain", "Nura:Migrations"];

    /// <summary>
    /// Passes them on, for a service is a process of its own and sees nothing of the AppHost's user secrets, appsettings.json and arguments.
    /// What the AppHost itself says about a key stays. On this machine only: in a cluster the chart sets them.
    /// </summary>
    /// <param name="service">The service; everything else in its environment is already described.</param>
    /// <param name="section">The section that only this service reads.</param>
    public static IResourceBuilder<ProjectResource> WithSettings(this IResourceBuilder<ProjectResource> service, string section)
    {
        var builder = service.ApplicationBuilder;
        return builder.ExecutionContext.IsPublishMode ? service : service.WithEnvironment(context =>
        {
            var known = context.EnvironmentVariables.Keys.ToHashSet(StringComparer.OrdinalIgnoreCase);
            foreach (var (key, value) in s_everywhere.Prepend(section).SelectMany(path => builder.Configuration.GetSection(path).AsEnumerable()))
            {
                var name = key.Replace(":", "__", StringComparison.Ordinal);
                if (value is not null && known.Add(name))
                {
                    context.EnvironmentVariables[name] = value;
                }
            }
        });
    }
}
