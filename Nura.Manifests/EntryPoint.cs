using Nura.Manifests.Cli;

namespace Nura.Manifests;

internal static class EntryPoint
{
    private static Task<int> Main(string[] args) => CommandLineTree.Create().Parse(args).InvokeAsync();
}
