using Microsoft.Extensions.Configuration;

namespace Nura.AppHost;

/// <summary>Which repositories the rag service may read on this machine.</summary>
internal static class Repositories
{
    /// <summary>
    /// Indexes the repository that the AppHost lives in, and allows local paths below the user's home and beside that
    /// repository. In the AppHost's configuration <c>Nura:LocalRoots:0..n</c> replaces the allowed folders, and <c>Nura:Rag:DefaultRepository</c> the repository: empty for none.
    /// </summary>
    public static IResourceBuilder<ProjectResource> WithRepositories(this IResourceBuilder<ProjectResource> rag)
    {
        var builder = rag.ApplicationBuilder;
        if (builder.ExecutionContext.IsPublishMode)
        {
            return rag;
        }

        // None in a copy that git did not make, such as an unpacked archive.
        var repository = Root(builder.AppHostDirectory);
        var roots = builder.Configuration.GetSection("Nura:LocalRoots").Get<string[]>() ?? DefaultRoots(repository ?? Directory.GetParent(builder.AppHostDirectory)?.FullName ?? builder.AppHostDirectory);
        foreach (var (i, root) in roots.Index())
        {
            rag.WithEnvironment($"Nura__Rag__LocalRoots__{i}", root);
        }

        return rag.WithEnvironment("Nura__Rag__DefaultRepository", builder.Configuration["Nura:Rag:DefaultRepository"] ?? repository ?? "");
    }

    private static string[] DefaultRoots(string folder)
    {
        var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        var beside = Path.GetDirectoryName(folder);
        return [.. new[] { home, beside ?? folder }.Where(path => path.Length > 0).Distinct()];
    }

    /// <summary>The nearest folder above that is a git work tree.</summary>
    private static string? Root(string directory)
    {
        for (var folder = new DirectoryInfo(directory); folder is not null; folder = folder.Parent)
        {
            if (Path.Exists(Path.Combine(folder.FullName, ".git")))
            {
                return folder.FullName;
            }
        }

        return null;
    }
}
