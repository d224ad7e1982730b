namespace Nura.Rag.Chunks;

/// <summary>The declarations that enclose a line, told by indentation or heading level.</summary>
internal sealed class Scope
{
    private const int Shown = 3;

    private readonly List<(int Depth, string Name)> _open = [];

    /// <summary>The innermost names, outermost first, or <see langword="null"/> outside of everything.</summary>
    public string? Path => _open.Count == 0 ? null : string.Join('.', _open.Skip(Math.Max(0, _open.Count - Shown)).Select(open => open.Name));

    /// <summary>Opens a declaration; ends those as deep or deeper.</summary>
    public void Enter(int depth, string name)
    {
        _open.RemoveAll(open => open.Depth >= depth);
        _open.Add((depth, name));
    }
}
