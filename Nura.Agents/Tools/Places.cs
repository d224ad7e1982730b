using Nura.Agents.Answering;
using Nura.Agents.Kernel;
using Nura.Contracts;

namespace Nura.Agents.Tools;

/// <summary>Writes places in files for a model.</summary>
internal static class Places
{
    /// <summary>Said when there are more than were returned.</summary>
    public const string More = "There are more: narrow it down by path.";

    /// <summary>An answer of places, each with what stands there.</summary>
    /// <param name="wanted">What was looked for.</param>
    /// <param name="places">What was found.</param>
    /// <param name="note">What to know besides.</param>
    public static ToolAnswer Answer(string wanted, IEnumerable<(Citation Citation, string Text)> places, string? note)
    {
        var found = places.ToList();
        var text = found.Count > 0 ? PassageText.Of(found) : note is null ? "Nothing was found." : "";
        return new ToolAnswer($"{text}{note}", $"\"{wanted}\": {found.Count} {(found.Count == 1 ? "place" : "places")}");
    }
}
