using System.Globalization;
using System.Text.RegularExpressions;

namespace Nura.Rag.Git;

/// <summary>Reads how far a fetch is from what git prints about it.</summary>
internal static partial class FetchProgress
{
    /// <summary>Percent of the objects received, or <see langword="null"/> if the line says nothing about that.</summary>
    public static double? Percent(string line) =>
        Received().Match(line) is { Success: true } match ? double.Parse(match.Groups["percent"].ValueSpan, CultureInfo.InvariantCulture) : null;

    [GeneratedRegex(@"^(remote: )?Receiving objects:\s+(?<percent>\d{1,3})%", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Received();
}
