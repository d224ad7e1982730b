namespace Nura.Cli;

/// <summary>Tells a terminal from a file or pipe.</summary>
internal static class Terminal
{
#pragma warning disable RS0030 // The one thing only the console knows.
    /// <summary>Standard input; <see langword="null"/> if it is a terminal, where nobody expects to be read.</summary>
    public static TextReader? Piped => Console.IsInputRedirected ? Console.In : null;

    /// <summary>Columns of the terminal whose lines can be written over; <see langword="null"/> if what is written there goes elsewhere.</summary>
    public static int? Width(TextWriter writer) => writer == Console.Error && !Console.IsErrorRedirected ? Math.Max(Console.WindowWidth, 1) : null;

    /// <summary>The writer itself, or one that makes control characters visible if it writes to a terminal.</summary>
    public static TextWriter Shown(TextWriter writer) => (writer == Console.Out && !Console.IsOutputRedirected) || (writer == Console.Error && !Console.IsErrorRedirected) ? new VisibleWriter(writer) : writer;
#pragma warning restore RS0030
}
