using System.Collections.Concurrent;
using Microsoft.Extensions.Options;
using Npgsql;
using Nura.Models;
using Nura.Rag.Dense;
using Nura.Rag.Ranking;

namespace Nura.Rag.Embeddings;

/// <summary>Finds the chunks whose vectors lie nearest to a question's, among those of given repositories and no others. A search goes on without if that takes too long or fails.</summary>
internal sealed partial class NearestChunks(
    EmbeddingModel embeddings, EmbeddingStore store, NpgsqlDataSource database, IEnumerable<IRankingLane> lanes, IOptions<RagOptions> options, TimeProvider time, ILogger<NearestChunks> logger)
{
    /// <summary>Most chunks of a repository, and so many candidates an approximate index keeps while it looks for them.</summary>
    public const int Most = 100;

    // The same question is often asked again: for another repository, with a filter, by an agent that forgot.
    private const int MostQuestions = 1000;
    private static readonly TimeSpan s_longest = TimeSpan.FromSeconds(10);

    private readonly EmbeddingLane? _lane = lanes.OfType<EmbeddingLane>().FirstOrDefault();
    private readonly ConcurrentDictionary<(string Model, string Question), Task<float[]>> _questions = new();

    /// <summary>Finds them.</summary>
    /// <param name="question">The question.</param>
    /// <param name="corpora">What the caller may see.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public async Task<NearChunks> FindAsync(string question, IReadOnlyList<Corpus> corpora, CancellationToken cancellationToken)
    {
        var adapters = corpora.Where(corpus => _lane?.Weighs(corpus) is true).DistinctBy(corpus => corpus.Repository)
            .ToDictionary(corpus => corpus.Repository, corpus => corpus.Weights.EmbeddingAdapter);
        if (adapters.Count == 0)
        {
            return NearChunks.None;
        }

        if (embeddings.Info is not { } model)
        {
            return NearChunks.None with { Missing = "The configured embedding model is no longer in the catalog." };
        }

        using var deadline = new CancellationTokenSource(TimeSpan.FromMilliseconds(options.Value.EmbeddingDeadlineMs), time);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        try
        {
            return await FindAsync(question, model, adapters, limit.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return NearChunks.None with { Missing = $"'{model.Id}' and its vectors took longer than {options.Value.EmbeddingDeadlineMs} ms." };
        }
        catch (ModelException exception)
        {
            return NearChunks.None with { Missing = exception.Message };
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            // The other lanes have an answer, whatever it is.
            LogFailed(exception);
            return NearChunks.None with { Missing = $"Vectors could not be compared ({exception.GetType().Name}); the service's log tells more." };
        }
    }

    private async Task<NearChunks> FindAsync(string question, ModelInfo model, Dictionary<Guid, QueryAdapter?> adapters, CancellationToken cancellationToken)
    {
        var repositories = adapters.Keys.ToArray();
        var asked = _questions.TryGetValue((model.Id, question), out var known) ? known : Ask(model, question);
        var ready = await ReadyAsync(model.Id, repositories, cancellationToken);
        var missing = ready.Count == repositories.Length ? null
            : repositories.Length == 1 ? "Its vectors are still being made." : $"The vectors of {repositories.Length - ready.Count} of {repositories.Length} repositories are still being made.";
        var vector = await asked.WaitAsync(cancellationToken);
        var found = new Dictionary<Guid, IReadOnlyList<NearChunk>>();
        if (ready.Where(row => !row.Value && adapters[row.Key] is null).Select(row => row.Key).ToArray() is { Length: > 0 } small)
        {
            await CompareAsync(model.Id, small, vector, found, cancellationToken);
        }

        foreach (var (repository, indexed) in ready.Where(row => row.Value || adapters[row.Key] is not null))
        {
            // An adapter that was learned of longer or shorter vectors says nothing.
            var moved = adapters[repository] is { } adapter && adapter.Dimensions == vector.Length ? adapter.Moved(vector) : vector;
            await (indexed ? DescendAsync(model.Id, repository, moved, found, cancellationToken) : CompareAsync(model.Id, [repository], moved, found, cancellationToken));
        }

        return new NearChunks(found, missing);
    }

    // An answer that comes late is kept for the next time; one that fails is not.
    private Task<float[]> Ask(ModelInfo model, string question)
    {
        if (_questions.Count >= MostQuestions)
        {
            _questions.Clear();
        }

        var key = (model.Id, question);
        return _questions.GetOrAdd(key, _ =>
        {
            var asking = EmbedAsync(model, question);
            asking.ContinueWith(failed =>
            {
                LogNoVector(failed.Exception?.InnerException?.GetType().Name ?? "given up");
                _questions.TryRemove(new KeyValuePair<(string, string), Task<float[]>>(key, failed));
            }, CancellationToken.None, TaskContinuationOptions.NotOnRanToCompletion, TaskScheduler.Default);
            return asking;
        });
    }

    private async Task<float[]> EmbedAsync(ModelInfo model, string question)
    {
        // Whoever asks may give up before the others that wait for the same.
        using var limit = new CancellationTokenSource(s_longest, time);
        var vector = (await embeddings.EmbedAsync(model, [question], EmbeddingUse.Query, limit.Token))[0];
        await store.CheckDimensionsAsync(model.Id, vector.Length, limit.Token);
        return vector;
    }

    // Those whose chunks all had their turn, and whether they have an index.
    private async Task<Dictionary<Guid, bool>> ReadyAsync(string model, Guid[] repositories, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("SELECT repository, near FROM rag.embedding_work WHERE repository = ANY($1) AND model = $2 AND searchable");
        command.Parameters.AddWithValue(repositories);
        command.Parameters.AddWithValue(model);
        var ready = new Dictionary<Guid, bool>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            ready.Add(reader.GetGuid(0), reader.GetBoolean(1));
        }

        return ready;
    }

    // All vectors of small repositories.
    private async Task CompareAsync(string model, Guid[] repositories, float[] vector, Dictionary<Guid, IReadOnlyList<NearChunk>> found, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(NearestSql.Compare);
        command.Parameters.AddWithValue(repositories);
        command.Parameters.AddWithValue(model);
        command.Parameters.AddWithValue(ChunkText.Write(vector));
        command.Parameters.AddWithValue(Most);
        await ReadAsync(command, found, cancellationToken);
    }

    // By the index of a big one.
    private async Task DescendAsync(string model, Guid repository, float[] vector, Dictionary<Guid, IReadOnlyList<NearChunk>> found, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using (var width = new NpgsqlCommand(NearestSql.Prepare, connection))
        {
            await width.ExecuteNonQueryAsync(cancellationToken);
        }

        await using (var command = new NpgsqlCommand(NearestSql.Descend(repository, model, vector.Length), connection))
        {
            command.Parameters.AddWithValue(ChunkText.Write(vector));
            command.Parameters.AddWithValue(Most);
            await ReadAsync(command, found, cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
    }

    private static async Task ReadAsync(NpgsqlCommand command, Dictionary<Guid, IReadOnlyList<NearChunk>> found, CancellationToken cancellationToken)
    {
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            var repository = reader.GetGuid(0);
            if (!found.TryGetValue(repository, out var chunks))
            {
                found.Add(repository, chunks = new List<NearChunk>());
            }

            ((List<NearChunk>)chunks).Add(new NearChunk(reader.GetInt64(1), reader.GetInt32(2), (float)reader.GetDouble(3)));
        }
    }

    [LoggerMessage(2075, LogLevel.Warning, "Vectors could not be compared; the search goes on without")]
    private partial void LogFailed(Exception exception);

    [LoggerMessage(2076, LogLevel.Warning, "A question got no vector ({Failure}); the search goes on without")]
    private partial void LogNoVector(string failure);
}
