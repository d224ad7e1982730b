using System.Xml.Linq;

namespace Nura.Tests.House;

/// <summary>The dependency direction of the design: services talk over HTTP and never reference each other.</summary>
public sealed class ArrowTests
{
    private static readonly Dictionary<string, string[]> s_allowed = new()
    {
        ["Nura.Cli"] = ["Nura.Contracts"],
        ["Nura.Contracts"] = [],
        ["Nura.Hosting"] = [],
        ["Nura.Manifests"] = [],
        ["Nura.Models"] = [],
        ["Nura.ServiceDefaults"] = [],
        ["Nura.Rag"] = ["Nura.Contracts", "Nura.Models", "Nura.ServiceDefaults"],
        ["Nura.Agents"] = ["Nura.Contracts", "Nura.Models", "Nura.ServiceDefaults"],
        ["Nura.Api"] = ["Nura.Contracts", "Nura.Models", "Nura.ServiceDefaults"],
        ["Nura.AppHost"] = ["Nura.Hosting", "Nura.Rag", "Nura.Agents", "Nura.Api"],
    };

    public static TheoryData<string> Projects() =>
        [.. SourceTree.Files(".csproj").Where(path => path.StartsWith("Nura.", StringComparison.Ordinal) && !path.StartsWith("Nura.Tests/", StringComparison.Ordinal))];

    [Theory]
    [MemberData(nameof(Projects))]
    public void Project_References_FollowTheArrows(string path)
    {
        var references = XDocument.Parse(SourceTree.Read(path)).Descendants("ProjectReference")
            .Select(reference => Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value.Replace('\\', '/')));

        Assert.Subset(s_allowed[Path.GetFileNameWithoutExtension(path)].ToHashSet(), references.ToHashSet());
    }
}
