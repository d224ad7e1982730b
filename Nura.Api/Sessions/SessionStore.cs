using Npgsql;
using NpgsqlTypes;

namespace Nura.Api.Sessions;

/// <summary>Sessions of the web client in PostgreSQL, so that any replica knows them.</summary>
internal sealed class SessionStore(NpgsqlDataSource database)
{
    /// <summary>Keeps a session, and clears away those that are over.</summary>
    public async Task InsertAsync(byte[] hash, byte[] keyHash, DateTimeOffset now, DateTimeOffset expires, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            """
            with over as (delete from api.sessions where expires_at < $3)
            insert into api.sessions (hash, key_hash, expires_at) values ($1, $2, $4)
            """);
        command.Parameters.Add(new NpgsqlParameter { Value = hash });
        command.Parameters.Add(new NpgsqlParameter { Value = keyHash });
        command.Parameters.Add(new NpgsqlParameter { Value = now.UtcDateTime, NpgsqlDbType = NpgsqlDbType.TimestampTz });
        command.Parameters.Add(new NpgsqlParameter { Value = expires.UtcDateTime, NpgsqlDbType = NpgsqlDbType.TimestampTz });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>The hash of the key that signed in, or <see langword="null"/> if there is no such session any more.</summary>
    public async Task<byte[]?> FindAsync(byte[] hash, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("select key_hash from api.sessions where hash = $1 and expires_at > $2");
        command.Parameters.Add(new NpgsqlParameter { Value = hash });
        command.Parameters.Add(new NpgsqlParameter { Value = now.UtcDateTime, NpgsqlDbType = NpgsqlDbType.TimestampTz });
        return (byte[]?)await command.ExecuteScalarAsync(cancellationToken);
    }

    public async Task DeleteAsync(byte[] hash, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("delete from api.sessions where hash = $1");
        command.Parameters.Add(new NpgsqlParameter { Value = hash });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
