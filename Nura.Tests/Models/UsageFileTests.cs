using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Npgsql;
using Nura.Api;
using Nura.Models;
using Nura.Tests.Databases;
using Nura.Tests.Fakes;
using Nura.Tests.Requirements;

namespace Nura.Tests.Models;

public sealed class UsageFileTests(DatabaseFixture databases) : IClassFixture<DatabaseFixture>, IDisposable
{
    private const int Hang = 180_000;
    private const string Nowhere = "Host=127.0.0.1;Port=1;Username=u;Timeout=1";

    private readonly string _key = Guid.NewGuid().ToString();
    private readonly string _folder = Directory.CreateTempSubdirectory("nura-usage-").FullName;

    public static TheoryData<string> Engines => DatabaseFixture.Engines;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [NativePostgresFact(Timeout = Hang)]
    public async Task Rows_ServiceStopsWhileDatabaseIsAway_AreWrittenAtTheNextStart()
    {
        await using var postgres = await NativeServer.StartAsync();
        using (var host = await StartAsync(postgres.ConnectionString))
        {
            await postgres.StopAsync();
            await AddAsync(host, 5_000);
            await host.StopAsync();
        }

        Assert.Equal(5_000, Lines());
        await postgres.RestartAsync();
        using var next = await StartAsync(postgres.ConnectionString);
        await UntilWrittenAsync(postgres.ConnectionString, 5_000);
        await UntilEmptyAsync();
        await next.StopAsync();

        Assert.Equal(5_000, await RowsAsync(postgres.ConnectionString));
    }

    [NativePostgresFact(Timeout = Hang)]
    public async Task Rows_ServiceIsKilledWhileDatabaseIsAway_AreWrittenAtTheNextStart()
    {
        await using var postgres = await NativeServer.StartAsync();
        await using var upstream = await FakeOpenAi.StartAsync();
        using (var killed = StartApi(postgres, upstream))
        {
            try
            {
                using var http = new HttpClient(new SocketsHttpHandler()) { BaseAddress = await killed.AddressAsync() };
                http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", "nura_key-of-a-service-to-be-killed");
                await AskAsync(http);
                await UntilWrittenAsync(postgres.ConnectionString, 1, "mock");
                await postgres.StopAsync();
                for (var i = 0; i < 20; i++)
                {
                    await AskAsync(http);
                }

                await killed.LineAsync("0 usage rows wait in memory and 20 on disk");
            }
            finally
            {
                killed.Kill();
                await killed.WaitForExitAsync();
            }
        }

        await postgres.RestartAsync();
        using var next = await StartAsync(postgres.ConnectionString);
        await UntilWrittenAsync(postgres.ConnectionString, 21, "mock");
        await UntilEmptyAsync();
        await next.StopAsync();

        Assert.Equal(21, await RowsAsync(postgres.ConnectionString, "mock"));
    }

    [NativePostgresFact(Timeout = Hang)]
    public async Task Rows_DatabaseComesBack_AreWrittenByTheSameProcess()
    {
        await using var postgres = await NativeServer.StartAsync();
        using var host = await StartAsync(postgres.ConnectionString);
        await postgres.StopAsync();
        await AddAsync(host, 300);
        while (host.Get<UsageFiles>().Count < 300)
        {
            await Task.Delay(20);
        }

        await postgres.RestartAsync();
        await UntilWrittenAsync(postgres.ConnectionString, 300);
        await UntilEmptyAsync();
        await AddAsync(host, 10);
        await host.StopAsync();

        Assert.Equal(310, await RowsAsync(postgres.ConnectionString));
    }

    [Theory(Timeout = Hang)]
    [MemberData(nameof(Engines))]
    public async Task Rows_ProcessEndedBetweenCommitAndDeletion_AreThereOnce(string engine)
    {
        var database = await databases.GetAsync(engine);
        var file = Left(4_100);
        var copy = await File.ReadAllBytesAsync(file);
        using (var first = await StartAsync(database))
        {
            await UntilEmptyAsync();
            await first.StopAsync();
        }

        await File.WriteAllBytesAsync(file, copy);
        using var second = await StartAsync(database);
        await UntilEmptyAsync();
        await second.StopAsync();

        Assert.Equal(4_100, await RowsAsync(database));
    }

    [Theory(Timeout = Hang)]
    [MemberData(nameof(Engines))]
    public async Task File_LastLineHalfWritten_OthersAreWrittenAndItStays(string engine)
    {
        var database = await databases.GetAsync(engine);
        var file = Left(7);
        var whole = await File.ReadAllBytesAsync(file);
        await File.WriteAllBytesAsync(file, whole[..^40]);
        using var host = await StartAsync(database);
        await UntilEmptyAsync();
        await host.StopAsync();

        Assert.Equal(6, await RowsAsync(database));
        Assert.True(File.Exists(file + ".unreadable"));
    }

    [Theory(Timeout = Hang)]
    [MemberData(nameof(Engines))]
    public async Task File_OfAnInstanceThatLives_IsLeftToIt(string engine)
    {
        var database = await databases.GetAsync(engine);
        using var living = Files();
        Assert.True(living.TryAdd([Row(), Row()]));
        Left(3);
        using (var host = await StartAsync(database))
        {
            await UntilWrittenAsync(database, 3);
            Assert.True(living.TryAdd([Row()]));
            await host.StopAsync();
        }

        Assert.Equal(3, await RowsAsync(database));
        living.Dispose();
        using var next = await StartAsync(database);
        await UntilEmptyAsync();
        await next.StopAsync();
        Assert.Equal(6, await RowsAsync(database));
    }

    [Theory(Timeout = Hang)]
    [MemberData(nameof(Engines))]
    public async Task Rows_CallsOutliveTheService_AreWrittenAtTheNextStart(string engine)
    {
        var database = await databases.GetAsync(engine);
        using (var host = await StartAsync(database))
        {
            await AddAsync(host, 1);
            await host.StopAsync();
            Assert.Equal(0, Lines());
            await Task.WhenAll(AddAsync(host, 20), AddAsync(host, 20));
        }

        Assert.Equal(40, Lines());
        using var next = await StartAsync(database);
        await UntilEmptyAsync();
        await next.StopAsync();

        Assert.Equal(41, await RowsAsync(database));
    }

    [Fact(Timeout = Hang)]
    public async Task Rows_NoFolderIsConfigured_ServiceSaysHowManyItLoses()
    {
        var logs = new CollectedLogs();
        using var host = Build(Nowhere, null, logs);
        await host.StartAsync();
        await AddAsync(host, 3);
        await host.StopAsync();

        Assert.Contains(logs.Entries, entry => entry.Text.Contains("3 usage rows are lost", StringComparison.Ordinal) && entry.Text.Contains("Nura:Models:UsageDirectory", StringComparison.Ordinal));
    }

    [Fact(Timeout = Hang)]
    public async Task Folder_CannotBeMade_ServiceSaysSoAtItsStart()
    {
        var logs = new CollectedLogs();
        var inTheWay = Path.Combine(_folder, "file");
        await File.WriteAllTextAsync(inTheWay, "");
        using var host = Build(Nowhere, Path.Combine(inTheWay, "usage"), logs);
        await host.StartAsync();
        await host.StopAsync();

        Assert.Contains(logs.Entries, entry => entry.Text.Contains("cannot be kept in", StringComparison.Ordinal));
    }

    [Fact]
    public void Folder_RelativePath_StopsTheStart()
    {
        using var host = Build(Nowhere, "usage", new CollectedLogs());
        var refused = Assert.Throws<OptionsValidationException>(() => host.Get<IOptions<ModelsOptions>>().Value);
        Assert.Contains("Nura:Models:UsageDirectory", refused.Message, StringComparison.Ordinal);
    }

    private UsageRow Row() => new()
    {
        Id = Guid.CreateVersion7(),
        At = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero),
        Model = "m",
        Provider = "p",
        Caller = new Caller(_key, "Zoë \"Z\"\n"),
        Tokens = new TokenUsage { Input = 1, Output = 2, CacheRead = 3 },
        IsEstimated = true,
        Cost = 0.123456789012m,
        PriceVersion = null,
        Status = 200,
        ElapsedMs = 1.5,
        FirstTokenMs = null,
        Lease = Guid.NewGuid(),
    };

    private UsageFiles Files() => new(Options.Create(new ModelsOptions { UsageDirectory = _folder }), NullLogger<UsageFiles>.Instance);

    /// <summary>A file of a process that has ended.</summary>
    private string Left(int rows)
    {
        var before = Directory.GetFiles(_folder);
        using var files = Files();
        Assert.True(files.TryAdd([.. Enumerable.Range(0, rows).Select(_ => Row())]));
        return Assert.Single(Directory.GetFiles(_folder).Except(before));
    }

    private int Lines() => Directory.GetFiles(_folder, "*.jsonl").Sum(file => File.ReadLines(file).Count());

    private async Task AddAsync(IHost host, int rows)
    {
        for (var i = 0; i < rows; i++)
        {
            await host.Get<UsageLog>().AddAsync(Row());
        }
    }

    private async Task<IHost> StartAsync(string database)
    {
        var host = Build(database, _folder, new CollectedLogs());
        await host.StartAsync();
        return host;
    }

    private static IHost Build(string database, string? folder, CollectedLogs logs)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection([new("ConnectionStrings:nura", database), new("Nura:Models:UsageDirectory", folder)]);
        builder.Services.AddLogging(logging => logging.AddProvider(logs));
        builder.AddNpgsqlDataSource("nura");
        if (database != Nowhere)
        {
            builder.AddMigrations("models", typeof(ModelCatalog).Assembly);
        }

        builder.AddNuraModels();
        return builder.Build();
    }

    private Process StartApi(NativeServer postgres, FakeOpenAi upstream)
    {
        var start = new ProcessStartInfo("dotnet", [typeof(ApiOptions).Assembly.Location, "--urls", "http://127.0.0.1:0"]) { RedirectStandardOutput = true };
        start.Environment["ConnectionStrings__nura"] = postgres.ConnectionString;
        start.Environment["services__rag__http__0"] = "http://127.0.0.1:1";
        start.Environment["services__agents__http__0"] = "http://127.0.0.1:1";
        start.Environment["Nura__Api__Key"] = "nura_key-of-a-service-to-be-killed";
        start.Environment["Nura__Models__UsageDirectory"] = _folder;
        start.Environment["Nura__Models__Servers__first__BaseUrl"] = upstream.BaseUrl;
        start.Environment["Nura__Models__Servers__first__Models__0"] = "mock";
        return Process.Start(start)!;
    }

    private static async Task AskAsync(HttpClient http)
    {
        using var body = new StringContent("""{"model":"mock","messages":[{"role":"user","content":"x"}]}""", Encoding.UTF8, "application/json");
        using var answer = await http.PostAsync("/v1/chat/completions", body);
        answer.EnsureSuccessStatusCode();
    }

    private async Task UntilEmptyAsync()
    {
        while (Directory.EnumerateFiles(_folder, "*.jsonl").Any())
        {
            await Task.Delay(20);
        }
    }

    private async Task UntilWrittenAsync(string database, int rows, string model = "m")
    {
        while (await RowsAsync(database, model) < rows)
        {
            await Task.Delay(50);
        }
    }

    private async Task<long> RowsAsync(string connectionString, string model = "m")
    {
        await using var database = NpgsqlDataSource.Create(connectionString);
        await using var command = database.CreateCommand("""
            select count(*) from models.usage where model = $1 and ($1 <> 'm' or key = $2 and user_name = E'Zoë "Z"\n' and cost_usd = 0.123456789012
                and input_tokens = 1 and output_tokens = 2 and cache_read_tokens = 3 and estimated and lease is not null and at = '2026-01-01T00:00:00Z')
            """);
        command.Parameters.AddWithValue(model);
        command.Parameters.AddWithValue(_key);
        return (long)(await command.ExecuteScalarAsync())!;
    }
}
