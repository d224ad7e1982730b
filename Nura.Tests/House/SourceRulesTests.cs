using System.Reflection;
using System.Text.RegularExpressions;

namespace Nura.Tests.House;

/// <summary>House rules that a tool can check, checked.</summary>
public sealed partial class SourceRulesTests
{
    private const int LongestFile = 500;

    [Fact]
    public void CSharpFiles_Length_StaysReadable() =>
        Assert.DoesNotContain(SourceTree.Files(".cs"), path => SourceTree.Read(path).AsSpan().Count('\n') > LongestFile);

    [Fact]
    public void CSharpFiles_Names_NameAJob() =>
        Assert.DoesNotContain(SourceTree.Files(".cs"), path => Drawer().IsMatch(path));

    [Fact]
    public void CSharpFiles_Markers_AreNotLeftBehind() =>
        Assert.DoesNotContain(SourceTree.Files(".cs", ".js", ".mjs", ".sh", ".tf"), path => Marker().IsMatch(SourceTree.Read(path)));

    [Fact]
    public void Tests_Names_SaySubjectStateOutcome() =>
        Assert.Empty(
            from type in typeof(SourceRulesTests).Assembly.GetTypes()
            from method in type.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly)
            where method.GetCustomAttributes<FactAttribute>().Any() && !ThreeParts().IsMatch(method.Name)
            select $"{type.Name}.{method.Name}");

    [Fact]
    public void Packages_Versions_AreExactAndInOnePlace()
    {
        var versions = PackageVersion().Matches(SourceTree.Read("Directory.Packages.props")).Select(match => match.Groups["version"].Value).ToList();

        Assert.NotEmpty(versions);
        Assert.All(versions, version => Assert.Matches(@"^\d+\.\d+\.\d+(\.\d+)?$", version));
        Assert.DoesNotContain(SourceTree.Files(".csproj"), path => VersionedReference().IsMatch(SourceTree.Read(path)));
    }

    [GeneratedRegex(@"(Common|Utils?|Utilities|Helpers?|Managers?)(/|\.cs$)")]
    private static partial Regex Drawer();

    // Spelled apart, so that this file does not find itself.
    [GeneratedRegex("TO" + "DO|FIX" + "ME|HA" + "CK\\b|NotImplemented" + "Exception|Debugger.Launch" + "\\(")]
    private static partial Regex Marker();

    [GeneratedRegex(@"^[A-Z][A-Za-z0-9]*_[A-Za-z0-9]+_[A-Za-z0-9]+$")]
    private static partial Regex ThreeParts();

    [GeneratedRegex("<PackageVersion Include=\"[^\"]+\" Version=\"(?<version>[^\"]+)\"")]
    private static partial Regex PackageVersion();

    [GeneratedRegex("<PackageReference [^>]*(Version|VersionOverride)=")]
    private static partial Regex VersionedReference();
}
