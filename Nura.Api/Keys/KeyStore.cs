using System.Security.Cryptography;
using Microsoft.Extensions.Options;
using Npgsql;
using NpgsqlTypes;
using Nura.Api.People;
using Nura.ServiceDefaults.Data;

namespace Nura.Api.Keys;

/// <summary>Keys in PostgreSQL, by their hashes.</summary>
internal sealed class KeyStore(NpgsqlDataSource database, IOptions<SignInOptions> signIn)
{
    // A person's own key has no limits and no team but the person's. An administrator has no limits, whatever they were before.
    private const string Views =
        """
        select k.id, k.name, k.prefix, k.admin, k.created_at, k.last_used_at, coalesce(k.revoked_at, p.revoked_at),
               case when coalesce(p.admin, k.admin) then null when p.id is null then k.repositories else p.repositories end,
               case when p.id is null then k.team else p.team end, k.issuer, p.id, p.name
        from api.keys k left join api.keys p on p.id = k.person
        """;

    public async Task<KeyView> InsertAsync(Guid id, string key, CreateKey asked, CancellationToken cancellationToken)
    {
        await using var command = database.Command(
            "insert into api.keys (id, name, hash, prefix, admin, repositories, team) values ($1, $2, $3, $4, $5, $6, $7)",
            id, asked.Name, ApiKey.Hash(key), key[..ApiKey.PrefixLength], asked.Admin, List(asked.Repositories), Text(asked.Team));
        await command.ExecuteNonQueryAsync(cancellationToken);
        return (await ViewAsync(id, cancellationToken))!;
    }

    /// <summary>Keeps a person's own key.</summary>
    public async Task<KeyView> InsertOwnAsync(Guid id, string key, string name, Guid person, CancellationToken cancellationToken)
    {
        // The previous version of the code, which may still run beside this one, knows the limits of a key by its own row alone.
        await using var command = database.Command(
            "insert into api.keys (id, name, hash, prefix, repositories, team, person) select $1, $2, $3, $4, repositories, team, id from api.keys where id = $5",
            id, name, ApiKey.Hash(key), key[..ApiKey.PrefixLength], person);
        await command.ExecuteNonQueryAsync(cancellationToken);
        return (await ViewAsync(id, cancellationToken))!;
    }

    /// <summary>All keys, and the people who sign in.</summary>
    public async Task<IReadOnlyList<KeyView>> ListAsync(CancellationToken cancellationToken)
    {
        await using var command = database.Command($"{Views} order by k.created_at, k.id");
        return await ReadAsync(command, cancellationToken);
    }

    /// <summary>A person's own keys.</summary>
    public async Task<IReadOnlyList<KeyView>> ListAsync(Guid person, CancellationToken cancellationToken)
    {
        await using var command = database.Command($"{Views} where k.person = $1 order by k.created_at, k.id", person);
        return await ReadAsync(command, cancellationToken);
    }

    /// <summary>Changes what a key may see.</summary>
    /// <returns>The key as it is now, or <see langword="null"/> if there is none that could be limited.</returns>
    public Task<KeyView?> LimitAsync(Guid id, IReadOnlyList<Guid>? repositories, CancellationToken cancellationToken) =>
        ChangeAsync(id, "repositories = $2 where id = $1 and not admin and person is null", List(repositories), cancellationToken);

    /// <summary>Changes the team of a key's user.</summary>
    /// <returns>The key as it is now, or <see langword="null"/> if there is none that has a team of its own.</returns>
    public Task<KeyView?> AssignAsync(Guid id, string? team, CancellationToken cancellationToken) =>
        ChangeAsync(id, "team = $2 where id = $1 and person is null", Text(team), cancellationToken);

    /// <summary>Lets a person in again who was shut out. Sessions from before have ended, and a key that was revoked stays so: they may be in the wrong hands.</summary>
    /// <returns>The person as they are now, or <see langword="null"/> if there is none.</returns>
    public Task<KeyView?> RestoreAsync(Guid id, CancellationToken cancellationToken) =>
        ChangeAsync(id, "revoked_at = null, hash = $2 where id = $1 and issuer is not null", new NpgsqlParameter { Value = NobodysHash() }, cancellationToken);

    /// <summary>What stands for a person where a key has its hash: sessions are begun with it, and end when there is another.</summary>
    public static byte[] NobodysHash() => RandomNumberGenerator.GetBytes(SHA256.HashSizeInBytes);

    /// <param name="id">The key, or the person who is to be shut out with all their keys.</param>
    /// <param name="person">Whose it must be; anybody's if <see langword="null"/>.</param>
    /// <param name="cancellationToken">Stops waiting for the database.</param>
    /// <returns>The key as it is now, revoked before or not; <see langword="null"/> if there is none.</returns>
    public async Task<KeyView?> RevokeAsync(Guid id, Guid? person, CancellationToken cancellationToken)
    {
        await using var command = database.Command(
            "update api.keys set revoked_at = coalesce(revoked_at, now()) where id = $1 and ($2 is null or person = $2)",
            id, new NpgsqlParameter { Value = (object?)person ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Uuid });
        return await command.ExecuteNonQueryAsync(cancellationToken) > 0 ? await ViewAsync(id, cancellationToken) : null;
    }

    /// <summary>A valid key by its hash. Notes its use, once a minute at most.</summary>
    public Task<KeyView?> FindAsync(byte[] hash, CancellationToken cancellationToken) => FindAsync("k.hash = $2", [hash], cancellationToken);

    /// <summary>A valid key by its identity. Notes its use likewise.</summary>
    public Task<KeyView?> FindAsync(Guid id, CancellationToken cancellationToken) => FindAsync("k.id = $2", [id], cancellationToken);

    /// <summary>A person whose own keys would be valid. Notes their use likewise.</summary>
    public Task<KeyView?> FindPersonAsync(string issuer, string subject, CancellationToken cancellationToken) =>
        FindAsync("k.issuer = $2 and k.subject = $3 and k.signed_in_at > now() - $1", [issuer, subject], cancellationToken);

    private async Task<KeyView?> FindAsync(string which, object[] values, CancellationToken cancellationToken)
    {
        await using var find = database.Command(
            $"{Views} where {which} and k.revoked_at is null and (k.person is null or (p.revoked_at is null and p.signed_in_at > now() - $1))",
            [signIn.Value.KeysWorkFor, .. values]);
        var key = (await ReadAsync(find, cancellationToken)).SingleOrDefault();
        if (key is not null)
        {
            await using var note = database.Command("update api.keys set last_used_at = now() where id = $1 and (last_used_at is null or last_used_at < now() - interval '1 minute')", key.Id);
            await note.ExecuteNonQueryAsync(cancellationToken);
        }

        return key;
    }

    private async Task<KeyView?> ChangeAsync(Guid id, string change, NpgsqlParameter value, CancellationToken cancellationToken)
    {
        await using var command = database.Command($"update api.keys set {change}", id, value);
        return await command.ExecuteNonQueryAsync(cancellationToken) > 0 ? await ViewAsync(id, cancellationToken) : null;
    }

    private async Task<KeyView?> ViewAsync(Guid id, CancellationToken cancellationToken)
    {
        await using var command = database.Command($"{Views} where k.id = $1", id);
        return (await ReadAsync(command, cancellationToken)).SingleOrDefault();
    }

    private static async Task<List<KeyView>> ReadAsync(NpgsqlCommand command, CancellationToken cancellationToken)
    {
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var keys = new List<KeyView>();
        while (await reader.ReadAsync(cancellationToken))
        {
            keys.Add(new KeyView(
                reader.GetGuid(0),
                reader.GetString(1),
                reader.GetString(2),
                reader.GetBoolean(3),
                reader.GetDateTime(4),
                reader.IsDBNull(5) ? null : reader.GetDateTime(5),
                reader.IsDBNull(6) ? null : reader.GetDateTime(6),
                reader.IsDBNull(7) ? null : reader.GetFieldValue<Guid[]>(7),
                reader.IsDBNull(8) ? null : reader.GetString(8),
                reader.IsDBNull(9) ? null : reader.GetString(9),
                reader.IsDBNull(10) ? null : new KeyOwner(reader.GetGuid(10), reader.GetString(11))));
        }

        return keys;
    }

    private static NpgsqlParameter List(IReadOnlyList<Guid>? ids) => new() { Value = (object?)ids?.Distinct().ToArray() ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Uuid };

    private static NpgsqlParameter Text(string? text) => new() { Value = (object?)text ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text };
}
