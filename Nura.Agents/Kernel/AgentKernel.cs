using System.Text.RegularExpressions;

namespace Nura.Agents.Kernel;

/// <summary>The agents and tools this service has, by name.</summary>
internal sealed partial class AgentKernel
{
    private readonly Dictionary<string, IAgent> _agents;

    public AgentKernel(IEnumerable<IAgent> agents, IEnumerable<ITool> tools)
    {
        _agents = ByName(agents, agent => agent.Name, "agent");
        Tools = [.. ByName(tools, tool => tool.Name, "tool").Values];
    }

    public IReadOnlyCollection<IAgent> Agents => _agents.Values;

    public IReadOnlyList<ITool> Tools { get; }

    public IAgent? Find(string name) => _agents.GetValueOrDefault(name);

    private static Dictionary<string, T> ByName<T>(IEnumerable<T> plugins, Func<T, string> nameOf, string kind)
        where T : notnull
    {
        var byName = new Dictionary<string, T>(StringComparer.Ordinal);
        foreach (var plugin in plugins)
        {
            var name = nameOf(plugin);
            if (!ValidName().IsMatch(name))
            {
                throw new PluginException($"{plugin.GetType()} names its {kind} '{name}'. Use lower-case letters, digits, '-' and '_', at most 64.");
            }

            if (!byName.TryAdd(name, plugin))
            {
                throw new PluginException($"Two plugins offer the {kind} '{name}': {byName[name].GetType()} and {plugin.GetType()}. Remove or rename one.");
            }
        }

        return byName;
    }

    [GeneratedRegex(@"\A[a-z0-9][a-z0-9_-]{0,63}\z")]
    private static partial Regex ValidName();
}
