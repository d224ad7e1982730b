using System.Runtime.CompilerServices;
using Microsoft.Extensions.Options;
using Npgsql;
using NpgsqlTypes;
using Nura.Api.Keys;
using Nura.ServiceDefaults.Data;

namespace Nura.Api.Audit;

/// <summary>The audit trail in PostgreSQL.</summary>
internal sealed class AuditStore(NpgsqlDataSource database, IOptions<ApiOptions> options)
{
    private const string Columns = "select id, at, actor, actor_name, action, subject, name, detail from api.audit";

    /// <summary>Keeps an entry, and clears away those that are too old.</summary>
    public async Task InsertAsync(KeyHolder actor, string action, AuditSubject? subject, CancellationToken cancellationToken)
    {
        await using var command = database.Command(
            """
            with old as (delete from api.audit where at < now() - make_interval(days => $1))
            insert into api.audit (actor, actor_name, action, subject, name, detail) values ($2, $3, $4, $5, $6, $7)
            """,
            options.Value.AuditDays, actor.Id, actor.Name, action, Text(subject?.Id), Text(subject?.Name), Text(subject?.Detail));
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>The latest entries first, of those before another.</summary>
    public async Task<IReadOnlyList<AuditEntry>> ListAsync(long before, int take, CancellationToken cancellationToken)
    {
        await using var command = database.Command($"{Columns} where id < $1 order by id desc limit $2", before, take);
        return await ReadAsync(command, cancellationToken).ToListAsync(cancellationToken);
    }

    /// <summary>The entries from one time up to another (UTC), in the order in which they were made.</summary>
    public async IAsyncEnumerable<AuditEntry> ReadAsync(DateTime from, DateTime to, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var command = database.Command($"{Columns} where at >= $1 and at < $2 order by id", from, to);
        await foreach (var entry in ReadAsync(command, cancellationToken))
        {
            yield return entry;
        }
    }

    private static async IAsyncEnumerable<AuditEntry> ReadAsync(NpgsqlCommand command, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            yield return new AuditEntry(
                reader.GetInt64(0), reader.GetDateTime(1), reader.GetGuid(2), reader.GetString(3), reader.GetString(4),
                reader.IsDBNull(5) ? null : reader.GetString(5), reader.IsDBNull(6) ? null : reader.GetString(6), reader.IsDBNull(7) ? null : reader.GetString(7));
        }
    }

    private static NpgsqlParameter Text(string? text) => new() { Value = (object?)text ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text };
}
