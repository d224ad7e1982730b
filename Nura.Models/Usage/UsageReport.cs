using Npgsql;
using NpgsqlTypes;

namespace Nura.Models;

/// <summary>Sums of what models were used for and what it cost.</summary>
public sealed class UsageReport
{
    private static readonly Dictionary<string, string> s_columns = new(StringComparer.Ordinal)
    {
        ["day"] = "to_char(at at time zone 'UTC', 'YYYY-MM-DD')",
        ["model"] = "model",
        ["key"] = "key",
        ["user"] = "user_name",
        ["team"] = "team",
        ["agent"] = "agent",
        ["provider"] = "provider",
    };

    private readonly NpgsqlDataSource _database;

    internal UsageReport(NpgsqlDataSource database) => _database = database;

    /// <summary>What sums can be kept apart by.</summary>
    public static IReadOnlyCollection<string> Dimensions => s_columns.Keys;

    /// <summary>Sums of a time.</summary>
    /// <param name="from">First moment.</param>
    /// <param name="to">First moment after it.</param>
    /// <param name="by">One to three of <see cref="Dimensions"/>.</param>
    /// <param name="keys">The keys whose calls count; <see langword="null"/> for everybody's.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>At most 10,000 sums, in the order of their groups.</returns>
    public async Task<IReadOnlyList<UsageSum>> ReadAsync(DateTimeOffset from, DateTimeOffset to, IReadOnlyList<string> by, IReadOnlyList<string>? keys, CancellationToken cancellationToken)
    {
        // The texts come from the table above, never from the caller.
        var columns = by.Select(name => s_columns[name]).ToList();
        var groups = string.Join(", ", Enumerable.Range(1, columns.Count));
        await using var command = _database.CreateCommand($"""
            select {string.Join(", ", columns.Select(column => $"coalesce({column}, '')"))}, count(*), count(*) filter (where status >= 400),
                sum(input_tokens)::bigint, sum(output_tokens)::bigint, sum(cache_read_tokens)::bigint, sum(cache_write_5m_tokens + cache_write_1h_tokens)::bigint, sum(cost_usd),
                coalesce(sum(saved_usd) filter (where provider <> '{CallMeter.Cache}'), 0), coalesce(sum(saved_usd) filter (where provider = '{CallMeter.Cache}'), 0)
            from models.usage where at >= $1 and at < $2 {(keys is null ? "" : "and key = any($3)")} group by {groups} order by {groups} limit 10000
            """);
        command.Parameters.Add(new NpgsqlParameter { Value = from.UtcDateTime, NpgsqlDbType = NpgsqlDbType.TimestampTz });
        command.Parameters.Add(new NpgsqlParameter { Value = to.UtcDateTime, NpgsqlDbType = NpgsqlDbType.TimestampTz });
        if (keys is not null)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = keys.ToArray() });
        }

        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var sums = new List<UsageSum>();
        while (await reader.ReadAsync(cancellationToken))
        {
            var at = columns.Count;
            sums.Add(new UsageSum(
                by.Select((name, i) => (name, reader.GetString(i))).ToDictionary(pair => pair.name, pair => pair.Item2),
                reader.GetInt64(at),
                reader.GetInt64(at + 1),
                reader.GetInt64(at + 2),
                reader.GetInt64(at + 3),
                reader.GetInt64(at + 4),
                reader.GetInt64(at + 5),
                reader.GetDecimal(at + 6),
                reader.GetDecimal(at + 7),
                reader.GetDecimal(at + 8)));
        }

        return sums;
    }
}
