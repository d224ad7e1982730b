using Npgsql;
using NpgsqlTypes;

namespace Nura.Api.Keys;

/// <summary>Keys in PostgreSQL, by their hashes.</summary>
internal sealed class KeyStore(NpgsqlDataSource database)
{
    private const string View = "id, name, prefix, admin, created_at, last_used_at, revoked_at, repositories, team";

    public async Task<KeyView> InsertAsync(Guid id, string key, CreateKey asked, CancellationToken cancellationToken)
    {
        await using var command = Command(
            $"insert into api.keys (id, name, hash, prefix, admin, repositories, team) values ($1, $2, $3, $4, $5, $6, $7) returning {View}",
            id, asked.Name, ApiKey.Hash(key), key[..ApiKey.PrefixLength], asked.Admin, List(asked.Repositories), Text(asked.Team));
        return (await ReadAsync(command, cancellationToken)).Single();
    }

    public async Task<IReadOnlyList<KeyView>> ListAsync(CancellationToken cancellationToken)
    {
        await using var command = Command($"select {View} from api.keys order by created_at, id");
        return await ReadAsync(command, cancellationToken);
    }

    /// <summary>Changes what a key may see.</summary>
    /// <returns>The key as it is now, or <see langword="null"/> if there is none that could be limited.</returns>
    public async Task<KeyView?> LimitAsync(Guid id, IReadOnlyList<Guid>? repositories, CancellationToken cancellationToken)
    {
        await using var command = Command($"update api.keys set repositories = $2 where id = $1 and not admin returning {View}", id, List(repositories));
        return (await ReadAsync(command, cancellationToken)).SingleOrDefault();
    }

    /// <summary>Changes the team of a key's user.</summary>
    /// <returns>The key as it is now, or <see langword="null"/> if there is none.</returns>
    public async Task<KeyView?> AssignAsync(Guid id, string? team, CancellationToken cancellationToken)
    {
        await using var command = Command($"update api.keys set team = $2 where id = $1 returning {View}", id, Text(team));
        return (await ReadAsync(command, cancellationToken)).SingleOrDefault();
    }

    /// <returns>Whether there was such a key, revoked before or not.</returns>
    public async Task<bool> RevokeAsync(Guid id, CancellationToken cancellationToken)
    {
        await using var command = Command("update api.keys set revoked_at = coalesce(revoked_at, now()) where id = $1", id);
        return await command.ExecuteNonQueryAsync(cancellationToken) > 0;
    }

    /// <summary>A valid key by its hash. Notes its use, once a minute at most.</summary>
    public Task<KeyView?> FindAsync(byte[] hash, CancellationToken cancellationToken) => FindAsync("hash", hash, cancellationToken);

    /// <summary>A valid key by its identity. Notes its use likewise.</summary>
    public Task<KeyView?> FindAsync(Guid id, CancellationToken cancellationToken) => FindAsync("id", id, cancellationToken);

    private async Task<KeyView?> FindAsync(string column, object value, CancellationToken cancellationToken)
    {
        await using var find = Command($"select {View} from api.keys where {column} = $1 and revoked_at is null", value);
        var key = (await ReadAsync(find, cancellationToken)).SingleOrDefault();
        if (key is not null)
        {
            await using var note = Command("update api.keys set last_used_at = now() where id = $1 and (last_used_at is null or last_used_at < now() - interval '1 minute')", key.Id);
            await note.ExecuteNonQueryAsync(cancellationToken);
        }

        return key;
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
                reader.IsDBNull(8) ? null : reader.GetString(8)));
        }

        return keys;
    }

    private static NpgsqlParameter List(IReadOnlyList<Guid>? ids) => new() { Value = (object?)ids?.Distinct().ToArray() ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Uuid };

    private static NpgsqlParameter Text(string? text) => new() { Value = (object?)text ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text };

    private NpgsqlCommand Command(string sql, params ReadOnlySpan<object> values)
    {
        var command = database.CreateCommand(sql);
        foreach (var value in values)
        {
            command.Parameters.Add(value as NpgsqlParameter ?? new NpgsqlParameter { Value = value });
        }

        return command;
    }
}
