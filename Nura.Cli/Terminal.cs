namespace Nura.Cli;

/// <summary>Tells a terminal from a file or pipe.</summary>
internal static class Terminal
{
#pragma warning disable RS0030 // The one thing only the console knows.
    /// <summary>Whether a line written there can be written over.</summary>
    public static bool IsInteractive(TextWriter writer) => writer == Console.Error && !Console.IsErrorRedirected;
#pragma warning restore RS0030
}
