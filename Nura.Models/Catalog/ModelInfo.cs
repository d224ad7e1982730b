using System.Text.Json.Serialization;

namespace Nura.Models;

/// <summary>A model as the catalog knows it.</summary>
public sealed record ModelInfo
{
    /// <summary>Name in Nura: what callers write, what usage is recorded under.</summary>
    public required string Id { get; init; }

    /// <summary>Who answers: <c>offline</c>, <c>openai</c> (any OpenAI-compatible server), <c>bedrock</c> or <c>sagemaker</c>.</summary>
    public required string Provider { get; init; }

    /// <summary>What it is asked for.</summary>
    public ModelKind Kind { get; init; }

    /// <summary>Name of the configured server, below <c>Nura:Models:Servers</c>, for provider <c>openai</c>; of the endpoint below <c>Nura:Models:SageMaker:Endpoints</c> for <c>sagemaker</c>.</summary>
    public string? Server { get; init; }

    /// <summary>The provider's own name for it; the <see cref="Id"/> when absent. On Bedrock the foundation model's id.</summary>
    public string? Upstream { get; init; }

    /// <summary>Other names that mean it.</summary>
    [JsonInclude]
    public IReadOnlyList<string> Aliases { get; internal set; } = [];

    /// <summary>Tokens that prompt and answer may have together.</summary>
    [JsonInclude]
    public int Context { get; internal set; } = 32_768;

    /// <summary>Tokens that an answer may have; 0 if the provider decides.</summary>
    public int MaxOutput { get; init; }

    /// <summary>What it can do, from <see cref="Nura.Models.Capabilities"/>.</summary>
    [JsonInclude]
    public IReadOnlyList<string> Capabilities { get; internal set; } = [];

    /// <summary>Tokens of the shortest beginning of a prompt that the provider keeps for later calls; it leaves out shorter ones.</summary>
    [JsonInclude]
    public int LeastCached { get; internal set; } = 1024;

    /// <summary>Prices, each from a day on, oldest first; empty if it costs nothing or nobody said what.</summary>
    [JsonInclude]
    public IReadOnlyList<ModelPrice> Prices { get; internal set; } = [];

    /// <summary>Bedrock's inference profiles by prefix (<c>global</c>, <c>us</c>, ...), with the factor on the price; empty if it answers under its own id.</summary>
    [JsonInclude]
    public IReadOnlyDictionary<string, decimal> Profiles { get; internal set; } = new Dictionary<string, decimal>();

    /// <summary>Which sampling parameters it takes.</summary>
    public SamplingRule Sampling { get; init; }

    /// <summary>Lengths of vector that an embedding model offers, its own choice first.</summary>
    [JsonInclude]
    public IReadOnlyList<int> Dimensions { get; internal set; } = [];

    /// <summary>Wire format of an embedding model on Bedrock: <c>titan1</c>, <c>titan2</c>, <c>cohere3</c> or <c>cohere4</c>; on SageMaker <c>tei</c> or <c>openai</c>.</summary>
    public string? Embeddings { get; init; }

    /// <summary>Ids or aliases of models to try in this order when it fails.</summary>
    [JsonInclude]
    public IReadOnlyList<string> Fallbacks { get; internal set; } = [];

    /// <summary>End of life and replacement; <see langword="null"/> if nothing is announced.</summary>
    public ModelLifecycle? Lifecycle { get; init; }

    /// <summary>What to call it at the provider.</summary>
    [JsonIgnore]
    public string UpstreamName => Upstream ?? Id;

    /// <summary>Whether it can do something.</summary>
    /// <param name="capability">A name from <see cref="Nura.Models.Capabilities"/>.</param>
    public bool Can(string capability) => Capabilities.Contains(capability);

    /// <summary>Whether the provider has stopped offering it.</summary>
    /// <param name="day">The day in question, UTC.</param>
    public bool HasEnded(DateOnly day) => Lifecycle?.EndOfLife <= day;
}
