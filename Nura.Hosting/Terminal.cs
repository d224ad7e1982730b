namespace Nura.Hosting;

/// <summary>The terminal that the AppHost was started from: for the few lines that are no log.</summary>
internal static class Terminal
{
#pragma warning disable RS0030 // The one place that names the console.
    public static TextWriter Out => Console.Out;

    public static TextWriter Error => Console.Error;
#pragma warning restore RS0030
}
