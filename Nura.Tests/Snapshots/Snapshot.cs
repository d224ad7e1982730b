using Nura.Tests.House;

namespace Nura.Tests.Snapshots;

/// <summary>Compares a text with the one that was read and accepted: <c>Snapshots/{name}.verified.txt</c>. <c>NURA_ACCEPT=1</c> rewrites it.</summary>
internal static class Snapshot
{
    public static void Match(string name, string actual)
    {
        var path = Path.Combine(SourceTree.Root, "Nura.Tests", "Snapshots", name + ".verified.txt");
        if (Environment.GetEnvironmentVariable("NURA_ACCEPT") == "1")
        {
            File.WriteAllText(path, actual);
            return;
        }

        Assert.True(File.Exists(path), $"There is no {path} yet. Run with NURA_ACCEPT=1, then read what it holds.");
        Assert.Equal(File.ReadAllText(path), actual);
    }
}
