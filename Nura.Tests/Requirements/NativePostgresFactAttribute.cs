using Nura.Hosting;

namespace Nura.Tests.Requirements;

/// <summary>A fact that PGlite cannot serve: skipped without a native PostgreSQL with pgvector, except in CI, where it then fails.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class NativePostgresFactAttribute : FactAttribute
{
    public NativePostgresFactAttribute()
    {
        if (Environment.GetEnvironmentVariable("CI") != "true" && PostgresInstallation.Find() is null)
        {
            Skip = "Native PostgreSQL with pgvector is not installed (tools/ci-setup.sh installs it on Debian).";
        }
    }
}
