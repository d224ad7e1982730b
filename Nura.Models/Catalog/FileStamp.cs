namespace Nura.Models;

/// <summary>What tells one state of a file from the next: the last write and the length of what its links lead to. A file that is not there has the default stamp.</summary>
internal readonly record struct FileStamp(DateTime Written, long Length)
{
    public static FileStamp Of(string path)
    {
        try
        {
            var file = new FileInfo(path);
            var target = file.ResolveLinkTarget(returnFinalTarget: true) as FileInfo ?? file;
            return target.Exists ? new(target.LastWriteTimeUtc, target.Length) : default;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The folder is missing or closed, or the file went away while it was looked at: a mounted config map is exchanged that way.
            return default;
        }
    }
}
