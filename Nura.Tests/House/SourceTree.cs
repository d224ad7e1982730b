using System.Runtime.CompilerServices;

namespace Nura.Tests.House;

/// <summary>The repository this test was compiled from.</summary>
internal static class SourceTree
{
    public static string Root { get; } = Find();

    /// <summary>Hand-written files with one of these endings, as paths from the root with <c>/</c>.</summary>
    public static IEnumerable<string> Files(params string[] endings) =>
        from file in Directory.EnumerateFiles(Root, "*", new EnumerationOptions
        {
            RecurseSubdirectories = true,
            // Hidden folders (.git) and links are not ours to read.
            AttributesToSkip = FileAttributes.Hidden | FileAttributes.ReparsePoint,
        })
        let path = Path.GetRelativePath(Root, file).Replace('\\', '/')
        where endings.Any(path.EndsWith) && !path.Split('/').Any(part => part is "bin" or "obj" or "node_modules" or "TestResults")
        select path;

    public static string Read(string path) => File.ReadAllText(Path.Combine(Root, path));

    private static string Find([CallerFilePath] string here = "")
    {
        var folder = new DirectoryInfo(Path.GetDirectoryName(here)!);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Nura.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new InvalidOperationException($"No Nura.sln above {here}.");
    }
}
