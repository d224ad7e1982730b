namespace Nura.Agents.Kernel;

/// <summary>Answers conversations. A plugin: registered in the service, or found in an assembly of the plugins folder.</summary>
/// <remarks>One instance serves every run at the same time, so it keeps nothing of a run in itself.</remarks>
public interface IAgent
{
    /// <summary>What callers write as <c>model</c>: lower-case letters, digits, <c>-</c> and <c>_</c>, at most 64, the first a letter or a digit.</summary>
    string Name { get; }

    /// <summary>One sentence for people choosing an agent.</summary>
    string Description { get; }

    /// <summary>Works on one conversation and writes the answer into <paramref name="run"/>.</summary>
    /// <param name="run">The conversation, what the agent may use, and where its answer goes.</param>
    /// <param name="cancellationToken">Cancelled when the user stops the run or its time is up.</param>
    /// <returns>Why the answer ended: <c>stop</c>, <c>length</c> or <c>content_filter</c>.</returns>
    Task<string> AnswerAsync(AgentRun run, CancellationToken cancellationToken);
}
