using Microsoft.Extensions.Logging;
using Npgsql;

namespace Nura.ServiceDefaults.Migrations;

/// <summary>
/// Brings a schema to the version this build needs. Each migration and its record are one transaction under an advisory lock,
/// so that several instances may start at once and a kill at any moment leaves a whole version behind. The lock is one for the whole database:
/// extensions belong to no schema, and two services that create the same one at once would fail each other.
/// </summary>
internal sealed partial class Migrator(NpgsqlDataSource database, string schema, IReadOnlyList<Migration> migrations, ILogger logger)
{
    /// <summary>A migration that cannot get its table locks gives way to the running queries and is tried again.</summary>
    private const string LockTimeout = "10s";

    public async Task MigrateAsync(CancellationToken cancellationToken)
    {
        while (await ApplyNextAsync(cancellationToken) is { } applied)
        {
            LogApplied(schema, applied);
        }
    }

    /// <summary>Applies the first migration that is missing.</summary>
    /// <returns>The one applied, or <see langword="null"/> if none is missing.</returns>
    private async Task<Migration?> ApplyNextAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await ExecuteAsync(connection, "select pg_advisory_xact_lock(hashtextextended('nura.migrations', 0))", cancellationToken);
        var applied = await ReadAppliedAsync(connection, cancellationToken);
        foreach (var migration in migrations)
        {
            if (!applied.TryGetValue(migration.Version, out var checksum))
            {
                await ApplyAsync(connection, migration, cancellationToken);
                await transaction.CommitAsync(cancellationToken);
                return migration;
            }

            if (checksum != migration.Checksum)
            {
                throw new InvalidOperationException(
                    $"Migration {migration} of schema {schema} was changed after it had been applied to this database. "
                    + "Restore its file as it was, and put the change into a new migration. Nothing was changed in the database.");
            }
        }

        // Newer ones in the database belong to the next release, which keeps its migrations safe for this one.
        return null;
    }

    private async Task<Dictionary<int, string>> ReadAppliedAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var applied = new Dictionary<int, string>();
        await using (var exists = new NpgsqlCommand($"select to_regclass('{schema}.migrations') is not null", connection))
        {
            if (await exists.ExecuteScalarAsync(cancellationToken) is not true)
            {
                return applied;
            }
        }

        await using var command = new NpgsqlCommand($"select version, checksum from {schema}.migrations", connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            applied.Add(reader.GetInt32(0), reader.GetString(1));
        }

        return applied;
    }

    private async Task ApplyAsync(NpgsqlConnection connection, Migration migration, CancellationToken cancellationToken)
    {
        await ExecuteAsync(
            connection,
            $"""
            create schema if not exists {schema};
            create table if not exists {schema}.migrations
                (version int primary key, name text not null, checksum text not null, applied_at timestamptz not null default now());
            set local search_path = {schema}, public;
            set local lock_timeout = '{LockTimeout}'
            """,
            cancellationToken);
        await ExecuteAsync(connection, migration.Sql, cancellationToken);
        await RefuseHiddenExtensionsAsync(connection, migration, cancellationToken);

        await using var record = new NpgsqlCommand($"insert into {schema}.migrations (version, name, checksum) values ($1, $2, $3)", connection);
        record.Parameters.Add(new NpgsqlParameter<int> { TypedValue = migration.Version });
        record.Parameters.Add(new NpgsqlParameter<string> { TypedValue = migration.Name });
        record.Parameters.Add(new NpgsqlParameter<string> { TypedValue = migration.Checksum });
        await record.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>An extension created without a schema would land in the service's and its types be invisible to every query.</summary>
    private async Task RefuseHiddenExtensionsAsync(NpgsqlConnection connection, Migration migration, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand($"select extname from pg_extension where extnamespace = '{schema}'::regnamespace limit 1", connection);
        if (await command.ExecuteScalarAsync(cancellationToken) is string extension)
        {
            throw new InvalidOperationException(
                $"Migration {migration} put extension {extension} into schema {schema}. Write: create extension if not exists {extension} schema public.");
        }
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        // No limit in time: a migration takes as long as its data needs.
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    [LoggerMessage(5031, LogLevel.Information, "Schema {Schema}: migration {Migration} applied")]
    private partial void LogApplied(string schema, Migration migration);
}
