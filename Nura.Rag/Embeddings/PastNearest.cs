using System.Text;
using Nura.Models;
using Nura.Rag.Dense;
using Nura.Rag.History;
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
    /// <returns>What lies nearest, also with the questions moved by what the past's history teaches; <see langword="null"/> if too much would have to be embedded.</returns>
    /// <exception cref="ModelException">The model could not be asked.</exception>
    public async Task<PastNear?> FindAsync(
        Corpus past, IReadOnlyDictionary<long, IReadOnlyList<AnalyzedChunk>> forgotten, IReadOnlyList<string> questions, CancellationToken cancellationToken)
    {
        if (embeddings.Info is not { } model || forgotten.Values.Sum(chunks => chunks.Count) > MostForgotten)
        {
            return null;
        }

        var vectors = await embeddings.EmbedAsync(model, questions, EmbeddingUse.Query, cancellationToken);
        await store.CheckDimensionsAsync(model.Id, vectors[0].Length, cancellationToken);
        var recalled = await RecallAsync(model, past.Repository, forgotten, cancellationToken);
        var adapter = await LearnAsync(model, past, recalled, cancellationToken);
        float[][] asked = adapter is null ? [.. vectors] : [.. vectors, .. vectors.Select(adapter.Moved)];

        var nearest = asked.Select(_ => new PriorityQueue<NearChunk, float>()).ToArray();
        void Offer(long blob, int ordinal, float[] vector)
        {
            for (var i = 0; i < nearest.Length; i++)
            {
                var likeness = Matrix.Dot(asked[i], vector);
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

        foreach (var (blob, chunks) in recalled)
        {
            for (var ordinal = 0; ordinal < chunks.Length; ordinal++)
            {
                Offer(blob, ordinal, chunks[ordinal]);
            }
        }

        var near = Array.ConvertAll(nearest, found => new NearChunks(
            new Dictionary<Guid, IReadOnlyList<NearChunk>> { [past.Repository] = [.. found.UnorderedItems.Select(item => item.Element)] }));
        return new PastNear(near[..questions.Count], adapter is null ? null : near[questions.Count..], adapter);
    }

    // The vectors of chunks that are not stored: those of the same text elsewhere, or made for this.
    private async Task<Dictionary<long, float[][]>> RecallAsync(
        ModelInfo model, Guid repository, IReadOnlyDictionary<long, IReadOnlyList<AnalyzedChunk>> forgotten, CancellationToken cancellationToken)
    {
        var recalled = forgotten.ToDictionary(pair => pair.Key, pair => new float[pair.Value.Count][]);
        foreach (var batch in forgotten.SelectMany(pair => pair.Value.Select((chunk, ordinal) => (Blob: pair.Key, Ordinal: ordinal, Text: ChunkText.Of(chunk.Symbol, Encoding.UTF8.GetString(chunk.Content.Span))))).Chunk(BatchTexts))
        {
            var hashes = Array.ConvertAll(batch, chunk => ChunkText.Hash(chunk.Text));
            var known = await store.VectorsAsync(repository, model.Id, hashes, cancellationToken);
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
                recalled[batch[i].Blob][batch[i].Ordinal] = known[Convert.ToHexString(hashes[i])];
            }
        }

        return recalled;
    }

    // From the commits of the past and what they changed. Vectors that are stored are read a few at a time.
    private async Task<QueryAdapter?> LearnAsync(ModelInfo model, Corpus past, Dictionary<long, float[][]> recalled, CancellationToken cancellationToken)
    {
        var commits = HistoryIndex.Telling(past).Take(QueryAdapter.MostPairs).ToList();
        if (commits.Count < QueryAdapter.FewestPairs)
        {
            // Their messages would be embedded for nothing.
            return null;
        }

        var messages = await embeddings.EmbedAsync(model, commits.ConvertAll(commit => commit.Subject), EmbeddingUse.Query, cancellationToken);
        var targets = messages.Select(message => new float[message.Length]).ToList();
        var changed = commits.SelectMany((commit, i) => commit.Files.Select(file => (file.Blob, Commit: i))).ToLookup(pair => pair.Blob, pair => pair.Commit);
        void Aim(long blob, IEnumerable<float[]> vectors)
        {
            float[] chunks = [.. vectors.SelectMany(vector => vector)];
            foreach (var commit in changed[blob])
            {
                QueryAdapter.Aim(targets[commit], messages[commit], chunks);
            }
        }

        foreach (var (blob, chunks) in recalled)
        {
            Aim(blob, chunks);
        }

        foreach (var slice in changed.Select(blob => blob.Key).Where(blob => !recalled.ContainsKey(blob)).Chunk(BatchBlobs))
        {
            foreach (var blob in (await store.VectorsAsync(past.Repository, model.Id, slice, cancellationToken)).GroupBy(row => row.Blob, row => row.Vector))
            {
                Aim(blob.Key, blob);
            }
        }

        return QueryAdapter.Learn(messages.Zip(targets));
    }
}
