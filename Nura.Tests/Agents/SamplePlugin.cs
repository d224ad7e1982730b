using Nura.Agents.Kernel;

namespace Nura.Tests.Agents;

/// <summary>An agent as a plugin's author would write it. Public, because plugins are.</summary>
public sealed class SamplePlugin(string name) : IAgent
{
    public SamplePlugin()
        : this("sample")
    {
    }

    public string Name => name;

    public string Description => "Says the question again.";

    public async Task<string> AnswerAsync(AgentRun run, CancellationToken cancellationToken)
    {
        await run.WriteAsync(run.Request.Messages[^1].Content, cancellationToken);
        return "stop";
    }
}
