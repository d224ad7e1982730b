using System.Globalization;
using Npgsql;

namespace Nura.Models;

/// <summary>The table <c>models.semantic_answers</c>. Every statement is about one caller's rows.</summary>
internal static class SemanticAnswers
{
    private const string Nearest = """
        select model, content_type, body, 1 - (question <=> $3::vector) as similarity, cost_usd
        from models.semantic_answers
        where caller = $1 and guard = $2 and until > $4
        order by question <=> $3::vector
        limit 1
        """;

    private const string Insert = """
        with gone as (
            delete from models.semantic_answers
            where caller = $2 and (until <= $8 or id in (select id from models.semantic_answers where caller = $2 order by until desc, id desc offset $9))
        )
        insert into models.semantic_answers (id, caller, guard, question, model, content_type, body, until, cost_usd) values ($1, $2, $3, $4::vector, $5, $6, $7, $10, $11)
        """;

    public static async Task<CachedAnswer?> FindAsync(
        NpgsqlDataSource database, string caller, byte[] guard, float[] question, double similarity, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var command = Command(database, Nearest, caller, guard, Text(question), now.UtcDateTime);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) && reader.GetDouble(3) >= similarity
            ? new CachedAnswer(reader.GetString(0), reader.GetString(1), reader.GetFieldValue<byte[]>(2), Cost: await reader.IsDBNullAsync(4, cancellationToken) ? null : reader.GetDecimal(4))
            : null;
    }

    /// <summary>Keeps an answer; what is too old or too much goes.</summary>
    public static async Task KeepAsync(
        NpgsqlDataSource database, string caller, byte[] guard, float[] question, CachedAnswer answer, int most, DateTimeOffset now, TimeSpan life, CancellationToken cancellationToken)
    {
        await using var command = Command(
            database, Insert, Guid.CreateVersion7(), caller, guard, Text(question), answer.Model, answer.ContentType, answer.Body.ToArray(), now.UtcDateTime, most - 1, (now + life).UtcDateTime, answer.Cost ?? (object)DBNull.Value);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Removes a caller's answers, or everybody's.</summary>
    /// <returns>How many.</returns>
    public static async Task<int> PurgeAsync(NpgsqlDataSource database, string? caller, CancellationToken cancellationToken)
    {
        await using var command = caller is null
            ? Command(database, "delete from models.semantic_answers")
            : Command(database, "delete from models.semantic_answers where caller = $1", caller);
        return await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static NpgsqlCommand Command(NpgsqlDataSource database, string sql, params ReadOnlySpan<object> values)
    {
        var command = database.CreateCommand(sql);
        foreach (var value in values)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        }

        return command;
    }

    private static string Text(float[] vector) => $"[{string.Join(',', vector.Select(value => value.ToString("R", CultureInfo.InvariantCulture)))}]";
}
