namespace Nura.Rag.Ranking;

/// <summary>Finds a corpus' files by what a question calls them: a path, the end of one, or a file's name with or without extension.</summary>
internal sealed class FileNames
{
    private readonly CorpusFile[] _files;
    private readonly ILookup<string, int> _byName;
    private readonly ILookup<string, int> _byStem;

    public FileNames(CorpusFile[] files)
    {
        _files = files;
        _byName = Enumerable.Range(0, files.Length).ToLookup(file => Name(files[file].Path), StringComparer.OrdinalIgnoreCase);
        _byStem = Enumerable.Range(0, files.Length).ToLookup(file => Stem(Name(files[file].Path)), StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>Files whose path is this or ends with it, from a folder's beginning on.</summary>
    public IEnumerable<int> AtPath(string path) => _byName[Name(path)].Where(file =>
        _files[file].Path.EndsWith(path, StringComparison.OrdinalIgnoreCase)
        && (_files[file].Path.Length == path.Length || _files[file].Path[_files[file].Path.Length - path.Length - 1] == '/'));

    /// <summary>Files named so, whatever their extension.</summary>
    public IEnumerable<int> Named(string stem) => _byStem[stem];

    private static string Name(string path) => path[(path.LastIndexOf('/') + 1)..];

    private static string Stem(string name) => name.IndexOf('.', Math.Min(1, name.Length)) is > 0 and var dot ? name[..dot] : name;
}
