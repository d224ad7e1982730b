using Nura.Api.Runs;
using Nura.Contracts;

namespace Nura.Api.Conversations;

/// <summary>Deletes conversations together with their answers, which are the logs of runs in the agents service.</summary>
internal sealed class ConversationRemoval(ConversationStore store, AgentsClient agents, AgentRuns runs)
{
    /// <summary>Deletes a conversation, and ends what still answers in it.</summary>
    /// <param name="id">The conversation.</param>
    /// <param name="owner">Whose it must be.</param>
    /// <param name="silentSince">It stays if something was asked in it since then (UTC); <see langword="null"/> to delete it in any case.</param>
    /// <param name="cancellationToken">Stops this before anything is deleted, not halfway: a conversation must not be left without its answers.</param>
    /// <returns>Whether there was one.</returns>
    /// <exception cref="ProblemException">The agents service cannot be reached: then the conversation stays, so that its answers are not left behind.</exception>
    public async Task<bool> RemoveAsync(Guid id, Guid owner, DateTime? silentSince, CancellationToken cancellationToken)
    {
        if (await store.RunsAsync(id, owner, silentSince, cancellationToken) is not { } known)
        {
            return false;
        }

        if (known.Count > 0)
        {
            // Whose conversation it is has been asked; runs of an earlier version do not say whose they are.
            await agents.For(null).ForgetAsync(known, CancellationToken.None);
        }

        if (await store.DeleteAsync(id, owner, CancellationToken.None) is not { } all)
        {
            return false;
        }

        // Asked in the meantime. Nobody would ever read the answers.
        await runs.ForgetAsync([.. all.Except(known)]);
        return true;
    }
}
