using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Nura.Hosting;
using Nura.ServiceDefaults.Migrations;
using Nura.Tests.Databases;
using Nura.Tests.Fakes;

namespace Nura.Tests.ServiceDefaults;

public sealed class MigrationServiceTests(DatabaseFixture database) : IClassFixture<DatabaseFixture>
{
    private static readonly Migration s_table = new(1, "table", "create table t (id int); insert into t values (7)");

    [Theory(Timeout = 180_000), MemberData(nameof(DatabaseFixture.Engines), MemberType = typeof(DatabaseFixture))]
    public async Task Start_HostedServiceRegisteredLater_FindsTheTables(string engine)
    {
        await using var service = await StartAsync(await database.GetAsync(engine), "ordered", builder => builder.Services.AddHostedService<Reader>());

        Assert.Equal(7, service.App.Services.GetServices<IHostedService>().OfType<Reader>().Single().Found);
    }

    [Fact(Timeout = 180_000)]
    public async Task Start_DatabaseComesLate_IsWaitedFor()
    {
        using var logs = new CollectedLogs();
        var port = FreePort.Choose();

        // Nobody else takes it meanwhile, and as long as it does not listen, connections are refused.
        using var held = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        held.Bind(new IPEndPoint(IPAddress.Loopback, port));

        var starting = StartAsync($"Host=127.0.0.1;Port={port};Username=postgres;Password=unused;Database=nura;SSL Mode=Disable", "late", builder => builder.Logging.AddProvider(logs));
        await logs.WhenLogged(5032);
        Assert.False(starting.IsCompleted);
        held.Dispose();
        await using var database = await PgliteServer.StartAsync(PglitePackages.FindTools(AppContext.BaseDirectory), null, port, NullLogger.Instance, CancellationToken.None);
        await using var service = await starting;

        Assert.Contains(logs.Entries, entry => entry.Id.Id == 5031);
    }

    [Fact(Timeout = 180_000)]
    public async Task Start_DatabaseNeverComes_EndsWithItsError()
    {
        var error = await Assert.ThrowsAnyAsync<NpgsqlException>(
            () => StartAsync("Host=127.0.0.1;Port=1;Username=postgres", "never", settings: ("Nura:Migrations:Patience", "00:00:00.3")));

        Assert.Contains("Failed to connect", error.Message, StringComparison.Ordinal);
    }

    private static Task<TestService> StartAsync(
        string connectionString, string schema, Action<WebApplicationBuilder>? configure = null, params (string, string?)[] settings) =>
        TestService.StartAsync(
            configure: builder =>
            {
                builder.AddNpgsqlDataSource("nura");
                builder.AddMigrations(schema, [s_table]);
                configure?.Invoke(builder);
            },
            settings: [("ConnectionStrings:nura", connectionString), .. settings]);

    private sealed class Reader(NpgsqlDataSource source) : IHostedService
    {
        public int? Found { get; private set; }

        public async Task StartAsync(CancellationToken cancellationToken)
        {
            await using var command = source.CreateCommand("select id from ordered.t");
            Found = (int?)await command.ExecuteScalarAsync(cancellationToken);
        }

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
