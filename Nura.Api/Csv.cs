using System.Text.RegularExpressions;

namespace Nura.Api;

/// <summary>Text for spreadsheets.</summary>
internal static partial class Csv
{
    /// <summary>Quoted as RFC 4180 says; what a spreadsheet would take for a formula is defused, also behind what parts its columns where the comma does not.</summary>
    public static string Field(string text)
    {
        var safe = FormulaStart().Replace(text, "'");
        return safe.AsSpan().IndexOfAny(",\"\r\n") >= 0 ? $"\"{safe.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : safe;
    }

    [GeneratedRegex(@"(?<=^|[;\t\r\n])(?=[=+@\t\r-])")]
    private static partial Regex FormulaStart();
}
