using Microsoft.Extensions.AI;

namespace Nura.Models;

/// <summary>Where a Converse request has the provider keep its prompt for later calls (Amazon Bedrock user guide, "Prompt caching"), and how long: the caller's places, or Nura's where the caller has none.</summary>
/// <param name="Tools">Life of the place behind the tools; <see langword="null"/> for none.</param>
/// <param name="System">Life of the place behind the system prompt; <see langword="null"/> for none.</param>
/// <param name="Contents">Lives of places behind pieces of turns.</param>
internal sealed record CachePoints(string? Tools, string? System, IReadOnlyDictionary<AIContent, string> Contents)
{
    private const string FiveMinutes = "5m";

    private static readonly CachePoints s_none = new(null, null, new Dictionary<AIContent, string>());

    /// <param name="model">The model to be asked.</param>
    /// <param name="conversation">The conversation as it is sent.</param>
    /// <param name="tools">The tools.</param>
    /// <param name="options">The caller's options.</param>
    /// <param name="places">Whether Nura chooses places where the caller has none.</param>
    public static CachePoints Of(ModelInfo model, ConverseTurns conversation, IReadOnlyCollection<AIFunctionDeclaration> tools, ChatOptions? options, bool places)
    {
        if (!model.Can(Capabilities.PromptCache))
        {
            return s_none;
        }

        var asked = new CachePoints(
            model.Can(Capabilities.PromptCacheTools) ? options.ToolsCacheMark() : null,
            options.SystemCacheMark(),
            At(conversation.Turns.SelectMany(turn => turn.Contents).Where(content => content.CacheMark() is not null), content => content.CacheMark()!));
        return asked is not { Tools: null, System: null, Contents.Count: 0 } ? asked : places && Pays(model) ? Choose(model, conversation, tools) : s_none;
    }

    /// <summary>At most four places, all for five minutes, so that none outlives one before it.</summary>
    /// <remarks>
    /// Tools stay when the system prompt changes; the prompt of the call before is found behind the user's turn that was its last. A conversation that has gone on before
    /// is likely to go on again (tool loops above all); a first question is not, and nobody would read what it keeps.
    /// </remarks>
    private static CachePoints Choose(ModelInfo model, ConverseTurns conversation, IReadOnlyCollection<AIFunctionDeclaration> tools)
    {
        var turns = conversation.Turns;
        if (turns.Count < 3)
        {
            return s_none;
        }

        var last = turns[^1].IsUser ? turns.Count - 1 : turns.Count - 2;
        var toTools = tools.Sum(tool => TokenEstimate.Of(tool.Description) + TokenEstimate.Of(tool.JsonSchema.GetRawText()));
        var toSystem = toTools + conversation.System.Sum(text => TokenEstimate.Of(text));
        var toBefore = toSystem + turns.Take(last - 1).Sum(Estimate);
        var toLast = toBefore + turns.Take(last + 1).Skip(last - 1).Sum(Estimate);
        var ends = new[] { (Turn: last - 2, Tokens: toBefore), (Turn: last, Tokens: toLast) }.Where(end => end.Turn >= 0 && end.Tokens >= model.LeastCached);
        return new CachePoints(
            model.Can(Capabilities.PromptCacheTools) && toTools >= model.LeastCached ? FiveMinutes : null,
            conversation.System.Count > 0 && toSystem >= model.LeastCached ? FiveMinutes : null,
            At(ends.Select(end => turns[end.Turn].Contents[^1]), _ => FiveMinutes));
    }

    // The same text may stand at several places.
    private static Dictionary<AIContent, string> At(IEnumerable<AIContent> contents, Func<AIContent, string> life) =>
        new(contents.Select(content => KeyValuePair.Create(content, life(content))), ReferenceEqualityComparer.Instance);

    /// <summary>Whether to put tokens in once and read them once costs less than to read them twice; without a price it is taken for so.</summary>
    private static bool Pays(ModelInfo model) =>
        model.Prices is not [.., var price] || (price.CacheWrite5m ?? price.Input) + (price.CacheRead ?? price.Input) < 2 * price.Input;

    private static int Estimate(ConverseTurns.Turn turn) => turn.Contents.Sum(TokenEstimate.Of);
}
