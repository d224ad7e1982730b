using System.Text.Json.Serialization;

namespace Nura.Models;

/// <summary>What the router decided and why.</summary>
/// <param name="Model">The model to use.</param>
/// <param name="Fallbacks">Models to try in this order if it fails: what else the rule names, the default, and its own.</param>
/// <param name="Rule">The rule that named it.</param>
/// <param name="Complexity">0 to 1.</param>
/// <param name="Candidates">Every model considered, in order.</param>
public sealed record RouteDecision(
    [property: JsonIgnore] ModelInfo Model,
    [property: JsonIgnore] IReadOnlyList<ModelInfo> Fallbacks,
    string Rule,
    double Complexity,
    IReadOnlyList<RouteCandidate> Candidates)
{
    /// <summary>Id of the model to use.</summary>
    public string Chosen => Model.Id;

    /// <summary>The model, followed by the decision's fallbacks instead of its own.</summary>
    [JsonIgnore]
    public ModelInfo Target => Model with { Fallbacks = [.. Then] };

    /// <summary>Ids of the models to try if it fails.</summary>
    public IEnumerable<string> Then => Fallbacks.Select(model => model.Id);
}
