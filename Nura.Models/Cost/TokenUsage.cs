namespace Nura.Models;

/// <summary>Tokens of a call in the classes that are priced apart. The classes do not overlap.</summary>
public readonly record struct TokenUsage
{
    /// <summary>Read, neither from nor into the provider's prompt cache.</summary>
    public long Input { get; init; }

    /// <summary>Written, thinking included.</summary>
    public long Output { get; init; }

    /// <summary>Read from the provider's prompt cache.</summary>
    public long CacheRead { get; init; }

    /// <summary>Put into the provider's prompt cache for five minutes.</summary>
    public long CacheWrite5m { get; init; }

    /// <summary>Put into the provider's prompt cache for an hour.</summary>
    public long CacheWrite1h { get; init; }

    /// <summary>Tokens of the whole prompt.</summary>
    public long Prompt => Input + CacheRead + CacheWrite5m + CacheWrite1h;
}
