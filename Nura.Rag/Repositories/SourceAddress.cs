using System.Text.RegularExpressions;
using Nura.Contracts;

namespace Nura.Rag.Repositories;

/// <summary>Where a repository comes from, read but not yet checked against the rules.</summary>
/// <param name="Path">For a local one, the absolute path as given.</param>
/// <param name="Url">For a remote one, the URL.</param>
internal sealed partial record SourceAddress(string? Path, Uri? Url)
{
    private const int Longest = 2048;

    /// <summary>Reads what a user typed.</summary>
    /// <param name="source">A local path, or a URL; also git's <c>user@host:path</c>.</param>
    /// <exception cref="ProblemException">It is neither, or names a protocol that is never allowed, or holds a password.</exception>
    public static SourceAddress Parse(string source)
    {
        source = source.Trim();
        if (source.Length is 0 or > Longest || source.Any(char.IsControl) || source[0] == '-')
        {
            throw Refused($"The source must be a path or URL of 1 to {Longest} characters, without control characters, that does not begin with a dash.");
        }

        if (ScpLike().Match(source) is { Success: true } scp)
        {
            source = $"ssh://{scp.Groups["user"].Value}@{scp.Groups["host"].Value}/{scp.Groups["path"].Value.TrimStart('/')}";
        }

        if (!source.Contains("://", StringComparison.Ordinal))
        {
            return source.Contains("::", StringComparison.Ordinal) ? throw Protocol(source[..source.IndexOf(':', StringComparison.Ordinal)])
                : System.IO.Path.IsPathFullyQualified(source) ? new SourceAddress(source, null)
                : throw Refused("A local path must be absolute; a URL must begin with https:// or ssh://.");
        }

        if (!Uri.TryCreate(source, UriKind.Absolute, out var url))
        {
            throw Refused("The URL cannot be read.");
        }

        if (url.Scheme == Uri.UriSchemeFile)
        {
            return url.Host.Length > 0 && !url.IsLoopback ? throw Refused("A file:// URL cannot name another machine.") : new SourceAddress(url.LocalPath, null);
        }

        if (url.Scheme is not ("https" or "http" or "ssh"))
        {
            throw Protocol(url.Scheme);
        }

        if (url.UserInfo.Contains(':', StringComparison.Ordinal) || (url.UserInfo.Length > 0 && url.Scheme != "ssh"))
        {
            throw Refused($"The URL holds credentials, which would end up in logs. Give it without them, and set {RagOptions.Section}:Tokens:{url.IdnHost} to an access token.");
        }

        if (url.Query.Length > 0 || url.Fragment.Length > 0 || url.AbsolutePath.Trim('/').Length == 0)
        {
            throw Refused("The URL of a repository has a path, and neither a query nor a fragment.");
        }

        return new SourceAddress(null, url);
    }

    /// <summary>A name for it: the folder's, or owner and name of a remote one, with other than plain characters replaced.</summary>
    public string SuggestName()
    {
        var segments = (Path?.Replace('\\', '/') ?? Uri.UnescapeDataString(Url!.AbsolutePath)).Split('/', StringSplitOptions.RemoveEmptyEntries);
        var name = string.Join('/', segments[^Math.Min(Path is null ? 2 : 1, segments.Length)..]);
        name = name.EndsWith(".git", StringComparison.OrdinalIgnoreCase) && name.Length > 4 ? name[..^4].TrimEnd('/') : name;
        name = Unusual().Replace(name, "-").Trim('-', '/', '.');
        return name.Length == 0 ? "repository" : name[..Math.Min(name.Length, 100)];
    }

    private static ProblemException Refused(string detail) => new(400, "This source is refused.", detail);

    private static ProblemException Protocol(string name) =>
        Refused($"The protocol \"{name}\" is not allowed. Use https://, ssh:// if the administrator allows it, or a local path.");

    [GeneratedRegex(@"\A(?<user>[A-Za-z0-9._-]+)@(?<host>[A-Za-z0-9.-]+):(?<path>[^:].*)\z", RegexOptions.ExplicitCapture)]
    private static partial Regex ScpLike();

    [GeneratedRegex("[^A-Za-z0-9._/-]+")]
    private static partial Regex Unusual();
}
