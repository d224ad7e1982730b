using System.Collections.Frozen;

namespace Nura.Rag.Text;

/// <summary>English words that say nothing about what a piece of code does.</summary>
internal static class StopWords
{
    private static readonly FrozenSet<string> s_words =
        """
        a an the and or but if then else of to in on at for from by with without into over under is are was were be been being it its this
        that these those as not no do does did can could should would will may might must have has had we you they he she them our your
        their so than too very just also when where which who what how why all any some such own same more most other use used using via
        per about after before between because while during each both only
        """.Split([' ', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries).ToFrozenSet(StringComparer.Ordinal);

    /// <summary>Whether a lower-case word is left out of index and query.</summary>
    public static bool Contains(string word) => s_words.Contains(word);
}
