namespace Nura.Rag.Embeddings;

/// <summary>A repository whose vectors this process makes.</summary>
/// <param name="Repository">The repository; its further refs are part of it.</param>
/// <param name="Model">Id of the model.</param>
/// <param name="Fence">Tells a late writer that the work was taken over.</param>
/// <param name="Present">What <c>done</c> is to be afterwards.</param>
internal sealed record ClaimedEmbedding(Guid Repository, string Model, long Fence, string Present);
