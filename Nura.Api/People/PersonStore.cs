using Npgsql;
using NpgsqlTypes;
using Nura.Api.Keys;

namespace Nura.Api.People;

/// <summary>People in PostgreSQL, among the keys: what may be seen, spent and asked on whose account is said of a key (decision 0026).</summary>
internal sealed class PersonStore(NpgsqlDataSource database, TimeProvider time)
{
    /// <summary>Notes that a person may not sign in any more: their sessions end, their own keys rest, and they are no administrator.</summary>
    /// <returns>Who it is among the keys, or <see langword="null"/> if they had nothing to lose.</returns>
    public async Task<KeyHolder?> LeaveAsync(Person person, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("update api.keys set admin = false, signed_in_at = null, hash = $3 where issuer = $1 and subject = $2 and (admin or signed_in_at is not null) returning id, name");
        command.Parameters.Add(new NpgsqlParameter { Value = person.Issuer });
        command.Parameters.Add(new NpgsqlParameter { Value = person.Subject });
        command.Parameters.Add(new NpgsqlParameter { Value = KeyStore.NobodysHash() });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? new KeyHolder(reader.GetGuid(0), reader.GetString(1), Admin: false, Person: true) : null;
    }

    /// <summary>Notes that a person has signed in, and what they are since then.</summary>
    /// <param name="person">Who it is.</param>
    /// <param name="admin">Whether they are an administrator.</param>
    /// <param name="team">Their team.</param>
    /// <param name="teamsAreGiven">Whether the team is as said here; otherwise what an administrator has said of it stays.</param>
    /// <param name="seesEverything">What they may see if they are new: everything or nothing.</param>
    /// <param name="cancellationToken">Stops waiting for the database.</param>
    /// <returns>The hash that stands for them among the keys, or <see langword="null"/> if they are shut out.</returns>
    public async Task<byte[]?> SignInAsync(Person person, bool admin, string? team, bool teamsAreGiven, bool seesEverything, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            """
            insert into api.keys (id, name, hash, prefix, admin, repositories, team, issuer, subject, signed_in_at)
            values ($1, $2, $3, '', $4, $5, $6, $7, $8, now())
            on conflict (issuer, subject) do update
                set name = excluded.name, admin = excluded.admin, team = case when $9 then excluded.team else keys.team end, signed_in_at = excluded.signed_in_at
                where keys.revoked_at is null
            returning hash
            """);
        command.Parameters.Add(new NpgsqlParameter { Value = Guid.CreateVersion7(time.GetUtcNow()) });
        command.Parameters.Add(new NpgsqlParameter { Value = person.Name });
        command.Parameters.Add(new NpgsqlParameter { Value = KeyStore.NobodysHash() });
        command.Parameters.Add(new NpgsqlParameter { Value = admin });
        command.Parameters.Add(new NpgsqlParameter { Value = seesEverything ? DBNull.Value : Array.Empty<Guid>(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Uuid });
        command.Parameters.Add(new NpgsqlParameter { Value = (object?)team ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
        command.Parameters.Add(new NpgsqlParameter { Value = person.Issuer });
        command.Parameters.Add(new NpgsqlParameter { Value = person.Subject });
        command.Parameters.Add(new NpgsqlParameter { Value = teamsAreGiven });
        return (byte[]?)await command.ExecuteScalarAsync(cancellationToken);
    }
}
