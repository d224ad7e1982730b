using System.Text.RegularExpressions;

namespace Nura.Rag.Files;

/// <summary>What a file is for, as far as its path tells.</summary>
internal enum FileKind
{
    /// <summary>The code itself.</summary>
    Source,

    /// <summary>Tests, benchmarks, samples.</summary>
    Test,

    /// <summary>Prose, and what is shown.</summary>
    Document,

    /// <summary>Settings and data.</summary>
    Configuration,
}

/// <summary>Classifies paths.</summary>
internal static partial class FileKinds
{
    private static readonly HashSet<string> s_documents = new(StringComparer.Ordinal)
    {
        Languages.Markdown, Languages.Text, "restructuredtext", "asciidoc", "tex", "html", "css",
    };

    private static readonly HashSet<string> s_settings = new(StringComparer.Ordinal) { "yaml", "json", "toml", "ini", "xml" };

    /// <summary>The kinds by the names that callers give and get.</summary>
    public static IReadOnlyDictionary<string, FileKind> Names { get; } = Enum.GetValues<FileKind>().ToDictionary(NameOf, StringComparer.OrdinalIgnoreCase);

    /// <summary>What callers call a kind.</summary>
    public static string NameOf(FileKind kind) => kind.ToString().ToLowerInvariant();

    /// <summary>The kind of a file.</summary>
    public static FileKind Of(string path, string language) =>
        Tests().IsMatch(path) ? FileKind.Test
        : s_documents.Contains(language) || Documents().IsMatch(path) ? FileKind.Document
        : s_settings.Contains(language) ? FileKind.Configuration
        : FileKind.Source;

    [GeneratedRegex(
        @"(^|[/._-])(?i:tests?|specs?|__tests__|testing|testdata|fixtures|testutils?|conftest|benchmarks?|bench|samples?|examples?|e2e|mocks?)([/._-]|$)|[a-z0-9](Tests?|Specs?|Benchmarks?|TestUtils)([/.]|$)",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Tests();

    [GeneratedRegex("(^|/)(docs?|documentation|changelogs?)/", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture)]
    private static partial Regex Documents();
}
