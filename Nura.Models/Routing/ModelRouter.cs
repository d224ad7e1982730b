using Microsoft.Extensions.Options;

namespace Nura.Models;

/// <summary>Chooses the model for a call by the catalog's rules: by default architects and hard questions get the strongest, developers' questions about code the code model, everything else the fast one.</summary>
/// <param name="catalog">The models and the rules.</param>
/// <param name="latencies">How soon models begin.</param>
/// <param name="options">Names the default model.</param>
/// <param name="time">Tells the day for prices.</param>
public sealed class ModelRouter(ModelCatalog catalog, Latencies latencies, IOptions<ModelsOptions> options, TimeProvider time)
{
    /// <summary>The rule of a model that the caller names.</summary>
    public const string AskedFor = "asked for";

    /// <summary>Said of a model that no longer answers.</summary>
    internal const string Ended = "has reached its end of life";

    /// <summary>Answer length assumed when costs are compared.</summary>
    private const int TypicalAnswer = 500;

    /// <summary>The model to use: the one asked for, else the one the rules name, else the configured default, else the first that can take the call, else <c>offline</c>.</summary>
    /// <param name="hints">What is known about the call.</param>
    public ModelInfo Choose(RouteHints hints) => Decide(hints).Model;

    /// <summary>As <see cref="Choose"/>, with fallbacks and reasons. Calls nothing.</summary>
    /// <param name="hints">What is known about the call.</param>
    public RouteDecision Decide(RouteHints hints)
    {
        var complexity = hints.Complexity ?? Complexity.Of(hints.Question);
        var considered = new List<RouteCandidate>();
        var accepted = new List<(ModelInfo Model, string Rule)>();

        Consider(AskedFor, hints.Model is null ? [] : [hints.Model], RoutePick.First);
        foreach (var rule in catalog.Rules)
        {
            if (rule.Holds(hints, complexity))
            {
                Consider(rule.Name, rule.Use, rule.Pick);
                break;
            }
        }

        Consider("default", options.Value.Default is null ? [] : [options.Value.Default], RoutePick.First);
        if (accepted.Count == 0)
        {
            Consider("what is configured", catalog.Usable.Where(model => model is { Kind: ModelKind.Chat, Provider: not OfflineChatClient.ProviderName }).Select(model => model.Id), RoutePick.First);
        }

        if (accepted.Count == 0)
        {
            accepted.Add((catalog.Find(OfflineChatClient.ModelId)!, "nothing configured"));
        }

        var (chosen, why) = accepted[0];
        // Who asks for a model has it answer, or those that it names itself, but no other that the rules would have taken.
        var others = why == AskedFor ? [] : accepted.Skip(1).Select(entry => entry.Model);
        var own = chosen.Fallbacks.Select(catalog.Find).OfType<ModelInfo>().Where(model => WhyNot(model, hints) is null);
        return new RouteDecision(chosen, [.. others.Concat(own).DistinctBy(model => model.Id).Where(model => model.Id != chosen.Id)], why, Math.Round(complexity, 3), considered);

        void Consider(string rule, IEnumerable<string> names, RoutePick pick)
        {
            var fit = new List<ModelInfo>();
            foreach (var name in names)
            {
                if (catalog.Find(name) is not { } found)
                {
                    considered.Add(new RouteCandidate(name, "not in the catalog", null, null));
                    continue;
                }

                var model = catalog.Current(found);
                if (considered.Exists(candidate => candidate.Model == model.Id))
                {
                    continue;
                }

                var rejected = WhyNot(model, hints);
                considered.Add(new RouteCandidate(model.Id, rejected, Cost(model, hints), latencies.FirstTokenMs(model.Id)));
                if (rejected is null)
                {
                    fit.Add(model);
                }
            }

            accepted.AddRange(Order(fit, pick, hints).Select(model => (model, rule)));
        }
    }

    private string? WhyNot(ModelInfo model, RouteHints hints) =>
        model.Kind != ModelKind.Chat ? "does not chat"
        : catalog.HasEnded(model) ? Ended
        : !catalog.IsUsable(model) ? "its provider is not configured"
        : hints.NeedsTools && !model.Can(Capabilities.Tools) && model.Provider != OfflineChatClient.ProviderName ? "cannot call tools"
        : hints.NeedsVision && !model.Can(Capabilities.Vision) ? "cannot read images"
        : hints.InputTokens >= model.Context ? $"its context of {model.Context} tokens is too short"
        : null;

    private IEnumerable<ModelInfo> Order(List<ModelInfo> models, RoutePick pick, RouteHints hints)
    {
        if (models.Count < 2 || pick == RoutePick.First)
        {
            return models;
        }

        if (pick == RoutePick.Cheapest)
        {
            return models.OrderBy(model => Cost(model, hints) ?? decimal.MaxValue);
        }

        // A model never called counts as fastest, so that it gets its chance.
        var first = Random.Shared.Next(models.Count);
        var second = Random.Shared.Next(models.Count - 1);
        second += second >= first ? 1 : 0;
        var winner = (latencies.FirstTokenMs(models[first].Id) ?? 0) <= (latencies.FirstTokenMs(models[second].Id) ?? 0) ? models[first] : models[second];
        return models.Where(model => model != winner).Prepend(winner);
    }

    private decimal? Cost(ModelInfo model, RouteHints hints) =>
        Price.On(model, DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime)) is { } price
            ? Price.Cost(price, new TokenUsage { Input = hints.InputTokens > 0 ? hints.InputTokens : TokenEstimate.Of(hints.Question), Output = TypicalAnswer }, 1m)
            : null;
}
