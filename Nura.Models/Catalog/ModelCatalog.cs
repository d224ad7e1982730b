using System.Collections.Concurrent;
using System.Collections.Frozen;
using Microsoft.Extensions.Options;

namespace Nura.Models;

/// <summary>Every model Nura knows, by its names. Comes with the library; <c>Nura:Models:Catalog</c> names a file whose entries replace or add to it; configured servers add theirs.</summary>
public sealed class ModelCatalog
{
    private readonly TimeProvider _time;
    private readonly ModelsOptions _options;
    private readonly ConcurrentDictionary<string, DateOnly> _seenEnded = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, (string Model, string? Geography)> _profiles = new(StringComparer.Ordinal);
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

    /// <summary>The routing policy, first match first.</summary>
    public IReadOnlyList<RouteRule> Rules => _snapshot.Rules;

    /// <summary>The model of a name, whether it can be called here or not.</summary>
    /// <param name="nameOrAlias">An id, an alias or a provider's own name; upper and lower case mean the same.</param>
    /// <returns>The model, or <see langword="null"/> if no model has that name.</returns>
    public ModelInfo? Find(string nameOrAlias) =>
        _snapshot.ByName.GetValueOrDefault(nameOrAlias) ?? (_profiles.TryGetValue(nameOrAlias, out var profile) ? Through(nameOrAlias, profile.Model, profile.Geography) : null);

    /// <summary>Whether a model can be called here today: its provider is configured and it has not ended.</summary>
    /// <param name="model">A model of this catalog.</param>
    public bool IsUsable(ModelInfo model) => IsConfigured(model) && !HasEnded(model);

    /// <summary>Whether a model no longer answers: by its end-of-life date, or because its provider was seen to say so.</summary>
    /// <param name="model">A model of this catalog.</param>
    public bool HasEnded(ModelInfo model) => model.HasEnded(Today) || _seenEnded.ContainsKey(model.Id);

    /// <summary>Notes that a provider no longer knows a model, so that its replacement answers from now on, until the next start.</summary>
    /// <param name="model">A model of this catalog.</param>
    public void NoteEnded(ModelInfo model) => _seenEnded[model.Id] = Today;

    /// <summary>What answers in a model's place: itself, or if it has ended the first in its line of replacements that has not.</summary>
    /// <param name="model">A model of this catalog.</param>
    public ModelInfo Current(ModelInfo model)
    {
        var current = model;
        for (var steps = 0; HasEnded(current) && steps < 8; steps++)
        {
            if (current.Lifecycle?.Replacement is not { } replacement || Find(replacement) is not { } next)
            {
                break;
            }

            current = next;
        }

        return current;
    }

    /// <summary>Notes which model stands behind an application inference profile, so that the profile's ARN names it until the next start.</summary>
    /// <param name="arn">The profile.</param>
    /// <param name="model">The foundation model's id.</param>
    /// <param name="geography">Where it answers: <c>global</c> or a geography, whose price it then has.</param>
    /// <returns>Whether the model is in the catalog.</returns>
    internal bool TryLearnProfile(string arn, string model, string? geography)
    {
        if (Through(arn, model, geography) is null)
        {
            return false;
        }

        _profiles[arn] = (model, geography);
        return true;
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
            foreach (var profile in model.Profiles.Keys.Where(prefix => prefix.Length > 0))
            {
                yield return $"{profile}.{upstream}";
            }
        }
    }

    private DateOnly Today => DateOnly.FromDateTime(_time.GetUtcNow().UtcDateTime);

    internal bool IsConfigured(ModelInfo model) => model.Provider switch
    {
        OfflineChatClient.ProviderName => true,
        OpenAiChatClient.ProviderName => _options.Servers.ContainsKey(model.Server!),
        SageMakerModels.ProviderName => _options.SageMaker is { Region.Length: > 0 } sageMaker && sageMaker.Endpoints.ContainsKey(model.Server!),
        BedrockChatClient.ProviderName => _options.Bedrock.Region is { Length: > 0 },
        _ => false,
    };

    /// <summary>Reads the catalog file anew. Calls under way keep the model they have.</summary>
    /// <exception cref="CatalogException">The file cannot be used; the old catalog stays.</exception>
    internal void Reload() => _snapshot = Load();

    /// <summary>The file's state just before it was last read: a change since then, even one during the reading, shows as a difference.</summary>
    internal FileStamp Stamp { get; private set; }

    private Snapshot Load()
    {
        Stamp = _options.Catalog is { Length: > 0 } watched ? FileStamp.Of(watched) : default;
        var builtIn = CatalogFile.BuiltIn();
        var file = _options.Catalog is { Length: > 0 } path ? CatalogFile.Read(path) : null;
        var models = builtIn.Models.ToDictionary(model => model.Id, StringComparer.OrdinalIgnoreCase);
        foreach (var model in file?.Models ?? [])
        {
            models[model.Id] = model;
        }

        foreach (var (name, profile) in _options.Bedrock.ApplicationProfiles)
        {
            var behind = models.Values.FirstOrDefault(model => NamesOf(model).Contains(profile.Model, StringComparer.OrdinalIgnoreCase))
                ?? throw new CatalogException($"{ModelsOptions.Section}:Bedrock:ApplicationProfiles:{name}:Model is '{profile.Model}', which is not in the catalog.");

            models[name] = Through(behind, name, profile.Arn, profile.PriceFactor);
        }

        foreach (var model in SageMakerModels.Of(_options.SageMaker, [.. models.Values]).Concat(ServerModels.Of(_options, [.. models.Values])).ToList())
        {
            models[model.Id] = model;
        }

        CatalogRules.CheckNames(models.Values, _options.Catalog ?? "The model catalog");
        var names = models.Values.SelectMany(model => NamesOf(model).Select(name => (Name: name, Model: model))).DistinctBy(pair => pair.Name, StringComparer.OrdinalIgnoreCase);
        return new Snapshot(
            [.. models.Values], names.ToFrozenDictionary(pair => pair.Name, pair => pair.Model, StringComparer.OrdinalIgnoreCase), file?.Rules ?? builtIn.Rules ?? []);
    }

    private ModelInfo? Through(string arn, string model, string? geography) =>
        _snapshot.ByName.GetValueOrDefault(model) is { Provider: BedrockChatClient.ProviderName } behind
            ? Through(behind, arn, arn, behind.Profiles.GetValueOrDefault(geography is "jp" or "au" && !behind.Profiles.ContainsKey(geography) ? "apac" : geography ?? "", 1m))
            : null;

    /// <summary>It is called by its ARN as it stands; the empty prefix only carries the price's factor.</summary>
    private static ModelInfo Through(ModelInfo behind, string id, string arn, decimal factor) =>
        behind with { Id = id, Upstream = arn, Aliases = [], Profiles = new Dictionary<string, decimal> { [""] = factor } };

    private sealed record Snapshot(IReadOnlyList<ModelInfo> All, FrozenDictionary<string, ModelInfo> ByName, IReadOnlyList<RouteRule> Rules);
}
