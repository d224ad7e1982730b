using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Nura.Contracts;

/// <summary>A place in a repository, exact to the line: <c>repository@commit:path#Lx-Ly</c>.</summary>
/// <param name="Repository">The repository's name in Nura, unique; letters, digits, <c>.</c>, <c>_</c>, <c>-</c> and <c>/</c>.</param>
/// <param name="Commit">7 to 64 hexadecimal digits; a prefix names the commit if it is unambiguous in the repository.</param>
/// <param name="Path">Path from the repository's root, <c>/</c> as separator.</param>
/// <param name="StartLine">First line, from 1.</param>
/// <param name="EndLine">Last line, inclusive; at least <paramref name="StartLine"/>.</param>
public sealed partial record Citation(string Repository, string Commit, string Path, int StartLine, int EndLine)
{
    /// <summary>Digits of the commit that <see cref="ToString"/> prints.</summary>
    public const int ShortCommit = 12;

    /// <summary>The written form, with the commit shortened to <see cref="ShortCommit"/> digits.</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Repository}@{(Commit.Length > ShortCommit ? Commit[..ShortCommit] : Commit)}:{Path}#L{StartLine}-L{EndLine}");

    /// <summary>Reads the written form; one line may stand as <c>#L7</c>, and the second <c>L</c> may be left out.</summary>
    /// <param name="text">Exactly one citation, without brackets.</param>
    /// <param name="citation">The citation, or <see langword="null"/> if the text is none.</param>
    public static bool TryParse(string? text, [NotNullWhen(true)] out Citation? citation)
    {
        citation = null;
        if (text is null || Written().Match(text) is not { Success: true } match
            || !int.TryParse(match.Groups["start"].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out var start))
        {
            return false;
        }

        var end = start;
        if (match.Groups["end"] is { Success: true } last
            && !int.TryParse(last.ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out end))
        {
            return false;
        }

        if (start < 1 || end < start)
        {
            return false;
        }

        citation = new Citation(match.Groups["repository"].Value, match.Groups["commit"].Value, match.Groups["path"].Value, start, end);
        return true;
    }

    [GeneratedRegex(@"\A(?<repository>[A-Za-z0-9._/-]{1,200})@(?<commit>[0-9a-f]{7,64}):(?<path>[^\r\n]{1,4096})#L(?<start>[0-9]{1,9})(-L?(?<end>[0-9]{1,9}))?\z", RegexOptions.ExplicitCapture)]
    private static partial Regex Written();
}
