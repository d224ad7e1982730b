using System.Net;
using System.Net.Sockets;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Nura.Hosting;
using Nura.Tests.Databases;
using Nura.Tests.Requirements;

namespace Nura.Tests.Hosting;

public sealed class PostgresBackendTests
{
    [Fact(Timeout = 120_000)]
    public async Task Pglite_CorruptData_IsSaidAndNothingIsDeleted()
    {
        await using var test = new TestApplication("--Nura:Backends:pg=pglite");
        var marker = Path.Combine(test.Folder, "pg", "pglite", "PG_VERSION");
        Directory.CreateDirectory(Path.GetDirectoryName(marker)!);
        await File.WriteAllTextAsync(marker, "not a version");
        var postgres = test.Builder.AddPostgres("pg");
        await test.StartAsync();

        await test.WaitForStateAsync(postgres, KnownResourceStates.FailedToStart);

        Assert.Contains(await test.LogAsync(postgres), line => line.Contains("nothing in it was changed or deleted", StringComparison.Ordinal));
        Assert.Equal("not a version", await File.ReadAllTextAsync(marker));
    }

    [Fact(Timeout = 120_000)]
    public async Task Pglite_Restarted_KeepsDataAndAddress()
    {
        await using var test = new TestApplication("--Nura:Backends:pg=pglite");
        var database = test.Builder.AddPostgres("pg").AddDatabase("nura");
        await test.StartAsync();
        await test.App.ResourceNotifications.WaitForResourceHealthyAsync("nura");
        var before = await test.App.GetConnectionStringAsync("nura");
        await ExecuteAsync(before!, "CREATE TABLE kept AS SELECT 42 AS answer");

        await test.App.ResourceCommands.ExecuteCommandAsync("pg", KnownResourceCommands.RestartCommand);
        await test.App.ResourceNotifications.WaitForResourceHealthyAsync("nura");

        Assert.Equal(before, await test.App.GetConnectionStringAsync("nura"));
        Assert.Equal(42, await ExecuteAsync(before!, "SELECT answer FROM kept"));
        Assert.Equal("pg", database.Resource.Parent.Name);
    }

    [LinuxFact(Timeout = 120_000)]
    public async Task Postgres_EngineAnswersLater_DataStaysWhereItIs()
    {
        await using var test = new TestApplication();
        test.Builder.Services.AddSingleton(new ContainerEngine("/bin/true"));
        Directory.CreateDirectory(Path.Combine(test.Folder, "pg", "pglite"));
        await File.WriteAllTextAsync(Path.Combine(test.Folder, "pg", "pglite", "PG_VERSION"), "not a version");
        await File.WriteAllTextAsync(Path.Combine(test.Folder, "pg.backend"), "pglite");
        var postgres = test.Builder.AddPostgres("pg");
        await test.StartAsync();

        await test.WaitForStateAsync(postgres, KnownResourceStates.FailedToStart);

        Assert.Contains(await test.LogAsync(postgres), line => line.Contains("The database in", StringComparison.Ordinal));
    }

    [Fact(Timeout = 120_000)]
    public async Task Postgres_WhatHasTheDataIsGone_IsSaidAndNothingElseBegins()
    {
        await using var test = new TestApplication();
        test.Builder.Services.AddSingleton(new ContainerEngine());
        await File.WriteAllTextAsync(Path.Combine(test.Folder, "pg.backend"), "container");
        test.Builder.AddPostgres("pg");

        var refused = await Assert.ThrowsAsync<StartFailedException>(test.StartAsync);

        Assert.Contains("volume 'pg', and neither Docker nor Podman answers", refused.Message, StringComparison.Ordinal);
        Assert.Contains("--Nura:Backends:pg=", refused.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = 120_000)]
    public async Task Postgres_Started_NotesWhatHasTheData()
    {
        await using var test = new TestApplication("--Nura:Backends:pg=pglite");
        test.Builder.AddPostgres("pg");
        await test.StartAsync();

        await test.App.ResourceNotifications.WaitForResourceHealthyAsync("pg");

        Assert.Equal("pglite", await File.ReadAllTextAsync(Path.Combine(test.Folder, "pg.backend")));
    }

    [Fact(Timeout = 180_000)]
    public async Task Postgres_ConfiguredServer_IsUsedAsItIs()
    {
        await using var test = new TestApplication("--ConnectionStrings:nura=Host=db.example.org;Database=other");
        test.Builder.AddPostgres("pg").AddDatabase("nura");
        await test.StartAsync();

        Assert.Equal("Host=db.example.org;Database=other", await test.App.GetConnectionStringAsync("nura"));
    }

    [Theory(Timeout = 180_000), MemberData(nameof(DatabaseFixture.Engines), MemberType = typeof(DatabaseFixture))]
    public async Task Postgres_PortInUse_NamesPortAndKey(string engine)
    {
        using var holder = new TcpListener(IPAddress.Loopback, 0);
        holder.Start();
        var port = ((IPEndPoint)holder.LocalEndpoint).Port;
        await using var test = new TestApplication($"--Nura:Backends:pg={engine}", $"--Nura:Ports:pg={port}");
        var postgres = test.Builder.AddPostgres("pg");
        await test.StartAsync();

        await test.WaitForStateAsync(postgres, KnownResourceStates.FailedToStart);

        var message = string.Join('\n', await test.LogAsync(postgres));
        Assert.Contains($"Port {port} for 'pg' is in use", message, StringComparison.Ordinal);
        Assert.Contains("'Nura:Ports:pg'", message, StringComparison.Ordinal);
    }

    [NativePostgresFact(Timeout = 180_000)]
    public async Task Postgres_DatabaseCannotBeCreated_FailsItAndThoseThatWait()
    {
        var settings = new NpgsqlConnectionStringBuilder(await NativeTestServer.CreateDatabaseAsync());
        await ExecuteAsync(settings.ConnectionString, "CREATE ROLE may_create_nothing LOGIN PASSWORD 'test-only'");
        settings.Username = "may_create_nothing";
        await using var test = new TestApplication($"--ConnectionStrings:pg={settings.ConnectionString}");
        var database = test.Builder.AddPostgres("pg").AddDatabase("nura", "not_there");
        var waiter = test.AddShell("waiter", "sleep 1000").WaitFor(database, WaitBehavior.WaitOnResourceUnavailable);
        await test.StartAsync();

        await test.WaitForStateAsync(database, KnownResourceStates.FailedToStart);
        Assert.Contains(await test.LogAsync(database), line => line.Contains("permission denied to create database", StringComparison.Ordinal));
        await test.WaitForStateAsync(waiter, KnownResourceStates.FailedToStart);
        Assert.Contains(await test.LogAsync(waiter), line => line.Contains("permission denied to create database", StringComparison.Ordinal));
    }

    private static async Task<object?> ExecuteAsync(string connectionString, string sql)
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false }.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync();
    }
}
