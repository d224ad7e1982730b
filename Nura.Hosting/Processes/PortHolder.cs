using System.Globalization;

namespace Nura.Hosting;

/// <summary>Says who listens on a port, where the system tells.</summary>
internal static class PortHolder
{
    private static readonly string[] s_tables = ["/proc/net/tcp", "/proc/net/tcp6"];

    public static string Describe(int port, string resource, string key)
    {
        var holder = OperatingSystem.IsLinux() ? Find(port) : null;
        return string.Create(CultureInfo.InvariantCulture, $"Port {port} for {resource} is in use{(holder is null ? "" : $" by {holder}")}. End that program, or choose another port with the key '{key}'.");
    }

    /// <summary>Finds the listening socket in the kernel's tables, then the process that has it open.</summary>
    private static string? Find(int port)
    {
        try
        {
            var suffix = ":" + port.ToString("X4", CultureInfo.InvariantCulture);
            var sockets = s_tables.Where(File.Exists).SelectMany(File.ReadLines)
                .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
                .Where(fields => fields.Length > 9 && fields[1].EndsWith(suffix, StringComparison.Ordinal) && fields[3] == "0A")
                .Select(fields => $"socket:[{fields[9]}]")
                .ToHashSet(StringComparer.Ordinal);
            foreach (var folder in Directory.EnumerateDirectories("/proc").Where(f => int.TryParse(Path.GetFileName(f), out _)))
            {
                if (Holds(folder, sockets))
                {
                    return $"'{File.ReadAllText(Path.Combine(folder, "comm")).Trim()}' (process {Path.GetFileName(folder)})";
                }
            }
        }
        catch (IOException)
        {
            // Processes come and go while we look; the message does without a name.
        }

        return null;
    }

    private static bool Holds(string folder, HashSet<string> sockets)
    {
        try
        {
            return Directory.EnumerateFiles(Path.Combine(folder, "fd")).Any(fd => new FileInfo(fd).LinkTarget is { } target && sockets.Contains(target));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
