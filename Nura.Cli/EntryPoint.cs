using System.CommandLine;
using System.CommandLine.Invocation;

namespace Nura.Cli;

internal static class EntryPoint
{
    // Without response files: a word that begins with @ is a word, never the name of a file to read.
    private static readonly ParserConfiguration s_parser = new() { ResponseFileTokenReplacer = null };

    /// <summary>Runs one command line and returns its exit code.</summary>
    public static async Task<int> RunAsync(string[] args, InvocationConfiguration? configuration = null, TextReader? piped = null)
    {
        configuration ??= new InvocationConfiguration();
        var parsed = CommandLineTree.Create(piped).Parse(args, s_parser);
        if (MistypedOption.Find(parsed) is { } word)
        {
            await configuration.Error.WriteLineAsync($"Unrecognized command or argument '{word}'. Words that begin with a dash go after --.");
            return ExitCodes.Failed;
        }

        var code = await parsed.InvokeAsync(configuration);

        // The library's own code for a mistake on the command line is 1, which is "nothing found" here.
        return parsed.Action is ParseErrorAction ? ExitCodes.Failed : code;
    }

    private static Task<int> Main(string[] args) => RunAsync(args, piped: Terminal.Piped);
}
