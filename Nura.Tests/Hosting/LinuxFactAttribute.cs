namespace Nura.Tests.Hosting;

/// <summary>A test that looks into /proc.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class LinuxFactAttribute : FactAttribute
{
    public LinuxFactAttribute() => Skip = OperatingSystem.IsLinux() ? null : "Looks into /proc.";
}
