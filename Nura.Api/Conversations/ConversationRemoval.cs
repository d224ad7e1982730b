using Nura.Api.Runs;
using Nura.Contracts;

namespace Nura.Api.Conversations;

/// <summary>Deletes conversations together with their answers, which are the logs of runs in the agents service.</summary>
internal sealed class ConversationRemoval(ConversationStore store, AgentsClient agents, AgentRuns runs)
{
    /// <summary>Deletes a conversation, and ends what still answers in it.</summary>
    /// <returns>Whether there was one.</returns>
    /// <exception cref="ProblemException">The agents service cannot be reached: then the conversation stays, so that its answers are not left behind.</exception>
    public async Task<bool> RemoveAsync(Guid id, Guid owner, CancellationToken cancellationToken)
    {
        if (await store.RunsAsync(id, owner, cancellationToken) is not { } known)
        {
            return false;
        }

        if (known.Count > 0)
        {
            // Whose conversation it is has been asked; runs of an earlier version do not say whose they are.
            await agents.For(null).ForgetAsync(known, cancellationToken);
        }

        if (await store.DeleteAsync(id, owner, cancellationToken) is not { } all)
        {
            return false;
        }

        // Asked in the meantime. Nobody would ever read the answers.
        await runs.ForgetAsync([.. all.Except(known)]);
        return true;
    }
}
