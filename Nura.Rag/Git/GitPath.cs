using System.Globalization;
using System.Text;

namespace Nura.Rag.Git;

/// <summary>Paths in git are bytes. Most are UTF-8.</summary>
internal static class GitPath
{
    /// <summary>Reads a path.</summary>
    /// <param name="path">Its bytes.</param>
    /// <param name="isText">Whether it is UTF-8; otherwise each byte above 127 is written as <c>\xNN</c>.</param>
    public static string Decode(ReadOnlySpan<byte> path, out bool isText)
    {
        isText = System.Text.Unicode.Utf8.IsValid(path);
        if (isText)
        {
            return Encoding.UTF8.GetString(path);
        }

        var escaped = new StringBuilder();
        foreach (var b in path)
        {
            _ = b < 128 ? escaped.Append((char)b) : escaped.Append(CultureInfo.InvariantCulture, $"\\x{b:X2}");
        }

        return escaped.ToString();
    }
}
