namespace Nura.Tests.Databases;

public sealed partial class DatabaseFixture
{
    public const string Pglite = "pglite";
    public const string Native = "native";

    private static readonly string[] s_shares = ["/usr/share/postgresql", "/usr/local/share", "/usr/local/opt", "/opt/homebrew/opt", "/usr/local/pgsql/share"];

    /// <summary>PGlite, and native PostgreSQL with pgvector where it is installed. In CI it must be.</summary>
    public static TheoryData<string> Engines => Fastest == Native ? [Pglite, Native] : [Pglite];

    /// <summary>For what no engine does otherwise than another: native PostgreSQL where it is installed, which starts and answers in a fraction of PGlite's time.</summary>
    public static string Fastest { get; } = HasNative() || Environment.GetEnvironmentVariable("CI") == "true" ? Native : Pglite;

    private static bool HasNative() => s_shares.Where(Directory.Exists).Any(share =>
        Directory.EnumerateFiles(share, "vector.control", new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = 5, IgnoreInaccessible = true }).Any());
}
