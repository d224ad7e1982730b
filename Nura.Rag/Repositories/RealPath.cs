namespace Nura.Rag.Repositories;

/// <summary>Resolves paths to where they really lead.</summary>
internal static class RealPath
{
    private const int MostLinks = 40;

    /// <summary>The path with every symbolic link resolved.</summary>
    /// <param name="path">An absolute path to something that exists.</param>
    /// <returns>The real path, or <see langword="null"/> if it does not exist or its links go in a circle.</returns>
    public static string? Resolve(string path)
    {
        var links = 0;
        var full = Path.GetFullPath(path);
        var root = Path.GetPathRoot(full)!;
        var real = root;
        var rest = new Stack<string>(full[root.Length..].Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries).Reverse());
        while (rest.TryPop(out var segment))
        {
            var next = Path.GetFullPath(Path.Combine(real, segment));
            FileSystemInfo entry = Directory.Exists(next) ? new DirectoryInfo(next) : new FileInfo(next);
            if (entry.LinkTarget is { } target)
            {
                if (++links > MostLinks)
                {
                    return null;
                }

                var absolute = Path.GetFullPath(Path.Combine(real, target));
                foreach (var part in absolute[root.Length..].Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries).Reverse())
                {
                    rest.Push(part);
                }

                real = root;
            }
            else if (entry.Exists)
            {
                real = next;
            }
            else
            {
                return null;
            }
        }

        return real;
    }

    /// <summary>Whether a real path is a folder or below it.</summary>
    public static bool IsWithin(string path, string folder) =>
        path == folder || path.StartsWith(folder.EndsWith(Path.DirectorySeparatorChar) ? folder : folder + Path.DirectorySeparatorChar, StringComparison.Ordinal);
}
