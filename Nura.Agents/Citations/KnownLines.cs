using Nura.Contracts;

namespace Nura.Agents.Citations;

/// <summary>Lines that the index has given out in this run. A citation of some of them is verified by that: it needs no second look.</summary>
internal sealed class KnownLines
{
    private readonly Dictionary<(string Repository, string Path), List<FileLines>> _files = [];

    public void Add(FileLines lines)
    {
        var key = (lines.Citation.Repository, lines.Citation.Path);
        if (!_files.TryGetValue(key, out var known))
        {
            _files[key] = known = [];
        }

        known.Add(lines);
    }

    /// <summary>The lines of a citation, or <see langword="null"/> if they were not all given out.</summary>
    public FileLines? Find(string text)
    {
        if (!Citation.TryParse(text, out var wanted) || !_files.TryGetValue((wanted.Repository, wanted.Path), out var known))
        {
            return null;
        }

        var within = known.Find(lines => lines.Citation.Commit.StartsWith(wanted.Commit, StringComparison.Ordinal)
            && lines.Citation.StartLine <= wanted.StartLine && wanted.EndLine <= lines.Citation.EndLine);
        if (within is null || within.Text.Split('\n') is not { } all || all.Length < wanted.EndLine - within.Citation.StartLine + 1)
        {
            return null;
        }

        var cut = all.AsSpan(wanted.StartLine - within.Citation.StartLine, wanted.EndLine - wanted.StartLine + 1);
        return within with { Citation = wanted with { Commit = within.Citation.Commit }, Text = string.Join('\n', cut!) };
    }
}
