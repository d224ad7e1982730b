using Microsoft.Extensions.AI;

namespace Nura.Models;

/// <summary>Where a Converse request has the provider keep its prompt for later calls (Amazon Bedrock user guide, "Prompt caching"): at most four places, all for five minutes, so that none outlives one before it.</summary>
/// <param name="Tools">Whether behind the tools: they stay when the system prompt changes.</param>
/// <param name="System">Whether behind the system prompt.</param>
/// <param name="Before">Index of the user's turn that was the last in the call before, where that call's prompt is found; -1 for none.</param>
/// <param name="Last">Index of the user's last turn; -1 for none.</param>
internal readonly record struct CachePoints(bool Tools, bool System, int Before, int Last)
{
    private static readonly CachePoints s_none = new(false, false, -1, -1);

    /// <remarks>A conversation that has gone on before is likely to go on again (tool loops above all); a first question is not, and nobody would read what it keeps.</remarks>
    public static CachePoints Of(ModelInfo model, ConverseTurns conversation, IReadOnlyCollection<AIFunctionDeclaration> tools)
    {
        var turns = conversation.Turns;
        if (!model.Can(Capabilities.PromptCache) || turns.Count < 3 || !Pays(model))
        {
            return s_none;
        }

        var last = turns[^1].IsUser ? turns.Count - 1 : turns.Count - 2;
        var toTools = tools.Sum(tool => TokenEstimate.Of(tool.Description) + TokenEstimate.Of(tool.JsonSchema.GetRawText()));
        var toSystem = toTools + conversation.System.Sum(text => TokenEstimate.Of(text));
        var toBefore = toSystem + turns.Take(last - 1).Sum(Estimate);
        var toLast = toBefore + turns.Take(last + 1).Skip(last - 1).Sum(Estimate);
        return new CachePoints(
            model.Can(Capabilities.PromptCacheTools) && toTools >= model.LeastCached,
            conversation.System.Count > 0 && toSystem >= model.LeastCached,
            last >= 2 && toBefore >= model.LeastCached ? last - 2 : -1,
            toLast >= model.LeastCached ? last : -1);
    }

    /// <summary>Whether to put tokens in once and read them once costs less than to read them twice; without a price it is taken for so.</summary>
    private static bool Pays(ModelInfo model) =>
        model.Prices is not [.., var price] || (price.CacheWrite5m ?? price.Input) + (price.CacheRead ?? price.Input) < 2 * price.Input;

    private static int Estimate(ConverseTurns.Turn turn) => turn.Contents.Sum(content => content switch
    {
        TextContent text => TokenEstimate.Of(text.Text),
        FunctionResultContent result => TokenEstimate.Of(ToolJson.Text(result.Result)),
        _ => 0,
    });
}
