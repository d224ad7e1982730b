using Nura.Models;

namespace Nura.Rag.Embeddings;

/// <summary>Makes the vectors that a repository lacks. What is stored stays, so that interrupted work goes on where it was.</summary>
internal sealed class EmbeddingFiller(EmbeddingModel embeddings, EmbeddingStore store, NearIndexes indexes)
{
    // Chunks of so many blobs are looked at together, and so many texts sent; the provider's client splits them, and has some calls under way at once.
    private const int BatchBlobs = 64;
    private const int BatchTexts = 128;

    // If the first are all refused, it is not for what they say.
    private const int MostRefused = 8;

    /// <summary>Makes them.</summary>
    /// <returns>What the model said of pieces that it refused, whose vectors are still missing; <see langword="null"/> if none is.</returns>
    /// <exception cref="ModelException">The model cannot be asked now.</exception>
    public async Task<string?> RunAsync(ClaimedEmbedding work, ModelInfo model, EmbeddingProgress progress, CancellationToken cancellationToken)
    {
        var blobs = await store.BlobsAsync(work.Repository, work.Model, cancellationToken);
        progress.Total = blobs.Sum(blob => blob.Chunks);
        progress.Done = blobs.Sum(blob => blob.Embedded);
        if (progress.Total > 2 * progress.Done)
        {
            await indexes.DropAsync(work.Repository, work.Model, cancellationToken);
        }

        var pass = new Pass(work, model);
        foreach (var slice in blobs.Where(blob => blob.Embedded < blob.Chunks).Select(blob => blob.Blob).Chunk(BatchBlobs))
        {
            foreach (var batch in (await store.MissingAsync(work.Repository, work.Model, slice, cancellationToken)).Chunk(BatchTexts))
            {
                var hashes = Array.ConvertAll(batch, chunk => ChunkText.Hash(chunk.Text));
                await store.NoteAsync([.. batch.Zip(hashes, (chunk, hash) => (chunk.Blob, chunk.Ordinal, hash))], cancellationToken);
                var known = (await store.AdoptAsync(work.Repository, work.Model, hashes, cancellationToken)).Select(Convert.ToHexString).ToHashSet(StringComparer.Ordinal);
                var wanted = batch.Zip(hashes, (chunk, hash) => (Hash: hash, chunk.Text)).DistinctBy(piece => Convert.ToHexString(piece.Hash))
                    .Where(piece => !known.Contains(Convert.ToHexString(piece.Hash))).ToArray();
                var refused = await EmbedAsync(pass, wanted, cancellationToken);
                var lacking = hashes.Count(hash => refused.Contains(Convert.ToHexString(hash)));
                progress.Failed += lacking;
                progress.Done += batch.Length - lacking;
            }
        }

        return pass.Refusal;
    }

    // Stores the vectors of some pieces. Returns those that the model refused; the others must not suffer for them.
    private async Task<HashSet<string>> EmbedAsync(Pass pass, (byte[] Hash, string Text)[] pieces, CancellationToken cancellationToken)
    {
        if (pieces.Length == 0)
        {
            return [];
        }

        IReadOnlyList<float[]> vectors;
        try
        {
            vectors = await embeddings.EmbedAsync(pass.Model, Array.ConvertAll(pieces, piece => piece.Text), EmbeddingUse.Document, cancellationToken);
        }
        catch (ModelException exception) when (exception is { Status: 400 or 413 or 422, IsRetryable: false } && (pass.Embedded > 0 || pass.Refused < MostRefused))
        {
            if (pieces.Length == 1)
            {
                pass.Refused++;
                pass.Refusal = exception.Message;
                return [Convert.ToHexString(pieces[0].Hash)];
            }

            var refused = await EmbedAsync(pass, pieces[..(pieces.Length / 2)], cancellationToken);
            refused.UnionWith(await EmbedAsync(pass, pieces[(pieces.Length / 2)..], cancellationToken));
            return refused;
        }

        await store.CheckDimensionsAsync(pass.Work.Model, vectors[0].Length, cancellationToken);
        await store.AddAsync(pass.Work.Repository, pass.Work.Model, Array.ConvertAll(pieces, piece => piece.Hash), vectors, cancellationToken);
        pass.Embedded += pieces.Length;
        return [];
    }

    private sealed class Pass(ClaimedEmbedding work, ModelInfo model)
    {
        public ClaimedEmbedding Work => work;

        public ModelInfo Model => model;

        public int Embedded { get; set; }

        public int Refused { get; set; }

        public string? Refusal { get; set; }
    }
}
