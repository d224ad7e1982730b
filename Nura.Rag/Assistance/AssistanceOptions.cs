using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Nura.Rag.Assistance;

/// <summary>How models help a search whose words match little. Off unless a model is named.</summary>
public sealed class AssistanceOptions
{
    /// <summary>The section they are read from.</summary>
    public const string Section = "Nura:Rag:Assistance";

    /// <summary>The chat model that adds words to a question; none if absent.</summary>
    public string? RewriteModel { get; set; }

    /// <summary>The chat model that puts the best chunks into a better order; none if absent.</summary>
    public string? RerankModel { get; set; }

    /// <summary>Milliseconds that adding words may take; then the question stays as it is.</summary>
    [Range(10, 60_000)]
    public int RewriteMilliseconds { get; set; } = 1_500;

    /// <summary>Milliseconds that ordering may take; then the order stays as it is.</summary>
    [Range(10, 60_000)]
    public int RerankMilliseconds { get; set; } = 250;

    /// <summary>A search is weak, and models are asked, where the best chunk matches less than this share of the question's weight. 0 for never; above 1 for always.</summary>
    [Range(0, 2)]
    public double WeakBelow { get; set; } = 0.5;
}

/// <summary>Checks the ranges; the code is generated.</summary>
[OptionsValidator]
internal sealed partial class AssistanceRanges : IValidateOptions<AssistanceOptions>;
