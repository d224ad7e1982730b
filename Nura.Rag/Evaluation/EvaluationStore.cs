using System.Text.Json;
using Npgsql;
using Nura.Contracts;
using Nura.Rag.Dense;
using Nura.Rag.Embeddings;
using Nura.Rag.Ranking;

namespace Nura.Rag.Evaluation;

/// <summary>Evaluations in PostgreSQL.</summary>
internal sealed class EvaluationStore(NpgsqlDataSource database, EmbeddingModel embeddings)
{
    /// <summary>Of lanes, their weights and how they are measured. Raise it when any of them changes.</summary>
    private const int Format = 3;

    /// <summary>
    /// Repositories to be evaluated: never in this format, or moved on and not for some hours, or never with the embedding model, whose vectors are
    /// there now. Not while a run is open, which may bring history.
    /// </summary>
    public async Task<List<Guid>> DueAsync(int hours, string? model, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            """
            SELECT r.id FROM rag.repository r LEFT JOIN rag.evaluation e ON e.repository = r.id AND e.format = $1
            WHERE r.parent IS NULL AND r.commit IS NOT NULL
              AND (e.repository IS NULL OR (e.commit <> r.commit AND e.evaluated_at < clock_timestamp() - make_interval(hours => $2))
                OR (e.model IS DISTINCT FROM $3 AND EXISTS (SELECT FROM rag.embedding_work w WHERE w.repository = r.id AND w.model = $3 AND w.searchable)))
              AND NOT EXISTS (SELECT FROM rag.index_run i WHERE i.repository = r.id AND i.state IN ('queued', 'fetching', 'indexing'))
            ORDER BY e.evaluated_at NULLS FIRST, r.id
            """);
        command.Parameters.AddWithValue(Format);
        command.Parameters.AddWithValue(hours);
        command.Parameters.Add(Text(model));
        var due = new List<Guid>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            due.Add(reader.GetGuid(0));
        }

        return due;
    }

    /// <summary>The last one, or <see langword="null"/>.</summary>
    public async Task<RetrievalEvaluation?> FindAsync(Guid repository, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("SELECT result FROM rag.evaluation WHERE repository = $1 AND format = $2");
        command.Parameters.AddWithValue(repository);
        command.Parameters.AddWithValue(Format);
        return await command.ExecuteScalarAsync(cancellationToken) is string result ? JsonSerializer.Deserialize<RetrievalEvaluation>(result, ContractsJson.Options) : null;
    }

    /// <summary>The weights it decided on. One for vectors of another model than the present one says nothing.</summary>
    /// <param name="repository">The repository.</param>
    /// <param name="previous">Those in use until now; what is the same is taken from them.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    public async Task<LaneWeights> WeightsAsync(Guid repository, LaneWeights? previous, CancellationToken cancellationToken)
    {
        if (await FindAsync(repository, cancellationToken) is not { } evaluation)
        {
            return LaneWeights.Usual;
        }

        if (evaluation.EmbeddingModel != embeddings.Info?.Id)
        {
            return new LaneWeights(evaluation.Weights.Where(weight => weight.Key != EmbeddingLane.LaneName).ToDictionary())
            {
                Adapted = [.. (evaluation.Adapted ?? []).Where(lane => lane != EmbeddingLane.LaneName)],
            };
        }

        var adapted = evaluation.Adapted ?? [];
        return new LaneWeights(evaluation.Weights)
        {
            Adapted = adapted,
            At = evaluation.At,
            EmbeddingAdapter = !adapted.Contains(EmbeddingLane.LaneName) ? null
                : previous?.At == evaluation.At ? previous.EmbeddingAdapter
                : await AdapterAsync(repository, evaluation.EmbeddingModel, cancellationToken),
        };
    }

    /// <summary>Stores one in place of the last. If weights change, readers are told. Does nothing if the repository is gone.</summary>
    public async Task SaveAsync(Guid repository, RetrievalEvaluation evaluation, QueryAdapter? adapter, CancellationToken cancellationToken)
    {
        var last = await FindAsync(repository, cancellationToken);
        var before = last?.Weights ?? new Dictionary<string, double>();
        var changed = before.Count != evaluation.Weights.Count || before.Except(evaluation.Weights).Any()
            || adapter is not null || !(last?.Adapted ?? []).ToHashSet().SetEquals(evaluation.Adapted ?? []);
        await using var command = database.CreateCommand(
            """
            WITH saved AS (
                INSERT INTO rag.evaluation (repository, format, commit, result, model)
                SELECT id, $2, $3, $4, $6 FROM rag.repository WHERE id = $1
                ON CONFLICT (repository) DO UPDATE
                SET format = excluded.format, commit = excluded.commit, evaluated_at = clock_timestamp(), result = excluded.result, model = excluded.model),
            forgotten AS (DELETE FROM rag.query_adapter WHERE repository = $1 AND $7::bytea IS NULL),
            learned AS (
                INSERT INTO rag.query_adapter (repository, model, dimensions, value)
                SELECT id, $6, $8, $7 FROM rag.repository WHERE id = $1 AND $7 IS NOT NULL
                ON CONFLICT (repository) DO UPDATE SET model = excluded.model, dimensions = excluded.dimensions, value = excluded.value)
            UPDATE rag.repository SET generation = generation + 1 WHERE $5 AND (id = $1 OR parent = $1)
            """);
        command.Parameters.AddWithValue(repository);
        command.Parameters.AddWithValue(Format);
        command.Parameters.AddWithValue(evaluation.Commit);
        command.Parameters.AddWithValue(JsonSerializer.Serialize(evaluation, ContractsJson.Options));
        command.Parameters.AddWithValue(changed);
        command.Parameters.Add(Text(evaluation.EmbeddingModel));
        command.Parameters.Add(new NpgsqlParameter { Value = (object?)adapter?.ToBytes() ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Bytea });
        command.Parameters.AddWithValue(adapter?.Dimensions ?? 0);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private async Task<QueryAdapter?> AdapterAsync(Guid repository, string? model, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("SELECT value, dimensions FROM rag.query_adapter WHERE repository = $1 AND model = $2");
        command.Parameters.AddWithValue(repository);
        command.Parameters.Add(Text(model));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? QueryAdapter.FromBytes(reader.GetFieldValue<byte[]>(0), reader.GetInt32(1)) : null;
    }

    private static NpgsqlParameter Text(string? value) => new() { Value = (object?)value ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Text };
}
