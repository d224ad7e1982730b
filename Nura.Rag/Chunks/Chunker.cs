using Nura.Rag.Files;
using Nura.Rag.Text;

namespace Nura.Rag.Chunks;

/// <summary>
/// Packs lines greedily into chunks, and cuts where a declaration begins if one does. Together the chunks are the file, each line in
/// exactly one.
/// </summary>
internal static class Chunker
{
    /// <summary>Most characters other than white space in a chunk of more than one line. Measured best per token of context.</summary>
    public const int MaxInk = 800;

    /// <summary>Splits a file.</summary>
    public static List<SourceChunk> Split(SourceText text, string language)
    {
        var chunks = new List<SourceChunk>();
        var declares = Declares(text, language);
        var scope = new Scope();
        int start = 0, ink = 0, border = -1;
        for (var line = 0; line < text.Count; line++)
        {
            var lineInk = Ink(text[line]);
            if (declares[line])
            {
                border = Lead(text, line, start, language);
            }

            // Twice if what was kept before this line is too much for one chunk.
            while (ink + lineInk > MaxInk && line > start)
            {
                var cut = border > start && border <= line ? border : line;
                chunks.Add(Make(text, start, cut, language, declares, scope));
                start = cut;
                ink = 0;
                for (var kept = start; kept < line; kept++)
                {
                    ink += Ink(text[kept]);
                }
            }

            ink += lineInk;
        }

        if (start < text.Count)
        {
            chunks.Add(Make(text, start, text.Count, language, declares, scope));
        }

        return chunks;
    }

    private static bool[] Declares(SourceText text, string language)
    {
        var declares = new bool[text.Count];
        var fenced = false;
        for (var line = 0; line < text.Count; line++)
        {
            // A "#" line in a fenced block of Markdown is somebody's comment, not a heading.
            fenced ^= language == Languages.Markdown && text[line].TrimStart().StartsWith("```", StringComparison.Ordinal);
            declares[line] = !fenced && Declaration.Opens(text[line], language);
        }

        return declares;
    }

    private static int Lead(SourceText text, int line, int start, string language)
    {
        while (language != Languages.Markdown && line > start && Declaration.Leads(text[line - 1]))
        {
            line--;
        }

        return line;
    }

    private static SourceChunk Make(SourceText text, int start, int end, string language, bool[] declares, Scope scope)
    {
        var symbol = scope.Path;
        var declarations = new List<int>();
        for (var line = start; line < end; line++)
        {
            if (declares[line] && Declaration.Name(text[line], language) is { } name)
            {
                scope.Enter(Scope.Depth(text[line], language), name);
                symbol = declarations.Count == 0 ? scope.Path : symbol;
                declarations.Add(line);
            }
        }

        return new SourceChunk(start, end, symbol, declarations);
    }

    private static int Ink(ReadOnlySpan<char> line) => line.Length - line.Count(' ') - line.Count('\t') - line.Count('\r');
}
