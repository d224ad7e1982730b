namespace Nura.Cli;

internal static class EntryPoint
{
    private static Task<int> Main(string[] args) => CommandLineTree.Create().Parse(args).InvokeAsync();
}
