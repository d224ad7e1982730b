namespace Nura.AppHost;

/// <summary>What services keep outside the database.</summary>
internal static class DataFolders
{
    /// <summary>On this machine it lies beside that database's data: it belongs to it, moves with it and is deleted with it, and is nobody else's.</summary>
    /// <param name="service">The service that keeps it.</param>
    /// <param name="key">The service's key for the folder, which may be set for the AppHost as well.</param>
    /// <param name="name">The folder's name.</param>
    public static IResourceBuilder<ProjectResource> WithDataFolder(this IResourceBuilder<ProjectResource> service, string key, string name)
    {
        var builder = service.ApplicationBuilder;
        if (!builder.ExecutionContext.IsRunMode || builder.Configuration["Nura:DataDirectory"] is not { } data)
        {
            return service;
        }

        var variable = key.Replace(":", "__", StringComparison.Ordinal);
        return builder.Configuration[key] is { } chosen ? service.WithEnvironment(variable, chosen) : service.WithEnvironment(context =>
        {
            var folder = Path.Combine(data, name);
            if (!OperatingSystem.IsWindows())
            {
                // Root's data folder lets others through, for the database's sake.
                Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            }

            context.EnvironmentVariables[variable] = folder;
        });
    }
}
