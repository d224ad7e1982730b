using System.Diagnostics;

namespace Nura.Tests.Fakes;

/// <summary>What a service that runs as a process of its own says.</summary>
internal static class ServiceOutput
{
    /// <summary>Waits for a line.</summary>
    /// <param name="process">The service; its output is redirected.</param>
    /// <param name="sign">Part of the line.</param>
    public static async Task<string> LineAsync(this Process process, string sign)
    {
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            if (line.Contains(sign, StringComparison.Ordinal))
            {
                return line;
            }
        }

        throw new InvalidOperationException($"The service ended before it said '{sign}'.");
    }

    /// <summary>Where it listens, once it does.</summary>
    /// <param name="process">The service; its output is redirected, and somebody must go on reading it.</param>
    public static async Task<Uri> AddressAsync(this Process process)
    {
        const string Sign = "Now listening on: ";
        var line = await process.LineAsync(Sign);
        return new Uri(line[(line.IndexOf(Sign, StringComparison.Ordinal) + Sign.Length)..].Trim());
    }
}
