namespace Nura.Rag.Git;

/// <summary>A file of a commit.</summary>
/// <param name="Path">Path from the root; bytes that are no UTF-8 are written as <c>\xNN</c>.</param>
/// <param name="Oid">Object id of the blob, hexadecimal.</param>
/// <param name="Mode">Mode bits in octal, such as <c>100644</c>.</param>
/// <param name="Size">Bytes; 0 for a submodule.</param>
/// <param name="PathIsText">Whether the path is UTF-8.</param>
internal sealed record TreeEntry(string Path, string Oid, string Mode, long Size, bool PathIsText)
{
    /// <summary>Whether it points elsewhere in the file system.</summary>
    public bool IsLink => Mode == "120000";

    /// <summary>Whether it is another repository's commit.</summary>
    public bool IsSubmodule => Mode == "160000";
}
