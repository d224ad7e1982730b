namespace Nura.AppHost;

/// <summary>Where usage of models is kept while the database is away.</summary>
internal static class UsageDirectory
{
    /// <summary>On this machine it waits beside the database's data, so that it goes into that database and no other.</summary>
    public static IResourceBuilder<ProjectResource> WithUsageDirectory(this IResourceBuilder<ProjectResource> service)
    {
        var builder = service.ApplicationBuilder;
        return builder.ExecutionContext.IsRunMode && builder.Configuration["Nura:DataDirectory"] is { } data
            ? service.WithEnvironment("Nura__Models__UsageDirectory", Path.Combine(data, "usage"))
            : service;
    }
}
