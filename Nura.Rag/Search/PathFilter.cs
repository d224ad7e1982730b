using Nura.Contracts;
using Nura.Rag.Files;
using Nura.Rag.Ranking;

namespace Nura.Rag.Search;

/// <summary>Which files a question is about.</summary>
internal sealed class PathFilter
{
    private const int LongestPath = 1000;

    private readonly string? _folder;
    private readonly IgnorePattern? _pattern;
    private readonly string? _language;
    private readonly FileKind? _kind;

    /// <summary>Reads what the caller gave.</summary>
    /// <param name="path">A folder or file, or a pattern with <c>*</c> as in an ignore file; <see langword="null"/> for all.</param>
    /// <param name="language">A language; <see langword="null"/> for all.</param>
    /// <param name="kind">What the files are for, by its name; <see langword="null"/> for all.</param>
    /// <exception cref="ProblemException">400 for a path that cannot be one, or a kind that there is not.</exception>
    public PathFilter(string? path, string? language, string? kind = null)
    {
        _language = language;
        _kind = kind is null ? null : FileKinds.Names.TryGetValue(kind, out var named) ? named
            : throw new ProblemException(400, "There is no such kind of file.", $"Give one of: {string.Join(", ", FileKinds.Names.Keys)}.");
        if (path is null)
        {
            return;
        }

        if (path.Length > LongestPath || path.AsSpan().ContainsAnyInRange('\0', '\x1F'))
        {
            throw new ProblemException(400, "The path cannot be one.", $"Give a folder such as src/api, or a pattern such as *.cs, of at most {LongestPath} characters.");
        }

        // As shells and agents write what lies below the root.
        path = path == "." ? "" : path.StartsWith("./", StringComparison.Ordinal) ? path[2..] : path;
        if (path.Contains('*'))
        {
            _pattern = IgnorePattern.Parse(path) ?? throw new ProblemException(400, "The path pattern cannot be read.", "Write it as in .gitignore, such as src/**/*.cs.");
        }
        else
        {
            _folder = path.Trim('/');
        }
    }

    /// <summary>Whether a file is among them.</summary>
    public bool Accepts(CorpusFile file) =>
        (_language is null || string.Equals(file.Language, _language, StringComparison.OrdinalIgnoreCase))
        && (_kind is null || file.Kind == _kind)
        && (_folder is null || IsBelow(file.Path, _folder))
        && (_pattern is null || Matches(_pattern, file.Path) != _pattern.Negated);

    private static bool IsBelow(string path, string folder) =>
        folder.Length == 0 || path == folder || path.StartsWith(folder + "/", StringComparison.Ordinal);

    // As in an ignore file, a folder that fits holds files that fit.
    private static bool Matches(IgnorePattern pattern, string path)
    {
        for (var end = path.Length; end > 0; end = path.LastIndexOf('/', end - 1))
        {
            if ((end < path.Length || !pattern.FolderOnly) && pattern.Matches(path[..end]))
            {
                return true;
            }
        }

        return false;
    }
}
