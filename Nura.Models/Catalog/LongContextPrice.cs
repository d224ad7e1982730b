namespace Nura.Models;

/// <summary>Prices that replace the usual ones for the whole call when its prompt is long. US dollars for a million tokens.</summary>
public sealed record LongContextPrice
{
    /// <summary>Prompt tokens, cached parts included, above which these prices hold.</summary>
    public required int Above { get; init; }

    /// <inheritdoc cref="ModelPrice.Input"/>
    public required decimal Input { get; init; }

    /// <inheritdoc cref="ModelPrice.Output"/>
    public required decimal Output { get; init; }

    /// <inheritdoc cref="ModelPrice.CacheRead"/>
    public decimal? CacheRead { get; init; }

    /// <inheritdoc cref="ModelPrice.CacheWrite5m"/>
    public decimal? CacheWrite5m { get; init; }

    /// <inheritdoc cref="ModelPrice.CacheWrite1h"/>
    public decimal? CacheWrite1h { get; init; }
}
