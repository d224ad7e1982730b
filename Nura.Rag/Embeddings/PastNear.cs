using Nura.Rag.Dense;

namespace Nura.Rag.Embeddings;

/// <summary>What lies nearest to questions in a corpus of the past.</summary>
/// <param name="Found">For each question, in their order.</param>
/// <param name="Moved">The same for the questions as <paramref name="Adapter"/> moves them.</param>
/// <param name="Adapter">What the history up to then teaches, if that is enough.</param>
internal sealed record PastNear(IReadOnlyList<NearChunks> Found, IReadOnlyList<NearChunks>? Moved, QueryAdapter? Adapter);
