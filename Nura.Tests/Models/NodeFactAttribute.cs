namespace Nura.Tests.Models;

/// <summary>A test that needs Node: skipped where it is missing, but never in CI.</summary>
internal sealed class NodeFactAttribute : FactAttribute
{
    public NodeFactAttribute()
    {
        Timeout = 180_000;
        Skip = NodeClients.IsNodeHere() || Environment.GetEnvironmentVariable("CI") == "true" ? null : "Node is missing: install Node 20 or newer.";
    }
}
