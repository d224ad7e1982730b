using System.Reflection;
using System.Text;

namespace Nura.Tests.Hosting;

/// <summary>What Nura.Hosting adds to Aspire's namespaces must be Aspire's own: each line of the approved list was checked against its public API.</summary>
public sealed class PublicSurfaceTests
{
    [Fact]
    public void NuraHosting_PublicMembers_AreTheApprovedOnes()
    {
        var members = new StringBuilder();
        foreach (var type in typeof(Aspire.Hosting.DistributedApplication).Assembly.GetExportedTypes().OrderBy(t => t.FullName, StringComparer.Ordinal))
        {
            Assert.StartsWith("Aspire.Hosting", type.Namespace, StringComparison.Ordinal);
            members.Append(type.FullName).Append('\n');
            foreach (var member in type.GetMembers(BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly)
                .Where(m => m is not MethodInfo { IsSpecialName: true } and not Type).Select(Describe).Order(StringComparer.Ordinal))
            {
                members.Append("  ").Append(member).Append('\n');
            }
        }

        var approved = Path.Combine(Databases.RepositoryRoot.Path, "Nura.Tests", "Snapshots", "Nura.Hosting.api.txt");
        if (Environment.GetEnvironmentVariable("NURA_ACCEPT") == "1")
        {
            File.WriteAllText(approved, members.ToString());
        }

        Assert.Equal(File.ReadAllText(approved), members.ToString());
    }

    private static string Describe(MemberInfo member) => member is MethodBase method
        ? $"{method.Name}({string.Join(", ", method.GetParameters().Select(p => $"{Name(p.ParameterType)} {p.Name}{(p.HasDefaultValue ? $" = {p.DefaultValue ?? "default"}" : "")}"))})"
        : member.Name;

    private static string Name(Type type) => type.IsGenericType
        ? $"{type.Name.Split('`')[0]}<{string.Join(", ", type.GetGenericArguments().Select(Name))}>"
        : type.Name;
}
