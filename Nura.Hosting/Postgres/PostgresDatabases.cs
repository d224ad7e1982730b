using Aspire.Hosting.ApplicationModel;
using Npgsql;

namespace Nura.Hosting;

/// <summary>Creates databases.</summary>
internal static class PostgresDatabases
{
    /// <summary>Creates a database unless it exists, or the server has but one, or the database is somewhere else.</summary>
    public static async Task CreateAsync(PostgresServerResource server, PostgresDatabaseResource database, CancellationToken cancellationToken)
    {
        if (database.Configured is not null || server.Annotations.OfType<PostgresBackend>().Single() is { HasManyDatabases: false })
        {
            return;
        }

        var settings = new NpgsqlConnectionStringBuilder(await server.GetConnectionStringAsync(cancellationToken)) { Pooling = false };
        settings.Database ??= "postgres";
        await using var connection = new NpgsqlConnection(settings.ConnectionString);
        await connection.OpenAsync(cancellationToken);
        await using var exists = new NpgsqlCommand("SELECT 1 FROM pg_database WHERE datname = $1", connection) { Parameters = { new() { Value = database.DatabaseName } } };
        if (await exists.ExecuteScalarAsync(cancellationToken) is null)
        {
            await using var create = new NpgsqlCommand($"CREATE DATABASE \"{database.DatabaseName.Replace("\"", "\"\"", StringComparison.Ordinal)}\"", connection);
            await create.ExecuteNonQueryAsync(cancellationToken);
        }
    }
}
