using Nura.Rag.Files;

namespace Nura.Rag.Chunks;

/// <summary>The declarations that enclose a line, told by indentation or heading level.</summary>
internal sealed class Scope
{
    private const int Shown = 3;

    private readonly List<(int Depth, string Name)> _open = [];

    /// <summary>The innermost names, outermost first, or <see langword="null"/> outside of everything.</summary>
    public string? Path => _open.Count == 0 ? null : string.Join('.', _open.Skip(Math.Max(0, _open.Count - Shown)).Select(open => open.Name));

    /// <summary>How deep a line lies: its indentation, a tab counting four, or the level of a heading.</summary>
    public static int Depth(ReadOnlySpan<char> line, string language)
    {
        if (language == Languages.Markdown)
        {
            return line.TrimStart().IndexOfAnyExcept('#');
        }

        var depth = 0;
        foreach (var c in line)
        {
            if (c is not (' ' or '\t'))
            {
                break;
            }

            depth += c == '\t' ? 4 : 1;
        }

        return depth;
    }

    /// <summary>Opens a declaration; ends those as deep or deeper.</summary>
    public void Enter(int depth, string name)
    {
        _open.RemoveAll(open => open.Depth >= depth);
        _open.Add((depth, name));
    }
}
