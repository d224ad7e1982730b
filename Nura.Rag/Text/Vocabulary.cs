namespace Nura.Rag.Text;

/// <summary>Numbers terms in the order they come. Many may read while nobody adds.</summary>
internal sealed class Vocabulary
{
    private readonly Dictionary<string, int> _ids;
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _lookup;
    private readonly List<string> _terms;

    /// <summary>An empty one.</summary>
    public Vocabulary()
    {
        _ids = new Dictionary<string, int>(StringComparer.Ordinal);
        _terms = [];
        Lineage = new object();
        _lookup = _ids.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    /// <summary>A copy, which numbers what it knows the same.</summary>
    public Vocabulary(Vocabulary other)
    {
        _ids = new Dictionary<string, int>(other._ids, StringComparer.Ordinal);
        _terms = [.. other._terms];
        Lineage = other.Lineage;
        _lookup = _ids.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    /// <summary>The same for all copies of one, copies of copies included.</summary>
    public object Lineage { get; }

    /// <summary>How many terms there are; their numbers are below this.</summary>
    public int Count => _terms.Count;

    /// <summary>The term of a number.</summary>
    public string this[int id] => _terms[id];

    /// <summary>The number of a term, given to it now if it has none.</summary>
    public int Add(ReadOnlySpan<char> term)
    {
        if (!_lookup.TryGetValue(term, out var id))
        {
            id = _terms.Count;
            var text = term.ToString();
            _terms.Add(text);
            _ids.Add(text, id);
        }

        return id;
    }

    /// <summary>The number of a term, or -1.</summary>
    public int Find(ReadOnlySpan<char> term) => _lookup.TryGetValue(term, out var id) ? id : -1;
}
