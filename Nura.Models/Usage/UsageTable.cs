using Npgsql;
using NpgsqlTypes;

namespace Nura.Models;

/// <summary>The table <c>models.usage</c>.</summary>
internal static class UsageTable
{
    private const string Insert = """
        insert into models.usage (id, at, model, provider, key, user_name, team, agent, input_tokens, output_tokens, cache_read_tokens,
            cache_write_5m_tokens, cache_write_1h_tokens, estimated, cost_usd, price_version, status, elapsed_ms, first_token_ms, lease, saved_usd)
        select * from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21)
        on conflict (id) do nothing
        """;

    public static async Task InsertAsync(NpgsqlDataSource database, IReadOnlyList<UsageRow> rows, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(Insert);
        Add(NpgsqlDbType.Uuid, row => row.Id);
        Add(NpgsqlDbType.TimestampTz, row => row.At.UtcDateTime);
        Add(NpgsqlDbType.Text, row => row.Model);
        Add(NpgsqlDbType.Text, row => row.Provider);
        Add(NpgsqlDbType.Text, row => row.Caller.Key);
        Add(NpgsqlDbType.Text, row => row.Caller.User);
        Add(NpgsqlDbType.Text, row => row.Caller.Team);
        Add(NpgsqlDbType.Text, row => row.Caller.Agent);
        Add(NpgsqlDbType.Bigint, row => row.Tokens.Input);
        Add(NpgsqlDbType.Bigint, row => row.Tokens.Output);
        Add(NpgsqlDbType.Bigint, row => row.Tokens.CacheRead);
        Add(NpgsqlDbType.Bigint, row => row.Tokens.CacheWrite5m);
        Add(NpgsqlDbType.Bigint, row => row.Tokens.CacheWrite1h);
        Add(NpgsqlDbType.Boolean, row => row.IsEstimated);
        Add(NpgsqlDbType.Numeric, row => row.Cost);
        Add(NpgsqlDbType.Text, row => row.PriceVersion);
        Add(NpgsqlDbType.Integer, row => row.Status);
        Add(NpgsqlDbType.Double, row => row.ElapsedMs);
        Add(NpgsqlDbType.Double, row => row.FirstTokenMs);
        Add(NpgsqlDbType.Uuid, row => row.Lease);
        Add(NpgsqlDbType.Numeric, row => row.Saved);
        await command.ExecuteNonQueryAsync(cancellationToken);

        void Add<T>(NpgsqlDbType type, Func<UsageRow, T> column) =>
            command.Parameters.Add(new NpgsqlParameter { Value = rows.Select(column).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | type });
    }
}
