using System.Text;
using System.Text.RegularExpressions;

namespace Nura.Rag.Files;

/// <summary>One line of an ignore file. Syntax: gitignore(5).</summary>
internal sealed class IgnorePattern
{
    private readonly Regex _regex;
    private readonly bool _whole;

    private IgnorePattern(Regex regex, bool whole, bool negated, bool folder)
    {
        _regex = regex;
        _whole = whole;
        Negated = negated;
        FolderOnly = folder;
    }

    /// <summary>Whether it takes matching entries back in.</summary>
    public bool Negated { get; }

    /// <summary>Whether it matches folders only.</summary>
    public bool FolderOnly { get; }

    /// <summary>Reads a line; <see langword="null"/> for comments, blank lines and patterns that can match nothing.</summary>
    public static IgnorePattern? Parse(string line)
    {
        var text = TrimEnd(line.TrimEnd('\r'));
        var negated = text.StartsWith('!');
        text = negated ? text[1..] : text;
        if (text.Length == 0 || (text[0] == '#' && !negated))
        {
            return null;
        }

        var folder = text.EndsWith('/');
        text = folder ? text[..^1] : text;
        var whole = text.Contains('/');
        text = text.StartsWith('/') ? text[1..] : text;
        return text.Length == 0 || Translate(text, whole) is not { } regex ? null
            : new IgnorePattern(new Regex(regex, RegexOptions.CultureInvariant | RegexOptions.NonBacktracking), whole, negated, folder);
    }

    /// <summary>Whether an entry matches.</summary>
    /// <param name="path">Path relative to the ignore file's folder.</param>
    public bool Matches(string path) => _regex.IsMatch(_whole ? path : path[(path.LastIndexOf('/') + 1)..]);

    // Blanks at the end do not count unless escaped.
    private static string TrimEnd(string line)
    {
        var end = line.Length;
        while (end > 0 && line[end - 1] == ' ' && !(end > 1 && line[end - 2] == '\\'))
        {
            end--;
        }

        return line[..end];
    }

    private static string? Translate(string glob, bool whole)
    {
        var regex = new StringBuilder(@"\A");
        for (var i = 0; i < glob.Length; i++)
        {
            switch (glob[i])
            {
                case '*' when whole && StandsAlone(glob, i):
                    var last = i + 2 == glob.Length;
                    regex.Append(last ? ".+" : "(?:.+/)?");
                    i += last ? 1 : 2;
                    break;
                case '*':
                    regex.Append("[^/]*");
                    while (i + 1 < glob.Length && glob[i + 1] == '*')
                    {
                        i++;
                    }

                    break;
                case '?':
                    regex.Append("[^/]");
                    break;
                case '[':
                    if (Class(glob, ref i) is not { } set)
                    {
                        return null;
                    }

                    regex.Append(set);
                    break;
                case '\\':
                    if (++i == glob.Length)
                    {
                        return null;
                    }

                    regex.Append(Regex.Escape(glob[i].ToString()));
                    break;
                default:
                    regex.Append(Regex.Escape(glob[i].ToString()));
                    break;
            }
        }

        return regex.Append(@"\z").ToString();
    }

    private static bool StandsAlone(string glob, int i) =>
        i + 1 < glob.Length && glob[i + 1] == '*' && (i == 0 || glob[i - 1] == '/') && (i + 2 == glob.Length || glob[i + 2] == '/');

    private static string? Class(string glob, ref int i)
    {
        var set = new StringBuilder("[");
        var at = i + 1;
        if (at < glob.Length && glob[at] is '!' or '^')
        {
            set.Append('^');
            at++;
        }

        char? start = null;
        for (var first = true; at < glob.Length; at++, first = false)
        {
            var c = glob[at];
            if (c == ']' && !first)
            {
                i = at;
                // No set matches the separator, a negated one no more than another.
                return set.Append("-[/]]").ToString();
            }

            var range = c == '-' && start is not null && at + 1 < glob.Length && glob[at + 1] != ']';
            c = range ? glob[++at] : c;
            if (c == '\\' && at + 1 < glob.Length)
            {
                c = glob[++at];
            }

            // A range that ends before it starts is its start alone, to git.
            if (!range || c >= start)
            {
                set.Append(range ? "-" : "").Append(c is '\\' or ']' or '[' or '^' or '-' ? "\\" + c : c.ToString());
            }

            start = range ? null : c;
        }

        return null;
    }
}
