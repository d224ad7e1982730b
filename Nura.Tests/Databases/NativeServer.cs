using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Nura.Hosting;

namespace Nura.Tests.Databases;

/// <summary>A native PostgreSQL of a test's own, which can be taken away and brought back at the same address with its data.</summary>
internal sealed class NativeServer : IAsyncDisposable
{
    private const string Password = "test-only";
    private const int Tries = 5;

    private readonly string _folder;
    private NativePostgres _server;

    private NativeServer(string folder, NativePostgres server) => (_folder, _server) = (folder, server);

    public string ConnectionString => $"Host=127.0.0.1;Port={_server.Port};Username=postgres;Password={Password};Database=postgres;{_server.Settings}";

    public static async Task<NativeServer> StartAsync()
    {
        var folder = Directory.CreateTempSubdirectory("nura-outage-").FullName;
        if (!OperatingSystem.IsWindows())
        {
            // PostgreSQL may run as another user, who has to get through.
            File.SetUnixFileMode(folder, (UnixFileMode)0b111_101_101);
        }

        var server = new NativeServer(folder, await RunAsync(folder));
        await using var source = NpgsqlDataSource.Create(server.ConnectionString + ";Pooling=false");
        await using var extension = source.CreateCommand("CREATE EXTENSION vector");
        await extension.ExecuteNonQueryAsync();
        return server;
    }

    public Task StopAsync() => _server.StopAsync();

    public async Task RestartAsync()
    {
        var port = _server.Port;
        await _server.DisposeAsync();
        _server = await RunAsync(_folder, port);
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private static async Task<NativePostgres> RunAsync(string folder)
    {
        for (var i = 1; ; i++)
        {
            try
            {
                return await RunAsync(folder, FreePort.Choose());
            }
            catch (StartFailedException) when (i < Tries)
            {
                // Somebody else took the port meanwhile.
            }
        }
    }

    private static Task<NativePostgres> RunAsync(string folder, int port) => NativePostgres.StartAsync(
        PostgresInstallation.Find()!, Path.Combine(folder, "data"), port, Password, durable: true, NullLogger.Instance, CancellationToken.None);
}
