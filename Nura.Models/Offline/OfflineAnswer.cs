using System.Globalization;

namespace Nura.Models;

/// <summary>The words around the quotations, as Markdown, piece by piece: a sentence, a heading, a line of code.</summary>
internal static class OfflineAnswer
{
    private const string HowToConfigure =
        "To get written answers, name an OpenAI-compatible server (Ollama, vLLM, LM Studio, OpenAI) in the configuration, " +
        "for example `Nura__Models__Servers__local__BaseUrl=http://localhost:11434/v1` and `Nura__Models__Servers__local__Models__0=<model>`, and start Nura again.\n";

    private const string HowToAsk =
        "There are models here that write answers: name one of them, or none and Nura chooses. If Nura has chosen this, none of them can take the question; it may be too long for them.\n";

    /// <param name="question">What was asked.</param>
    /// <param name="passages">What was found for it; <see langword="null"/> if nobody searched.</param>
    /// <param name="isAlone">Whether there is no other model that could have answered.</param>
    public static IEnumerable<string> Write(string question, IReadOnlyList<Passage>? passages, bool isAlone)
    {
        var (why, whatToDo) = isAlone ? ("No language model is configured", HowToConfigure) : ("No language model was asked", HowToAsk);
        if (passages is null)
        {
            yield return $"**{why}, so nothing can answer this.** ";
            yield return "The agent `nura` searches the repositories and quotes what it finds, also without a model: ask it by that name.\n\n";
            yield return whatToDo;
            yield break;
        }

        var quotations = Quotation.Pick(question, passages);
        if (quotations.Count == 0)
        {
            yield return "Nothing in the indexed repositories fits this question. ";
            yield return "Try other words, such as the name of a file, a class or a setting, and make sure that the repository is added and its indexing is done.\n\n";
            yield return $"{why}: without one Nura can only quote what it finds. ";
            yield return whatToDo;
            yield break;
        }

        yield return $"**{why}, so this is not a written answer.** ";
        yield return quotations.Count == 1
            ? "It is the passage that fits the question best, quoted word for word, with its source.\n\n"
            : $"These are the {quotations.Count} passages that fit the question best, quoted word for word, each with its source.\n\n";

        foreach (var quotation in quotations)
        {
            yield return $"**{quotation.Path}**, {Lines(quotation)}:\n\n";
            var fence = Fence(quotation);
            yield return $"{fence}{Language(quotation.Path)}\n";
            foreach (var line in quotation.Lines)
            {
                yield return line + "\n";
            }

            yield return $"{fence}\n\n[{quotation.Citation}]\n\n";
        }

        yield return whatToDo;
    }

    private static string Lines(Quotation quotation) => quotation.Lines.Count == 1
        ? string.Create(CultureInfo.InvariantCulture, $"line {quotation.Start}")
        : string.Create(CultureInfo.InvariantCulture, $"lines {quotation.Start} to {quotation.Start + quotation.Lines.Count - 1}");

    /// <summary>A fence longer than any run of backticks inside, so that quoted Markdown cannot end it.</summary>
    private static string Fence(Quotation quotation)
    {
        var longest = 2;
        foreach (var line in quotation.Lines)
        {
            var run = 0;
            foreach (var character in line)
            {
                run = character == '`' ? run + 1 : 0;
                longest = Math.Max(longest, run);
            }
        }

        return new string('`', longest + 1);
    }

    /// <summary>The file's extension: highlighters know it as a language name.</summary>
    private static string Language(string path)
    {
        var extension = Path.GetExtension(path).TrimStart('.');
        return extension.Length is > 0 and <= 10 && extension.All(char.IsAsciiLetterOrDigit) ? extension.ToLowerInvariant() : "";
    }
}
