namespace Nura.Hosting;

/// <summary>Files and folders that are nobody else's on this machine, from their first moment on.</summary>
internal static class PrivateFiles
{
    private const UnixFileMode OwnFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode OwnFolder = OwnFile | UnixFileMode.UserExecute;

    /// <summary>Writes a file in the place of any that is there.</summary>
    public static void Write(string path, string text)
    {
        // One that is there would keep its own mode.
        File.Delete(path);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = OwnFile;
        }

        using var writer = new StreamWriter(path, options);
        writer.Write(text);
    }

    /// <summary>Creates a folder and those above it that are missing; one that is there stays as it is.</summary>
    /// <param name="path">The folder.</param>
    /// <param name="passable">Whether others may go through it to what they know by name.</param>
    public static void CreateFolder(string path, bool passable = false)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
        }
        else
        {
            Directory.CreateDirectory(path, passable ? OwnFolder | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute : OwnFolder);
        }
    }
}
