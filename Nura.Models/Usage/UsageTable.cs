using System.Runtime.InteropServices;
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

    private delegate T Column<T>(in UsageRow row);

    public static async Task InsertAsync(NpgsqlDataSource database, List<UsageRow> rows, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(Insert);
        Add(NpgsqlDbType.Uuid, static (in row) => row.Id);
        Add(NpgsqlDbType.TimestampTz, static (in row) => row.At.UtcDateTime);
        Add(NpgsqlDbType.Text, static (in row) => row.Model);
        Add(NpgsqlDbType.Text, static (in row) => row.Provider);
        Add(NpgsqlDbType.Text, static (in row) => row.Caller.Key);
        Add(NpgsqlDbType.Text, static (in row) => row.Caller.User);
        Add(NpgsqlDbType.Text, static (in row) => row.Caller.Team);
        Add(NpgsqlDbType.Text, static (in row) => row.Caller.Agent);
        Add(NpgsqlDbType.Bigint, static (in row) => row.Tokens.Input);
        Add(NpgsqlDbType.Bigint, static (in row) => row.Tokens.Output);
        Add(NpgsqlDbType.Bigint, static (in row) => row.Tokens.CacheRead);
        Add(NpgsqlDbType.Bigint, static (in row) => row.Tokens.CacheWrite5m);
        Add(NpgsqlDbType.Bigint, static (in row) => row.Tokens.CacheWrite1h);
        Add(NpgsqlDbType.Boolean, static (in row) => row.IsEstimated);
        Add(NpgsqlDbType.Numeric, static (in row) => row.Cost);
        Add(NpgsqlDbType.Text, static (in row) => row.PriceVersion);
        Add(NpgsqlDbType.Integer, static (in row) => row.Status);
        Add(NpgsqlDbType.Double, static (in row) => row.ElapsedMs);
        Add(NpgsqlDbType.Double, static (in row) => row.FirstTokenMs);
        Add(NpgsqlDbType.Uuid, static (in row) => row.Lease);
        Add(NpgsqlDbType.Numeric, static (in row) => row.Saved);
        await command.ExecuteNonQueryAsync(cancellationToken);

        void Add<T>(NpgsqlDbType type, Column<T> column)
        {
            var values = new T[rows.Count];
            var from = CollectionsMarshal.AsSpan(rows);
            for (var i = 0; i < values.Length; i++)
            {
                values[i] = column(in from[i]);
            }

            command.Parameters.Add(new NpgsqlParameter { Value = values, NpgsqlDbType = NpgsqlDbType.Array | type });
        }
    }
}
