namespace Nura.Models;

/// <summary>A question that was compared.</summary>
public sealed class SemanticLookup
{
    internal SemanticLookup(CachedAnswer? answer, string key, byte[] guard, float[] vector) => (Answer, Key, Guard, Vector) = (answer, key, guard, vector);

    /// <summary>The answer to a question that means the same, if there is one.</summary>
    public CachedAnswer? Answer { get; }

    internal string Key { get; }

    internal byte[] Guard { get; }

    internal float[] Vector { get; }
}
