using System.Collections.Frozen;
using Microsoft.Extensions.Options;

namespace Nura.Models;

/// <summary>Every model Nura knows, by its names. Comes with the library; <c>Nura:Models:Catalog</c> names a file whose entries replace or add to it; configured servers add theirs.</summary>
public sealed class ModelCatalog
{
    private readonly TimeProvider _time;
    private readonly ModelsOptions _options;
    private volatile Snapshot _snapshot;

    /// <summary>Reads the catalog.</summary>
    /// <param name="options">Where the file is and which servers there are.</param>
    /// <param name="time">Tells the day for end-of-life dates.</param>
    /// <exception cref="CatalogException">The file cannot be used.</exception>
    public ModelCatalog(IOptions<ModelsOptions> options, TimeProvider time)
    {
        _options = options.Value;
        _time = time;
        _snapshot = Load();
    }

    /// <summary>Every model known, whether it can be called here or not.</summary>
    public IReadOnlyList<ModelInfo> All => _snapshot.All;

    /// <summary>The models whose provider is configured and which have not ended: what callers may name.</summary>
    public IReadOnlyList<ModelInfo> Usable => [.. _snapshot.All.Where(IsUsable)];

    /// <summary>The model of a name, whether it can be called here or not.</summary>
    /// <param name="nameOrAlias">An id, an alias or a provider's own name; upper and lower case mean the same.</param>
    /// <returns>The model, or <see langword="null"/> if no model has that name.</returns>
    public ModelInfo? Find(string nameOrAlias) => _snapshot.ByName.GetValueOrDefault(nameOrAlias);

    /// <summary>Whether a model can be called here today: its provider is configured and it has not ended.</summary>
    /// <param name="model">A model of this catalog.</param>
    public bool IsUsable(ModelInfo model) => IsConfigured(model) && !model.HasEnded(Today);

    /// <summary>What answers in a model's place: itself, or if it has ended the first in its line of replacements that has not.</summary>
    /// <param name="model">A model of this catalog.</param>
    public ModelInfo Current(ModelInfo model)
    {
        var today = Today;
        var current = model;
        for (var steps = 0; current.HasEnded(today) && steps < 8; steps++)
        {
            if (current.Lifecycle?.Replacement is not { } replacement || Find(replacement) is not { } next)
            {
                break;
            }

            current = next;
        }

        return current;
    }

    internal static IEnumerable<string> NamesOf(ModelInfo model)
    {
        yield return model.Id;
        foreach (var alias in model.Aliases)
        {
            yield return alias;
        }

        // A server's own names are short ("llama3") and may well be those of another; Bedrock's are unique.
        if (model is { Provider: "bedrock", Upstream: { } upstream })
        {
            yield return upstream;
            foreach (var profile in model.Profiles.Keys)
            {
                yield return $"{profile}.{upstream}";
            }
        }
    }

    private DateOnly Today => DateOnly.FromDateTime(_time.GetUtcNow().UtcDateTime);

    private bool IsConfigured(ModelInfo model) => model.Provider switch
    {
        OfflineChatClient.ProviderName => true,
        OpenAiChatClient.ProviderName => _options.Servers.ContainsKey(model.Server!),
        _ => false,
    };

    private Snapshot Load()
    {
        var models = CatalogFile.BuiltIn().Models.ToDictionary(model => model.Id, StringComparer.OrdinalIgnoreCase);
        if (_options.Catalog is { Length: > 0 } path)
        {
            foreach (var model in CatalogFile.Read(path).Models)
            {
                models[model.Id] = model;
            }
        }

        foreach (var model in ServerModels.Of(_options, models.Values))
        {
            models[model.Id] = model;
        }

        CatalogRules.CheckNames(models.Values, _options.Catalog ?? "The model catalog");
        return new Snapshot(
            [.. models.Values],
            models.Values.SelectMany(model => NamesOf(model).Select(name => (name, model))).DistinctBy(pair => pair.name, StringComparer.OrdinalIgnoreCase).ToFrozenDictionary(pair => pair.name, pair => pair.model, StringComparer.OrdinalIgnoreCase));
    }

    private sealed record Snapshot(IReadOnlyList<ModelInfo> All, FrozenDictionary<string, ModelInfo> ByName);
}
