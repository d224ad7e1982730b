using System.Text.Json.Serialization;

namespace Nura.Models;

/// <summary>A rule of the routing policy. The first whose every condition holds names the models; a rule without conditions always holds.</summary>
public sealed record RouteRule
{
    /// <summary>Name shown in explanations.</summary>
    public required string Name { get; init; }

    /// <summary>Holds when the complexity (0 to 1) is above this.</summary>
    public double? ComplexityAbove { get; init; }

    /// <summary>Holds for these kinds of agent.</summary>
    [JsonInclude]
    public IReadOnlyList<string> Agents { get; internal set; } = [];

    /// <summary>Holds when the question has one of these words or parts of words, in upper or lower case.</summary>
    [JsonInclude]
    public IReadOnlyList<string> Contains { get; internal set; } = [];

    /// <summary>Ids or aliases of the models, in order of preference.</summary>
    public required IReadOnlyList<string> Use { get; init; }

    /// <summary>How one of several is picked.</summary>
    public RoutePick Pick { get; init; }

    /// <summary>Whether the rule holds.</summary>
    /// <param name="hints">What is known about the call.</param>
    /// <param name="complexity">0 to 1.</param>
    public bool Holds(RouteHints hints, double complexity) =>
        !(ComplexityAbove >= complexity)
        && (Agents.Count == 0 || (hints.Agent is { } agent && Agents.Contains(agent, StringComparer.OrdinalIgnoreCase)))
        && (Contains.Count == 0 || Contains.Any(part => hints.Question.Contains(part, StringComparison.OrdinalIgnoreCase)));
}
