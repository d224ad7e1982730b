namespace Nura.Models;

/// <summary>An answer as it was sent. A value: the cache keeps thousands, and the collector would have to look at each of them.</summary>
/// <param name="Model">The model that gave it.</param>
/// <param name="ContentType">Of the body.</param>
/// <param name="Body">The bytes, of a stream all of them.</param>
/// <param name="Headers">Headers that belong to it, such as the provider's counts of tokens.</param>
/// <param name="Cost">US dollars that it cost; <see langword="null"/> if unknown.</param>
public readonly record struct CachedAnswer(string Model, string ContentType, ReadOnlyMemory<byte> Body, IReadOnlyList<KeyValuePair<string, string>>? Headers = null, decimal? Cost = null);
