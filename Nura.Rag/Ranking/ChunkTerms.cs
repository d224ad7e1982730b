namespace Nura.Rag.Ranking;

/// <summary>The terms of chunks together with those of their file's path, each once. Not thread-safe.</summary>
/// <param name="terms">How many terms the vocabulary has.</param>
internal sealed class ChunkTerms(int terms)
{
    // By term: what the path adds, and in which look it was last met.
    private readonly int[] _path = new int[terms];
    private readonly int[] _met = new int[terms];
    private readonly List<(int Term, int Count)> _merged = [];
    private IReadOnlyDictionary<int, int> _present = new Dictionary<int, int>();
    private int _look;

    /// <summary>Goes on to another file.</summary>
    /// <param name="path">The terms of its path with their weight.</param>
    public void Enter(IReadOnlyDictionary<int, int> path)
    {
        foreach (var term in _present.Keys)
        {
            _path[term] = 0;
        }

        foreach (var (term, weight) in path)
        {
            _path[term] = weight;
        }

        _present = path;
    }

    /// <summary>The terms of a chunk of the present file and of its path.</summary>
    /// <returns>Valid until the next call.</returns>
    public List<(int Term, int Count)> Of(BlobTerms blob, int chunk)
    {
        _look++;
        _merged.Clear();
        var terms = blob.Terms(chunk);
        var counts = blob.Counts(chunk);
        for (var i = 0; i < terms.Length; i++)
        {
            var extra = _path[terms[i]];
            if (extra > 0)
            {
                _met[terms[i]] = _look;
            }

            _merged.Add((terms[i], counts[i] + extra));
        }

        foreach (var (term, weight) in _present)
        {
            if (_met[term] != _look)
            {
                _merged.Add((term, weight));
            }
        }

        return _merged;
    }
}
