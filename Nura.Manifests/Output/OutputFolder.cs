namespace Nura.Manifests.Output;

/// <summary>Writes a folder as a whole: into a neighbour first, which then takes the folder's place. A failure leaves what was there.</summary>
internal static class OutputFolder
{
    /// <summary>Marks a folder as written by this tool, and therefore as one it may replace.</summary>
    public const string Marker = ".nura-manifests";

    /// <summary>The one file in such a folder that belongs to the user: secrets of a composition.</summary>
    private const string Kept = ".env";

    /// <param name="path">The folder to write or replace.</param>
    /// <param name="files">Relative path and text of each file.</param>
    /// <param name="cancellationToken">Stops the writing; the old folder stays.</param>
    /// <exception cref="ManifestToolException">The folder holds files this tool did not write, or cannot be written.</exception>
    public static async Task WriteAsync(string path, IReadOnlyDictionary<string, string> files, CancellationToken cancellationToken)
    {
        path = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        if (File.Exists(path))
        {
            throw new ManifestToolException($"'{path}' is a file. Name a folder with -o.");
        }

        if (Directory.Exists(path) && Directory.EnumerateFileSystemEntries(path).Any() && !File.Exists(Path.Combine(path, Marker)))
        {
            throw new ManifestToolException($"'{path}' holds files that this tool did not write, and would be replaced. Empty it, or name another folder with -o.");
        }

        var draft = path + ".writing";
        var old = path + ".old";
        try
        {
            DeleteIfThere(draft);
            DeleteIfThere(old);
            foreach (var (name, text) in files.Append(KeyValuePair.Create(Marker, "Written by nura-manifests; the whole folder is replaced by the next run.\n")))
            {
                var file = Path.Combine(draft, name);
                Directory.CreateDirectory(Path.GetDirectoryName(file)!);
                await File.WriteAllTextAsync(file, text, cancellationToken);
            }

            // What the user keeps there is not ours to lose.
            if (File.Exists(Path.Combine(path, Kept)))
            {
                File.Copy(Path.Combine(path, Kept), Path.Combine(draft, Kept));
            }

            if (Directory.Exists(path))
            {
                Directory.Move(path, old);
            }

            Directory.Move(draft, path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            if (!Directory.Exists(path) && Directory.Exists(old))
            {
                Directory.Move(old, path);
            }

            throw new ManifestToolException($"'{path}' could not be written: {exception.Message} What was there is unchanged.", exception);
        }
        finally
        {
            DeleteIfThere(draft);
        }

        DeleteIfThere(old);
    }

    private static void DeleteIfThere(string path)
    {
        if (Directory.Exists(path))
        {
            Directory.Delete(path, recursive: true);
        }
    }
}
