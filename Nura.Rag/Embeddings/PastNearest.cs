using Nura.Models;
using Nura.Rag.Dense;
using Nura.Rag.Indexing;
using Nura.Rag.Ranking;

namespace Nura.Rag.Embeddings;

/// <summary>Finds what lies nearest to questions in a corpus of the past, for self-evaluation: exactly, and without keeping its vectors in memory.</summary>
internal sealed class PastNearest(EmbeddingModel embeddings, EmbeddingStore store, EmbeddingQueue queue)
{
    private const int BatchBlobs = 64;
    private const int BatchTexts = 128;

    // Text that stands in no present file has to be embedded for the evaluation alone.
    private const int MostForgotten = 2000;

    /// <summary>Id of the model, if the repository's chunks have its vectors.</summary>
    public async Task<string?> ReadyAsync(Guid repository, CancellationToken cancellationToken) =>
        embeddings.Info is { } model && (await queue.StatusAsync(repository, model.Id, cancellationToken)).Searchable ? model.Id : null;

    /// <summary>Finds it for each question, in their order.</summary>
    /// <param name="past">The corpus.</param>
    /// <param name="forgotten">The chunks of its blobs that are not stored.</param>
    /// <param name="questions">The questions.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <returns><see langword="null"/> if too much would have to be embedded.</returns>
    /// <exception cref="ModelException">The model could not be asked.</exception>
    public async Task<IReadOnlyList<NearChunks>?> FindAsync(
        Corpus past, IReadOnlyDictionary<long, IReadOnlyList<AnalyzedChunk>> forgotten, IReadOnlyList<string> questions, CancellationToken cancellationToken)
    {
        if (embeddings.Info is not { } model || forgotten.Values.Sum(chunks => chunks.Count) > MostForgotten)
        {
            return null;
        }

        var vectors = await embeddings.EmbedAsync(model, questions, EmbeddingUse.Query, cancellationToken);
        await store.CheckDimensionsAsync(model.Id, vectors[0].Length, cancellationToken);
        var nearest = questions.Select(_ => new PriorityQueue<NearChunk, float>()).ToArray();
        void Offer(long blob, int ordinal, float[] vector)
        {
            for (var i = 0; i < nearest.Length; i++)
            {
                var likeness = Matrix.Dot(vectors[i], vector);
                if (nearest[i].Count < NearestChunks.Most)
                {
                    nearest[i].Enqueue(new NearChunk(blob, ordinal, likeness), likeness);
                }
                else if (nearest[i].Peek().Likeness < likeness)
                {
                    nearest[i].DequeueEnqueue(new NearChunk(blob, ordinal, likeness), likeness);
                }
            }
        }

        foreach (var slice in past.Blobs.Keys.Where(blob => !forgotten.ContainsKey(blob)).Chunk(BatchBlobs))
        {
            foreach (var (blob, ordinal, vector) in await store.VectorsAsync(past.Repository, model.Id, slice, cancellationToken))
            {
                Offer(blob, ordinal, vector);
            }
        }

        foreach (var batch in forgotten.SelectMany(pair => pair.Value.Select((chunk, ordinal) => (Blob: pair.Key, Ordinal: ordinal, Text: ChunkText.Of(chunk.Symbol, chunk.Content)))).Chunk(BatchTexts))
        {
            var hashes = Array.ConvertAll(batch, chunk => ChunkText.Hash(chunk.Text));
            var known = await store.VectorsAsync(past.Repository, model.Id, hashes, cancellationToken);
            var unknown = batch.Zip(hashes, (chunk, hash) => (chunk.Text, Hash: Convert.ToHexString(hash))).Where(chunk => !known.ContainsKey(chunk.Hash)).DistinctBy(chunk => chunk.Hash).ToArray();
            if (unknown.Length > 0)
            {
                var made = await embeddings.EmbedAsync(model, Array.ConvertAll(unknown, chunk => chunk.Text), EmbeddingUse.Document, cancellationToken);
                for (var i = 0; i < unknown.Length; i++)
                {
                    known.Add(unknown[i].Hash, made[i]);
                }
            }

            for (var i = 0; i < batch.Length; i++)
            {
                Offer(batch[i].Blob, batch[i].Ordinal, known[Convert.ToHexString(hashes[i])]);
            }
        }

        return Array.ConvertAll(nearest, found => new NearChunks(
            new Dictionary<Guid, IReadOnlyList<NearChunk>> { [past.Repository] = [.. found.UnorderedItems.Select(item => item.Element)] }));
    }
}
