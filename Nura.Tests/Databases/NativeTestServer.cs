using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Nura.Hosting;

namespace Nura.Tests.Databases;

/// <summary>The one native PostgreSQL server of this test run, with a database per test class.</summary>
internal static class NativeTestServer
{
    private const string Password = "test-only";
    private static readonly Lazy<Task<NativePostgres>> s_server = new(StartAsync);
    private static int s_databases;

    public static async Task<string> CreateDatabaseAsync()
    {
        var server = await s_server.Value;
        var name = $"test{Interlocked.Increment(ref s_databases)}";
        await ExecuteAsync(ConnectionString(server, "postgres"), $"CREATE DATABASE {name}");
        return ConnectionString(server, name);
    }

    /// <summary>Ends it, if it was started.</summary>
    public static async Task StopAsync()
    {
        if (s_server is { IsValueCreated: true, Value.IsCompletedSuccessfully: true })
        {
            await (await s_server.Value).DisposeAsync();
        }
    }

    private static async Task ExecuteAsync(string connectionString, string sql)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    private static string ConnectionString(NativePostgres server, string database) =>
        $"Host=127.0.0.1;Port={server.Port};Username=postgres;Password={Password};Database={database};{server.Settings}";

    private static async Task<NativePostgres> StartAsync()
    {
        var installation = PostgresInstallation.Find()
            ?? throw new InvalidOperationException("Native PostgreSQL with pgvector is not installed, and CI=true asks for it.");
        var folder = Directory.CreateTempSubdirectory("nura-postgres-").FullName;
        if (!OperatingSystem.IsWindows())
        {
            // PostgreSQL may run as another user, who has to get through.
            File.SetUnixFileMode(folder, (UnixFileMode)0b111_101_101);
        }

        var server = await NativePostgres.StartAsync(installation, Path.Combine(folder, "data"), 0, Password, durable: false, NullLogger.Instance, CancellationToken.None);
        // What databases are copied from.
        await ExecuteAsync(ConnectionString(server, "template1") + ";Pooling=false", "CREATE EXTENSION vector");
        return server;
    }
}
