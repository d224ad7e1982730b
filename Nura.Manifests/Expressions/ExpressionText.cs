namespace Nura.Manifests.Expressions;

/// <summary>
/// Splits "text {a.b.c} text" into literal runs and expressions. Doubled braces are literal, as Aspire writes them in composed text;
/// plain text it writes as it is, so braces around anything but a dotted name ("/{**rest}", JSON) are literal too.
/// </summary>
internal static partial class ExpressionText
{
    /// <returns>Runs in order; an expression comes without its braces.</returns>
    /// <exception cref="FormatException">A brace has no partner.</exception>
    public static IEnumerable<(bool IsExpression, string Text)> Split(string text)
    {
        var literal = new System.Text.StringBuilder();
        var open = 0;
        for (var index = 0; index < text.Length; index++)
        {
            var current = text[index];
            if ((current == '{' || (current == '}' && open == 0)) && index + 1 < text.Length && text[index + 1] == current)
            {
                literal.Append(current);
                index++;
            }
            else if (current == '{')
            {
                var end = text.IndexOfAny(['{', '}'], index + 1);
                if (end > 0 && !Dotted().IsMatch(text.AsSpan(index + 1, end - index - 1)))
                {
                    literal.Append(current);
                    open++;
                    continue;
                }

                if (end < 0 || text[end] == '{')
                {
                    throw new FormatException($"'{text[index..]}' opens a brace that is not closed; a literal brace is doubled");
                }

                if (literal.Length > 0)
                {
                    yield return (false, literal.ToString());
                    literal.Clear();
                }

                yield return (true, text[(index + 1)..end]);
                index = end;
            }
            else if (current == '}' && open > 0)
            {
                literal.Append(current);
                open--;
            }
            else if (current == '}')
            {
                throw new FormatException($"'{text[..(index + 1)]}' closes a brace that was not opened; a literal brace is doubled");
            }
            else
            {
                literal.Append(current);
            }
        }

        if (literal.Length > 0)
        {
            yield return (false, literal.ToString());
        }
    }

    [System.Text.RegularExpressions.GeneratedRegex(@"^[A-Za-z][A-Za-z0-9_-]*\.[A-Za-z0-9_.-]*$")]
    private static partial System.Text.RegularExpressions.Regex Dotted();
}
