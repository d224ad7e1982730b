using System.Globalization;
using System.Text.RegularExpressions;

namespace Nura.Hosting.Dashboard.Pages;

/// <summary>A console line with its ANSI colours as classes; every other escape sequence is left out.</summary>
internal static partial class AnsiText
{
    public static Html ToHtml(string line)
    {
        var parts = new List<Html>();
        var (colour, bold, position) = (-1, false, 0);
        foreach (Match escape in Escape().Matches(line))
        {
            Add(line[position..escape.Index]);
            position = escape.Index + escape.Length;
            if (escape.Groups["sgr"].Success)
            {
                Apply(escape.Groups["sgr"].Value);
            }
        }

        Add(line[position..]);
        return Html.Join(parts);

        void Add(string text)
        {
            if (text.Length > 0)
            {
                parts.Add(colour < 0 && !bold ? Html.Of($"{text}") : Html.Of($"""<span class="{(colour < 0 ? "" : $"a{colour}")}{(bold ? " strong" : "")}">{text}</span>"""));
            }
        }

        void Apply(string codes)
        {
            var numbers = codes.Split(';').Select(code => int.TryParse(code, CultureInfo.InvariantCulture, out var number) ? number : 0).ToArray();
            foreach (var number in numbers)
            {
                switch (number)
                {
                    case 0: (colour, bold) = (-1, false); break;
                    case 1: bold = true; break;
                    case 22: bold = false; break;
                    case 39: colour = -1; break;
                    case >= 30 and <= 37: colour = number - 30; break;
                    case >= 90 and <= 97: colour = number - 90; break;
                    // 256 and 24-bit colours carry operands that must not be read as codes of their own.
                    case 38 or 48: return;
                }
            }
        }
    }

    [GeneratedRegex(@"\x1B(?:\[(?<sgr>[0-9;]*)m|\[[0-?]*[ -/]*[@-~]|\][^\x07\x1B]*(?:\x07|\x1B\\)|[@-Z\\^_])")]
    private static partial Regex Escape();
}
