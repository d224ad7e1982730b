namespace Nura.Hosting;

/// <summary>The programs of a PostgreSQL server that has the <c>vector</c> extension.</summary>
internal sealed record PostgresInstallation(string BinDirectory)
{
    /// <summary>The newest installation that has the extension; null when there is none.</summary>
    /// <param name="dataDirectory">The cluster that it is for, if there is one already: the version that made it goes before newer ones, which cannot open it.</param>
    public static PostgresInstallation? Find(string? dataDirectory = null) =>
        Find([.. OnPath(), .. Children("/usr/lib/postgresql", "bin"), .. Children("/opt/homebrew/opt", "bin"), .. Children("/usr/local/opt", "bin"), "/usr/local/pgsql/bin"], dataDirectory);

    /// <summary>The same among some folders, the best first.</summary>
    public static PostgresInstallation? Find(IEnumerable<string> folders, string? dataDirectory)
    {
        var found = folders.Where(bin => File.Exists(Path.Combine(bin, Executable("postgres"))) && File.Exists(Path.Combine(bin, Executable("initdb"))) && HasVector(bin)).Distinct().ToList();
        var version = dataDirectory is null ? null : Path.Combine(dataDirectory, "PG_VERSION");
        var maker = File.Exists(version) ? File.ReadAllText(version).Trim() : null;
        return (found.Find(bin => MajorVersion(bin) == maker) ?? found.FirstOrDefault()) is { } best ? new(best) : null;
    }

    public string Program(string name) => Path.Combine(BinDirectory, Executable(name));

    /// <summary>The account that PostgreSQL runs under when we are root.</summary>
    public static string UnprivilegedUser() =>
        File.ReadLines("/etc/passwd").Any(line => line.StartsWith("postgres:", StringComparison.Ordinal)) ? "postgres" : "nobody";

    private static string Executable(string name) => OperatingSystem.IsWindows() ? name + ".exe" : name;

    private static IEnumerable<string> OnPath() =>
        Programs.Find("postgres") is { } found ? [Path.GetDirectoryName(new FileInfo(found).ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? found)!] : [];

    private static IEnumerable<string> Children(string folder, string below) =>
        Directory.Exists(folder) ? Directory.EnumerateDirectories(folder).OrderDescending(StringComparer.Ordinal).Select(child => Path.Combine(child, below)) : [];

    /// <summary>As packages name their folders: <c>postgresql/17/bin</c>, <c>postgresql@17/bin</c>.</summary>
    private static string MajorVersion(string bin) => Path.GetFileName(Path.GetDirectoryName(bin)!).Split('@')[^1];

    /// <summary>Debian keeps extensions in /usr/share/postgresql/N, everyone else below the installation.</summary>
    private static bool HasVector(string bin)
    {
        var home = Path.GetDirectoryName(bin)!;
        string[] shares = [Path.Combine("/usr/share/postgresql", Path.GetFileName(home)), Path.Combine(home, "share"), Path.Combine(home, "share", "postgresql")];
        return shares.Any(share => File.Exists(Path.Combine(share, "extension", "vector.control")));
    }
}
