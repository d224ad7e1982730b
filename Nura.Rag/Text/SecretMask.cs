using System.Buffers;

namespace Nura.Rag.Text;

/// <summary>
/// Covers secrets of forms that their issuers publish (keys of clouds, code hosts and model providers, private keys) with asterisks, one for each character,
/// so that lines and columns stay what they are. What has no form of its own, such as a password, it cannot know.
/// </summary>
internal static class SecretMask
{
    private const string Letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

    private static readonly SearchValues<char> s_capitals = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789");
    private static readonly SearchValues<char> s_letters = SearchValues.Create(Letters);
    private static readonly SearchValues<char> s_base64 = SearchValues.Create(Letters + "+/=");
    private static readonly SearchValues<char> s_url = SearchValues.Create(Letters + "-_");

    // Between a name and its value, and between the lines of a key, also of one that is a string in code.
    private static readonly SearchValues<char> s_between = SearchValues.Create(" \t\r\n\"':=,\\");

    private static readonly Form[] s_forms =
    [
        new("AKIA", s_capitals, 16), new("ASIA", s_capitals, 16),
        new("secret_access_key", s_base64, 40, Named: true), new("SECRET_ACCESS_KEY", s_base64, 40, Named: true),
        new("secretAccessKey", s_base64, 40, Named: true), new("SecretAccessKey", s_base64, 40, Named: true),
        new("AccountKey=", s_base64, 86), new("AIza", s_url, 35), new("dop_v1_", s_letters, 64),

        new("ghp_", s_letters, 36), new("gho_", s_letters, 36), new("ghu_", s_letters, 36), new("ghs_", s_letters, 36), new("ghr_", s_letters, 36),
        new("github_pat_", s_url, 60), new("glpat-", s_url, 20), new("npm_", s_letters, 36), new("pypi-", s_url, 85),

        new("sk-ant-", s_url, 40), new("sk-proj-", s_url, 40), new("sk-svcacct-", s_url, 40), new("hf_", s_letters, 34), new("nura_", s_url, 43),

        new("sk_live_", s_letters, 16), new("rk_live_", s_letters, 16),
        new("xoxb-", s_url, 20), new("xoxp-", s_url, 20), new("xapp-", s_url, 20), new("hooks.slack.com/services/", s_base64, 40),

        // PEM (RFC 7468), whoever's key it is: "RSA", "EC", "OPENSSH", "ENCRYPTED" or nothing stands before these words.
        new("PRIVATE KEY-----", s_base64, 40, Named: true, Lines: true),
    ];

    private static readonly SearchValues<string> s_marks = SearchValues.Create(Array.ConvertAll(s_forms, form => form.Mark), StringComparison.Ordinal);

    /// <summary>Covers the secrets of a text where they stand.</summary>
    /// <returns>How many there were, and the index of the first one's first character.</returns>
    public static (int Count, int First) Cover(Span<char> text)
    {
        var (count, first) = (0, 0);
        for (int at = 0, next; (next = ((ReadOnlySpan<char>)text[at..]).IndexOfAny(s_marks)) >= 0;)
        {
            at += next;
            var (start, end) = Find(text, at);
            foreach (ref var letter in text[start..end])
            {
                letter = char.IsWhiteSpace(letter) ? letter : '*';
            }

            first = count == 0 ? start : first;
            count += start < end ? 1 : 0;
            at = Math.Max(at + 1, end);
        }

        return (count, first);
    }

    /// <summary>A text with its secrets covered; itself if it has none.</summary>
    public static string Covered(string text)
    {
        if (!text.AsSpan().ContainsAny(s_marks))
        {
            return text;
        }

        var copy = text.ToCharArray();
        return Cover(copy).Count > 0 ? new string(copy) : text;
    }

    // Where the secret is that belongs to the mark at a place; nothing if none does.
    private static (int Start, int End) Find(ReadOnlySpan<char> text, int at)
    {
        if (at > 0 && char.IsAsciiLetterOrDigit(text[at - 1]))
        {
            return default;
        }

        foreach (var form in s_forms)
        {
            if (text[at..].StartsWith(form.Mark, StringComparison.Ordinal))
            {
                var start = at + form.Mark.Length;
                start += form.Named ? Run(text[start..], s_between) : 0;
                var length = Run(text[start..], form.Of);
                if (length < form.Least)
                {
                    continue;
                }

                while (form.Lines)
                {
                    var gap = Run(text[(start + length)..], s_between);
                    var line = Run(text[(start + length + gap)..], form.Of);
                    if (line == 0)
                    {
                        break;
                    }

                    length += gap + line;
                }

                return (start, start + length);
            }
        }

        return default;
    }

    private static int Run(ReadOnlySpan<char> text, SearchValues<char> of) => text.IndexOfAnyExcept(of) is >= 0 and var length ? length : text.Length;

    /// <summary>How a secret looks.</summary>
    /// <param name="Mark">What stands before it, and stays.</param>
    /// <param name="Of">Its characters.</param>
    /// <param name="Least">How many they are at least (for <paramref name="Lines"/> in the first line).</param>
    /// <param name="Named">Whether the mark is its name, from which quotes, spaces and the like part it.</param>
    /// <param name="Lines">Whether it goes on over lines.</param>
    private sealed record Form(string Mark, SearchValues<char> Of, int Least, bool Named = false, bool Lines = false);
}
