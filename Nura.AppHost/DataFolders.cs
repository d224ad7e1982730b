namespace Nura.AppHost;

/// <summary>What services keep outside the database.</summary>
internal static class DataFolders
{
    /// <summary>On this machine it lies beside that database's data: it belongs to it, moves with it and is deleted with it.</summary>
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

        return service.WithEnvironment(key.Replace(":", "__", StringComparison.Ordinal), builder.Configuration[key] ?? Path.Combine(data, name));
    }
}
