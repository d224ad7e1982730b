using Nura.Hosting;

namespace Nura.Tests.Manifests;

/// <summary>A test that dumps and restores for real: skipped without age or a native PostgreSQL with pgvector, except in CI, where it then fails.</summary>
internal sealed class BackupFactAttribute : FactAttribute
{
    /// <param name="tool">One more program that is needed.</param>
    public BackupFactAttribute(string tool = "age-keygen")
    {
        if (Environment.GetEnvironmentVariable("CI") == "true")
        {
            return;
        }

        Skip = !OperatingSystem.IsLinux() ? "The jobs run in a Linux image."
            : PostgresInstallation.Find() is null ? "Native PostgreSQL with pgvector is not installed (tools/ci-setup.sh installs it on Debian)."
            : new Requirements.ToolFactAttribute("age-keygen").Skip ?? new Requirements.ToolFactAttribute(tool).Skip;
    }
}
