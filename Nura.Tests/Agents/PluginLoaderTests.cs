using Nura.Agents.Kernel;

namespace Nura.Tests.Agents;

public sealed class PluginLoaderTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("nura-plugins-").FullName;

    [Fact]
    public void Find_NoFolder_FindsNothing() => Assert.Empty(PluginLoader.Find(Path.Combine(_folder, "missing")));

    [Fact]
    public void Find_AssemblyWithAgentAndTool_SharesOurInterfaces()
    {
        Install("Nura.Tests", typeof(PluginLoaderTests).Assembly.Location);

        var types = PluginLoader.Find(_folder);

        Assert.Contains(types, type => type.Name == nameof(SamplePlugin) && type.IsAssignableTo(typeof(IAgent)));
    }

    [Fact]
    public void Find_FolderWithoutItsAssembly_SaysWhichIsMissing()
    {
        Directory.CreateDirectory(Path.Combine(_folder, "weather"));

        Assert.Contains("weather.dll", Assert.Throws<PluginException>(() => PluginLoader.Find(_folder)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Find_FileThatIsNoAssembly_NamesIt()
    {
        var path = Path.Combine(Directory.CreateDirectory(Path.Combine(_folder, "broken")).FullName, "broken.dll");
        File.WriteAllText(path, "not an assembly");

        Assert.Contains(path, Assert.Throws<PluginException>(() => PluginLoader.Find(_folder)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Find_AssemblyWithoutPlugin_SaysSo()
    {
        Install("Nura.Contracts", typeof(Nura.Contracts.Citation).Assembly.Location);

        Assert.Contains(nameof(IAgent), Assert.Throws<PluginException>(() => PluginLoader.Find(_folder)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Kernel_TwoAgentsOfOneName_AreRefused() =>
        Assert.Contains("twice", Assert.Throws<PluginException>(() => new AgentKernel([new SamplePlugin("twice"), new SamplePlugin("twice")], [])).Message, StringComparison.Ordinal);

    [Fact]
    public void Kernel_NameThatIsNoName_IsRefused() =>
        Assert.Throws<PluginException>(() => new AgentKernel([new SamplePlugin("Not A Name")], []));

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private void Install(string name, string assembly)
    {
        var folder = Directory.CreateDirectory(Path.Combine(_folder, name)).FullName;
        File.Copy(assembly, Path.Combine(folder, name + ".dll"));
    }
}
