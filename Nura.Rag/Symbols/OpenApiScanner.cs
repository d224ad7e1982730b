using Nura.Rag.Text;

namespace Nura.Rag.Symbols;

/// <summary>Finds what an OpenAPI description defines: its paths, operations and schemas, in YAML or JSON that is laid out in lines.</summary>
internal static class OpenApiScanner
{
    private const int HeadLines = 30;
    private static readonly string[] s_methods = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];

    /// <summary>Whether a text is such a description.</summary>
    public static bool IsDescription(SourceText text, string language)
    {
        for (var line = 0; language is "yaml" or "json" && line < Math.Min(HeadLines, text.Count); line++)
        {
            if (Key(text[line]) is "openapi" or "swagger")
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>What a line defines.</summary>
    /// <param name="line">The line.</param>
    /// <param name="around">The key that the line is directly below.</param>
    public static (string Name, string Kind)? Scan(ReadOnlySpan<char> line, string? around) => Key(line) switch
    {
        null => null,
        ['/', ..] path => (path, "path"),
        var key when around is ['/', ..] && s_methods.Contains(key) => ($"{key.ToUpperInvariant()} {around}", "operation"),
        var key when around is "schemas" or "definitions" => (key, "schema"),
        _ => null,
    };

    /// <summary>The key that a line begins with, or <see langword="null"/>.</summary>
    public static string? Key(ReadOnlySpan<char> line)
    {
        var text = line.Trim();
        var colon = text.IndexOf(':');
        var key = colon <= 0 ? default : text[..colon].Trim().Trim("\"'");
        return key.IsEmpty || key.ContainsAny(" ,[#") ? null : key.ToString();
    }
}
