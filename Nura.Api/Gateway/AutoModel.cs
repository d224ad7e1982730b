using Microsoft.Extensions.AI;
using Nura.Models;

namespace Nura.Api.Gateway;

/// <summary>Lets the router choose for callers who name <c>auto</c> instead of a model.</summary>
internal sealed class AutoModel(ModelRouter router)
{
    public const string Name = "auto";

    /// <summary>The name by which an answer calls its model: the one that was asked for, or the one that was chosen.</summary>
    /// <param name="asked">The name in the request.</param>
    /// <param name="model">The model behind it; <see langword="null"/> for an agent.</param>
    public static string Answering(string asked, ModelInfo? model) => asked == Name && model is not null ? model.Id : asked;

    /// <summary>Chooses a model and what is to follow it, and has the answer say why.</summary>
    /// <param name="http">The request.</param>
    /// <param name="messages">The conversation. What its user said last is the question, also while tools are being used for it.</param>
    /// <param name="options">What is asked for besides.</param>
    public ModelInfo Choose(HttpContext http, IReadOnlyList<ChatMessage> messages, ChatOptions options)
    {
        var question = messages.LastOrDefault(message => message.Role == ChatRole.User && message.Text.Length > 0)?.Text ?? "";
        var decision = router.Decide(new RouteHints(
            question,
            AgentHeader.Of(http.Request),
            InputTokens: TokenEstimate.Of(messages, options),
            NeedsTools: options.Tools is { Count: > 0 },
            NeedsVision: ModelFit.HasImages(messages)));
        http.Features.Set(decision);
        return decision.Target;
    }
}
