namespace Nura.Rag.Files;

/// <summary>
/// The <c>.gitignore</c> and <c>.nuraignore</c> files of a tree. Deeper files win over those above, later lines over earlier ones; what
/// is in an ignored folder cannot be taken back in.
/// </summary>
internal sealed class IgnoreRules
{
    /// <summary>Names of the files read; of two in one folder the later name wins.</summary>
    public static readonly IReadOnlyList<string> FileNames = [".gitignore", ".nuraignore"];

    private readonly Dictionary<string, List<(IgnorePattern Pattern, string File)>> _byFolder = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string?> _folders = new(StringComparer.Ordinal);

    /// <summary>Adds an ignore file. Within one folder, <c>.gitignore</c> before <c>.nuraignore</c>.</summary>
    /// <param name="path">The file's path in the tree.</param>
    /// <param name="text">Its content.</param>
    public void Add(string path, string text)
    {
        var folder = Folder(path);
        if (!_byFolder.TryGetValue(folder, out var patterns))
        {
            _byFolder.Add(folder, patterns = []);
        }

        patterns.AddRange(text.Split('\n').Select(IgnorePattern.Parse).OfType<IgnorePattern>().Select(pattern => (pattern, path)));
    }

    /// <summary>Why a file is ignored, as a sentence, or <see langword="null"/>.</summary>
    public string? Reject(string path) =>
        _byFolder.Count == 0 ? null
        : (FolderVerdict(Folder(path)) ?? Verdict(path, isFolder: false)) is { } file ? $"Ignored by {file}."
        : null;

    private static string Folder(string path) => path[..Math.Max(0, path.LastIndexOf('/'))];

    private string? FolderVerdict(string folder)
    {
        if (folder.Length == 0)
        {
            return null;
        }

        if (!_folders.TryGetValue(folder, out var verdict))
        {
            verdict = FolderVerdict(Folder(folder)) ?? Verdict(folder, isFolder: true);
            _folders.Add(folder, verdict);
        }

        return verdict;
    }

    private string? Verdict(string path, bool isFolder)
    {
        for (var folder = Folder(path); ; folder = Folder(folder))
        {
            if (_byFolder.TryGetValue(folder, out var patterns))
            {
                var relative = folder.Length == 0 ? path : path[(folder.Length + 1)..];
                for (var i = patterns.Count - 1; i >= 0; i--)
                {
                    if ((isFolder || !patterns[i].Pattern.FolderOnly) && patterns[i].Pattern.Matches(relative))
                    {
                        return patterns[i].Pattern.Negated ? null : patterns[i].File;
                    }
                }
            }

            if (folder.Length == 0)
            {
                return null;
            }
        }
    }
}
