using System.CommandLine;

namespace Nura.Manifests.Cli;

/// <summary>All verbs of the tool.</summary>
internal static class CommandLineTree
{
    public static RootCommand Create()
    {
        var root = new RootCommand("From an Aspire manifest to a running, promotable system.")
        {
            InitCommand.Create(),
            GenerateCommand.Create(),
            BuildCommand.Create(),
            ApplyCommand.Create(),
            ApplyCommand.CreateDestroy(),
            SbomCommand.Create(),
        };
        foreach (var command in PromotionCommands.Create())
        {
            root.Subcommands.Add(command);
        }

        return root;
    }
}
