using System.Text.RegularExpressions;
using Nura.Contracts;
using Nura.ServiceDefaults.Text;

namespace Nura.Agents.Answering;

/// <summary>What to search for, given a conversation.</summary>
internal static partial class RetrievalQuery
{
    private const int LongestQuery = 4_000;
    private const int FewWords = 5;

    /// <summary>
    /// The last question; and when it leans on what was said ("and where is it tested?"), the questions before it, back to one
    /// that stands for itself.
    /// </summary>
    public static string Of(IReadOnlyList<RunMessage> messages)
    {
        var questions = new List<string>();
        foreach (var message in messages.Where(message => message.Role == "user" && message.Content.Length > 0).Reverse())
        {
            questions.Add(message.Content);
            if (!Leans(message.Content))
            {
                break;
            }
        }

        return string.Join('\n', questions).AtMost(LongestQuery);
    }

    private static bool Leans(string question) =>
        Word().Count(question) <= FewWords && !Identifier().IsMatch(question) || Reference().IsMatch(question);

    [GeneratedRegex(@"\w+")]
    private static partial Regex Word();

    // camelCase, snake_case, a.path, Type::member: such a word says what it is about, however short the question.
    [GeneratedRegex(@"\w[a-z][A-Z]|\w_\w|\w[./:]{1,2}\w|`")]
    private static partial Regex Identifier();

    [GeneratedRegex(@"\b(it|its|that|this|these|those|they|them|their|there|he|she|same|above|previous|earlier|former|latter|else|another|eso|esa|ese|esto|esta|este|ello|ah[ií]|mismo|misma|anterior)\b", RegexOptions.IgnoreCase)]
    private static partial Regex Reference();
}
