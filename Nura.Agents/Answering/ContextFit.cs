using Microsoft.Extensions.AI;
using Nura.Models;

namespace Nura.Agents.Answering;

/// <summary>Makes a conversation fit into a model's context, so that a long one goes on instead of being refused.</summary>
internal static class ContextFit
{
    private const string LeftOut = "This was left out, because the conversation became too long. Ask again for what is still needed, and for less at once.";

    /// <summary>
    /// Drops the oldest questions with their answers until the rest fits, and if that is not enough what tools have said since, the oldest first. Instructions and the last
    /// question stay.
    /// </summary>
    /// <param name="conversation">Is shortened.</param>
    /// <param name="options">Has the tools, which count too, and the longest answer.</param>
    /// <param name="model">The model that is asked.</param>
    public static void Shorten(List<ChatMessage> conversation, ChatOptions options, ModelInfo model)
    {
        var excess = TokenEstimate.Of(conversation, options) - (model.Context - Reserve(options, model));
        var last = conversation.FindLastIndex(message => message.Role == ChatRole.User);
        while (excess > 0 && conversation.FindIndex(message => message.Role != ChatRole.System) is var start && start < last)
        {
            var length = conversation.FindIndex(start + 1, message => message.Role != ChatRole.Assistant) - start;
            excess -= TokenEstimate.Of(conversation.Skip(start).Take(length));
            conversation.RemoveRange(start, length);
            last -= length;
        }

        for (var i = last + 1; excess > 0 && i < conversation.Count; i++)
        {
            if (conversation[i] is { Role: var role, Contents: [FunctionResultContent result] } && role == ChatRole.Tool)
            {
                var shorter = new ChatMessage(ChatRole.Tool, [new FunctionResultContent(result.CallId, LeftOut)]);
                excess -= Math.Max(0, TokenEstimate.Of([conversation[i]]) - TokenEstimate.Of([shorter]));
                conversation[i] = shorter;
            }
        }
    }

    // Prompt and answer share the context; some models may answer with more than half of it, which would leave nothing to answer.
    private static int Reserve(ChatOptions options, ModelInfo model) =>
        Math.Min(options.MaxOutputTokens ?? (model.MaxOutput > 0 ? model.MaxOutput : model.Context / 4), model.Context / 2);
}
