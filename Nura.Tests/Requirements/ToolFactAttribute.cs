namespace Nura.Tests.Requirements;

/// <summary>A fact that needs a program beyond the SDK, Node and git: skipped where it is missing, except in CI, where it then fails.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ToolFactAttribute : FactAttribute
{
    /// <param name="tool">The program's name on PATH.</param>
    public ToolFactAttribute(string tool)
    {
        if (Environment.GetEnvironmentVariable("CI") != "true" && !IsInstalled(tool))
        {
            Skip = $"{tool} is not installed (tools/ci-setup.sh installs it on Debian).";
        }
    }

    private static bool IsInstalled(string tool) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => folder.Length > 0 && File.Exists(Path.Combine(folder, tool)));
}
