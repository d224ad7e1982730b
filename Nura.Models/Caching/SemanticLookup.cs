namespace Nura.Models;

/// <summary>A question that was compared.</summary>
public sealed class SemanticLookup
{
    private readonly SemanticCache _cache;

    internal SemanticLookup(SemanticCache cache, CachedAnswer? answer, string key, byte[] guard, float[] vector) => (_cache, Answer, Key, Guard, Vector) = (cache, answer, key, guard, vector);

    /// <summary>The answer to a question that means the same, if there is one.</summary>
    public CachedAnswer? Answer { get; }

    internal string Key { get; }

    internal byte[] Guard { get; }

    internal float[] Vector { get; }

    /// <summary>Keeps an answer to the question if it may be given again.</summary>
    /// <param name="answer">A whole and good answer.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public ValueTask KeepAsync(CachedAnswer answer, CancellationToken cancellationToken) => _cache.KeepAsync(this, answer, cancellationToken);
}
