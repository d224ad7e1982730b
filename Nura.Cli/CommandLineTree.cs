using System.CommandLine;

namespace Nura.Cli;

/// <summary>All verbs of the tool.</summary>
internal static class CommandLineTree
{
    public static RootCommand Create() => new(
        """
        Asks a Nura server, searches its repositories, and manages them.

        NURA_URL is the server's address (http://localhost:5180 if unset), NURA_KEY an API key of it.
        Exit codes: 0 done, 1 nothing found, 2 refused or failed, 130 interrupted.
        """)
    {
        Connection.Url,
        Connection.Json,
        AskCommand.Create(),
        SearchCommand.Create(),
        LookupCommands.CreateSymbols(),
        LookupCommands.CreateReferences(),
        GrepCommand.Create(),
        ReadCommand.Create(),
        RepositoryCommands.Create(),
    };
}
