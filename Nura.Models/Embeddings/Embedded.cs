namespace Nura.Models;

/// <summary>Vectors of texts.</summary>
/// <param name="Vectors">One each, in the texts' order.</param>
/// <param name="Tokens">Tokens of all texts.</param>
public sealed record Embedded(IReadOnlyList<float[]> Vectors, long Tokens);
