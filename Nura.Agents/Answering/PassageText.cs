using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Nura.Contracts;

namespace Nura.Agents.Answering;

/// <summary>
/// Writes retrieved lines for a model, as data: between marks that the lines themselves cannot contain, because the marks are
/// drawn afresh each time.
/// </summary>
internal static class PassageText
{
    // A path may hold one, which would end the attribute.
    private const string Quote = "&quot;";

    public static string Of(IReadOnlyList<SearchHit> hits) => Of(hits.Select(hit => (hit.Citation, hit.Text)));

    public static string Of(Citation citation, string text) => Of([(citation, text)]);

    /// <summary>A citation as it is, of one that a model copied from a passage.</summary>
    public static string Copied(string citation) => citation.Replace(Quote, "\"", StringComparison.Ordinal);

    public static string Of(IEnumerable<(Citation Citation, string Text)> passages)
    {
        var mark = RandomNumberGenerator.GetHexString(12, lowercase: true);
        var output = new StringBuilder();
        foreach (var (citation, text) in passages)
        {
            output.Append(CultureInfo.InvariantCulture, $"<passage-{mark} citation=\"{citation.ToString().Replace("\"", Quote, StringComparison.Ordinal)}\">\n{text}\n</passage-{mark}>\n");
        }

        return output.ToString();
    }
}
