namespace Nura.Models;

/// <summary>What tells one state of a file from the next: the last write and the length of what its links lead to. A file that is not there has the default stamp.</summary>
internal readonly record struct FileStamp(DateTime Written, long Length)
{
    public static FileStamp Of(string path)
    {
        var file = new FileInfo(path);
        var target = file.ResolveLinkTarget(returnFinalTarget: true) as FileInfo ?? file;
        return target.Exists ? new(target.LastWriteTimeUtc, target.Length) : default;
    }
}
