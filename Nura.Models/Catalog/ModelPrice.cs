using System.Text.Json.Serialization;

namespace Nura.Models;

/// <summary>What a model costs from a day on. All amounts in US dollars for a million tokens, on demand.</summary>
public sealed record ModelPrice
{
    /// <summary>First day (UTC) on which it holds; <see langword="null"/> for "as long as the model exists".</summary>
    public DateOnly? From { get; init; }

    /// <summary>Tokens read that were not cached.</summary>
    public required decimal Input { get; init; }

    /// <summary>Tokens written. Nothing for an embedding model.</summary>
    public decimal Output { get; init; }

    /// <summary>Tokens read from the provider's prompt cache; as <see cref="Input"/> when absent.</summary>
    public decimal? CacheRead { get; init; }

    /// <summary>Tokens kept in the provider's prompt cache for five minutes; as <see cref="Input"/> when absent.</summary>
    public decimal? CacheWrite5m { get; init; }

    /// <summary>Tokens kept in the provider's prompt cache for an hour; as <see cref="CacheWrite5m"/> when absent.</summary>
    public decimal? CacheWrite1h { get; init; }

    /// <summary>Share of the price that a batch job pays.</summary>
    [JsonInclude]
    public decimal Batch { get; internal set; } = 1m;

    /// <summary>Prices of a call whose prompt, cached parts included, is longer than a limit.</summary>
    public LongContextPrice? LongContext { get; init; }
}
