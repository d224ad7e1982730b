namespace Nura.Models;

/// <summary>A call of a model, as it is recorded.</summary>
internal sealed record UsageRow
{
    /// <summary>Made when the call begins; writing the row twice under it changes nothing.</summary>
    public required Guid Id { get; init; }

    public required DateTimeOffset At { get; init; }

    public required string Model { get; init; }

    public required string Provider { get; init; }

    public required Caller Caller { get; init; }

    public required TokenUsage Tokens { get; init; }

    /// <summary>Whether the tokens are our estimate, because the provider gave none.</summary>
    public required bool IsEstimated { get; init; }

    /// <summary>US dollars.</summary>
    public required decimal Cost { get; init; }

    /// <summary>US dollars that a cache saved: the provider's, or Nura's own by giving an answer again; <see langword="null"/> if a price is not known.</summary>
    public decimal? Saved { get; init; }

    public required string? PriceVersion { get; init; }

    /// <summary>200, the status of the failure, or 499 if the caller gave up.</summary>
    public required int Status { get; init; }

    public required double ElapsedMs { get; init; }

    public required double? FirstTokenMs { get; init; }

    /// <summary>Whose budget grants paid for it; <see langword="null"/> if no budget counts it.</summary>
    public Guid? Lease { get; init; }
}
