using System.Buffers.Binary;

namespace Nura.Models;

/// <summary>A call of a model, as it is recorded. A value: rows wait by the thousand to be written together, and each would be an object that outlives a collection.</summary>
internal readonly record struct UsageRow
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

    /// <summary>A new identity, of version 7 as RFC 9562 has it. Its random part need not be unguessable: such bytes would cost a call of the system each.</summary>
    /// <param name="at">When the call began; identities sort by it.</param>
    public static Guid NewId(DateTimeOffset at)
    {
        Span<byte> bytes = stackalloc byte[16];
        Random.Shared.NextBytes(bytes);
        BinaryPrimitives.WriteInt64BigEndian(bytes, (at.ToUnixTimeMilliseconds() << 16) | 0x7000L | (uint)Random.Shared.Next(0x1000));
        bytes[8] = (byte)((bytes[8] & 0x3F) | 0x80);
        return new Guid(bytes, bigEndian: true);
    }
}
