using System.Text.RegularExpressions;

namespace Nura.Rag.Files;

/// <summary>What a file is for, as far as its path tells.</summary>
internal enum FileKind
{
    /// <summary>The code itself.</summary>
    Source,

    /// <summary>Tests, benchmarks, samples.</summary>
    Test,

    /// <summary>Prose, data and settings.</summary>
    Document,
}

/// <summary>Classifies paths.</summary>
internal static partial class FileKinds
{
    private static readonly HashSet<string> s_documents = new(StringComparer.Ordinal)
    {
        Languages.Markdown, Languages.Text, "restructuredtext", "asciidoc", "tex", "yaml", "json", "toml", "ini", "xml", "html", "css",
    };

    /// <summary>The kind of a file.</summary>
    public static FileKind Of(string path, string language) =>
        Tests().IsMatch(path) ? FileKind.Test
        : s_documents.Contains(language) || Documents().IsMatch(path) ? FileKind.Document
        : FileKind.Source;

    [GeneratedRegex(
        @"(^|[/._-])(?i:tests?|specs?|__tests__|testing|testdata|fixtures|testutils?|conftest|benchmarks?|bench|samples?|examples?|e2e|mocks?)([/._-]|$)|[a-z0-9](Tests?|Specs?|Benchmarks?|TestUtils)([/.]|$)",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Tests();

    [GeneratedRegex("(^|/)(docs?|documentation|changelogs?)/", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture)]
    private static partial Regex Documents();
}
