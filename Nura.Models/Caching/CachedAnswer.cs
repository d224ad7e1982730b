namespace Nura.Models;

/// <summary>An answer as it was sent.</summary>
/// <param name="Model">The model that gave it.</param>
/// <param name="ContentType">Of the body.</param>
/// <param name="Body">The bytes, of a stream all of them.</param>
public sealed record CachedAnswer(string Model, string ContentType, ReadOnlyMemory<byte> Body);
