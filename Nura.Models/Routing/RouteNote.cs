using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Nura.Models;

/// <summary>A decision in short, in the words of <see cref="RouteDecision"/>: what travels with an answer.</summary>
/// <param name="Chosen">Id of the model that answers.</param>
/// <param name="Rule">The rule that named it.</param>
/// <param name="Complexity">0 to 1; <see langword="null"/> where no rule asked for it.</param>
/// <param name="Candidates">Models considered up to the chosen one, with the reason against each of the others.</param>
public sealed record RouteNote(string Chosen, string Rule, double? Complexity, IReadOnlyList<RouteReason> Candidates)
{
    /// <summary>Said of a model that was asked and failed before the next one was.</summary>
    public const string Failed = "did not answer";

    /// <summary>Header values stay short: servers and proxies refuse long ones.</summary>
    private const int MostCandidates = 8;

    private static readonly JsonTypeInfo<RouteNote> s_json =
        new ModelsJsonContext(new JsonSerializerOptions(JsonSerializerDefaults.Web) { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull }).RouteNote;

    /// <summary>Bounded by the models there are.</summary>
    private static readonly ConcurrentDictionary<(string Named, string First, string Answered), string> s_asked = new();

    /// <summary>The router's decision, and who answered in the end.</summary>
    /// <param name="decision">The decision.</param>
    /// <param name="answered">Id of the model that answered; the chosen one when absent.</param>
    public static RouteNote Of(RouteDecision decision, string? answered = null)
    {
        var chosen = answered ?? decision.Chosen;
        var reasons = decision.Candidates.Where(candidate => candidate.Rejected is not null || candidate.Model == decision.Chosen || candidate.Model == chosen)
            .Select(candidate => new RouteReason(candidate.Model, candidate.Rejected ?? (candidate.Model == chosen ? null : Failed)));
        return new RouteNote(chosen, decision.Rule, decision.Complexity, [.. reasons.Take(MostCandidates)]);
    }

    /// <summary>A model that the caller named, as a header value.</summary>
    /// <param name="named">The model named.</param>
    /// <param name="first">What was asked first: itself, or its replacement.</param>
    /// <param name="answered">Id of the model that answered.</param>
    public static string AskedFor(ModelInfo named, ModelInfo first, string answered)
    {
        return s_asked.GetOrAdd((named.Id, first.Id, answered), static key =>
        {
            var candidates = new List<RouteReason>();
            if (key.Named != key.First)
            {
                candidates.Add(new RouteReason(key.Named, ModelRouter.Ended));
            }

            candidates.Add(new RouteReason(key.First, key.First == key.Answered ? null : Failed));
            if (key.First != key.Answered)
            {
                candidates.Add(new RouteReason(key.Answered, null));
            }

            return new RouteNote(key.Answered, ModelRouter.AskedFor, null, candidates).ToHeader();
        });
    }

    /// <summary>As JSON of ASCII characters only, fit for a header.</summary>
    public string ToHeader() => JsonSerializer.Serialize(this, s_json);
}

/// <summary>A model that was considered.</summary>
/// <param name="Model">Its id.</param>
/// <param name="Rejected">Why it does not answer; <see langword="null"/> if it does.</param>
public sealed record RouteReason(string Model, string? Rejected);
