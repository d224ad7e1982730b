using System.Buffers;

namespace Nura.Manifests.Model;

/// <summary>Parts of an image reference such as "docker.io/library/redis:8.2@sha256:...".</summary>
internal static class ImageReference
{
    private static readonly SearchValues<char> s_hex = SearchValues.Create("0123456789abcdef");

    /// <exception cref="ManifestToolException">The text is not an image reference.</exception>
    public static (string Repository, string? Tag, string? Digest) Split(string image, string resource)
    {
        var at = image.IndexOf('@', StringComparison.Ordinal);
        var digest = at < 0 ? null : image[(at + 1)..];
        var rest = at < 0 ? image : image[..at];
        // A colon before the last slash belongs to the registry's port.
        var colon = rest.LastIndexOf(':');
        var tagged = colon > rest.LastIndexOf('/');
        var repository = tagged ? rest[..colon] : rest;
        var tag = tagged ? rest[(colon + 1)..] : null;
        if (repository.Length == 0 || tag?.Length == 0 || image.Any(char.IsWhiteSpace) || (digest is not null && !IsDigest(digest)))
        {
            throw new ManifestToolException($"Resource '{resource}': '{image}' is not an image reference.");
        }

        return (repository, tag, digest);
    }

    /// <summary>Whether the text is "sha256:" and 64 lower-case hex digits.</summary>
    public static bool IsDigest(string text) =>
        text.StartsWith("sha256:", StringComparison.Ordinal) && text.Length == 71
        && text.AsSpan(7).IndexOfAnyExcept(s_hex) < 0;
}
