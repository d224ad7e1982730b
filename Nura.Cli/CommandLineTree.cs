using System.CommandLine;

namespace Nura.Cli;

/// <summary>All verbs of the tool.</summary>
internal static class CommandLineTree
{
    /// <param name="piped">Text that goes into a command; <see langword="null"/> if standard input is a terminal.</param>
    public static RootCommand Create(TextReader? piped) => new(
        """
        Asks a Nura server, searches its repositories, and manages them.

        NURA_URL is the server's address (http://localhost:5180 if unset), NURA_KEY an API key of it.
        Exit codes: 0 done, 1 nothing found, 2 refused or failed, 130 interrupted.
        """)
    {
        Connection.Url,
        Connection.Json,
        AskCommand.Create(piped),
        SearchCommand.Create(),
        LookupCommands.CreateSymbols(),
        LookupCommands.CreateReferences(),
        GrepCommand.Create(),
        ReadCommand.Create(),
        RepositoryCommands.Create(),
    };
}
