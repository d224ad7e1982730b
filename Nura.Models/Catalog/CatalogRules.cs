namespace Nura.Models;

/// <summary>What a catalog must keep beyond its schema. Each message names the model and the field.</summary>
internal static class CatalogRules
{
    private static readonly string[] s_providers = ["offline", "openai", "bedrock", "sagemaker"];

    private static readonly string[] s_capabilities =
    [
        Capabilities.Tools, Capabilities.System, Capabilities.Streaming, Capabilities.Vision,
        Capabilities.Reasoning, Capabilities.PromptCache, Capabilities.PromptCacheTools, Capabilities.Prefill, Capabilities.Embeddings,
    ];

    public static void Check(CatalogFile file, string source)
    {
        CheckNulls(file, source);
        foreach (var rule in file.Rules ?? [])
        {
            if (rule.Use.Count == 0 || rule.ComplexityAbove is < 0 or > 1)
            {
                throw new CatalogException($"{source}: rule '{rule.Name}': use must name at least one model, and complexityAbove must be between 0 and 1.");
            }
        }

        foreach (var model in file.Models)
        {
            Require(model.Id.Length is > 0 and <= 200 && !model.Id.Any(c => char.IsWhiteSpace(c) || char.IsControl(c)), model, source, "id must have 1 to 200 characters and no white space");
            Require(s_providers.Contains(model.Provider), model, source, $"provider '{model.Provider}' is not one of {string.Join(", ", s_providers)}");
            Require(model.Provider is not ("openai" or "sagemaker") || model.Server is { Length: > 0 }, model, source, "server must name an entry below Nura:Models:Servers, or Nura:Models:SageMaker:Endpoints for provider sagemaker");
            Require(model.Context > 0, model, source, "context must be above 0");
            Require(model.MaxOutput >= 0, model, source, "maxOutput must not be negative");
            Require(model.LeastCached > 0, model, source, "leastCached must be above 0");
            foreach (var capability in model.Capabilities)
            {
                Require(s_capabilities.Contains(capability), model, source, $"capability '{capability}' is not one of {string.Join(", ", s_capabilities)}");
            }

            foreach (var price in model.Prices)
            {
                Require(price is { Input: >= 0, Output: >= 0, Batch: > 0 and <= 1 } && !(price.CacheRead < 0) && !(price.CacheWrite5m < 0) && !(price.CacheWrite1h < 0), model, source, "prices must not be negative, and batch must be above 0 and at most 1");
            }

            for (var i = 1; i < model.Prices.Count; i++)
            {
                Require(model.Prices[i].From is { } from && !(model.Prices[i - 1].From >= from), model, source, "prices must stand oldest first, and every one but the first needs its own \"from\"");
            }
        }
    }

    /// <summary>The reader refuses <c>null</c> where a value must stand, but not inside a list.</summary>
    private static void CheckNulls(CatalogFile file, string source)
    {
        RequireElements(file.Models, source, "models");
        RequireElements(file.Rules ?? [], source, "rules");
        foreach (var rule in file.Rules ?? [])
        {
            var place = $"rule '{rule.Name}': ";
            RequireElements(rule.Agents, source, place + "agents");
            RequireElements(rule.Contains, source, place + "contains");
            RequireElements(rule.Use, source, place + "use");
        }

        foreach (var model in file.Models)
        {
            var place = $"model '{model.Id}': ";
            RequireElements(model.Aliases, source, place + "aliases");
            RequireElements(model.Capabilities, source, place + "capabilities");
            RequireElements(model.Prices, source, place + "prices");
            RequireElements(model.Fallbacks, source, place + "fallbacks");
        }
    }

    private static void RequireElements<T>(IReadOnlyList<T> list, string source, string place)
        where T : class
    {
        for (var i = 0; i < list.Count; i++)
        {
            if (list[i] is null)
            {
                throw new CatalogException($"{source}: {place}[{i}] is null; take it out.");
            }
        }
    }

    /// <summary>Every name once, every replacement known.</summary>
    public static void CheckNames(IReadOnlyCollection<ModelInfo> models, string source)
    {
        var owners = new Dictionary<string, ModelInfo>(StringComparer.OrdinalIgnoreCase);
        foreach (var model in models)
        {
            foreach (var name in ModelCatalog.NamesOf(model))
            {
                if (!owners.TryAdd(name, model) && owners[name].Id != model.Id)
                {
                    throw new CatalogException($"{source}: the name '{name}' means both '{owners[name].Id}' and '{model.Id}'; take it from one of them.");
                }
            }
        }

        foreach (var model in models)
        {
            Require(model.Lifecycle?.Replacement is not { } replacement || owners.ContainsKey(replacement), model, source, $"replacement '{model.Lifecycle?.Replacement}' is not in the catalog");
        }
    }

    private static void Require(bool holds, ModelInfo model, string source, string rule)
    {
        if (!holds)
        {
            throw new CatalogException($"{source}: model '{model.Id}': {rule}.");
        }
    }
}
