using System.Text.Json;

namespace Nura.Agents.Kernel;

/// <summary>Something an agent, or a model through an agent, can use. A plugin like <see cref="IAgent"/>.</summary>
public interface ITool
{
    /// <summary>The name models call it by: lower-case letters, digits, <c>-</c> and <c>_</c>, at most 64, the first a letter or a digit.</summary>
    string Name { get; }

    /// <summary>What it does and when to use it, for the model.</summary>
    string Description { get; }

    /// <summary>JSON schema of the arguments, an object.</summary>
    JsonElement Parameters { get; }

    /// <summary>Does it.</summary>
    /// <param name="arguments">What the model sent: a JSON object that need not follow the schema.</param>
    /// <param name="run">The run on whose behalf it acts; its repositories bound what may be seen.</param>
    /// <param name="cancellationToken">Cancelled with the run.</param>
    /// <exception cref="ToolArgumentException">The arguments are wrong; the message goes back to the model.</exception>
    Task<ToolAnswer> CallAsync(JsonElement arguments, AgentRun run, CancellationToken cancellationToken);
}
