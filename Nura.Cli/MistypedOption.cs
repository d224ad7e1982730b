using System.CommandLine;
using System.CommandLine.Parsing;

namespace Nura.Cli;

/// <summary>Finds options that do not exist. The library takes them for words where a command takes words, and would search for them.</summary>
internal static class MistypedOption
{
    /// <summary>The first word that begins with a dash and does not stand after <c>--</c>; <see langword="null"/> if there is none, or something else is said already.</summary>
    public static string? Find(ParseResult parsed)
    {
        if (parsed.Errors.Count > 0 || parsed.Action != parsed.CommandResult.Command.Action)
        {
            return null;
        }

        // What stands after -- is nothing but words, so these are the last ones.
        var meant = parsed.Tokens.SkipWhile(token => token.Type != TokenType.DoubleDash).Skip(1).Count();
        return parsed.CommandResult.Children.OfType<ArgumentResult>().SelectMany(argument => argument.Tokens).SkipLast(meant)
            .FirstOrDefault(token => token.Value is ['-', _, ..])?.Value;
    }
}
