using Microsoft.Extensions.Hosting;
using Npgsql;
using Nura.Rag.Indexing;
using Nura.Tests.Databases;

namespace Nura.Tests.Rag;

public sealed class BlobCleanerTests(DatabaseFixture database) : IClassFixture<DatabaseFixture>
{
    [Fact(Timeout = 120_000)]
    public async Task Clean_BlobsOfNoCommitForAWeek_GoWithTheirChunksAndSymbolsUnlessARunIsPaused()
    {
        await using var host = new RagHost(await database.GetAsync());
        using var sample = new SampleRepository(host.Root);
        sample.Commit("a.cs", "class Kept\n{\n}\n", "b.cs", "class Old\n{\n}\n");
        var view = await host.AddAsync(sample.Path);
        sample.Commit("b.cs", "class New\n{\n}\n");
        await host.IndexAsync(view.Id);
        var cleaner = host.Get<IEnumerable<IHostedService>>().OfType<BlobCleaner>().Single();
        await using var source = NpgsqlDataSource.Create(await database.GetAsync());

        Assert.Equal(0, await cleaner.CleanAsync(CancellationToken.None));
        Assert.Equal(["Kept", "New", "Old"], await SymbolsAsync(source));

        await using var age = source.CreateCommand("UPDATE rag.blob SET created_at = now() - interval '8 days'");
        await age.ExecuteNonQueryAsync();
        await PausedAsync(source, "1 day");
        Assert.Equal(0, await cleaner.CleanAsync(CancellationToken.None));

        // Nobody will go on with it; it must not keep everything for ever.
        await PausedAsync(source, "31 days");
        Assert.Equal(1, await cleaner.CleanAsync(CancellationToken.None));

        Assert.Equal(["Kept", "New"], await SymbolsAsync(source));
        await using var chunks = source.CreateCommand("SELECT count(*) FROM rag.chunk WHERE content LIKE 'class %'");
        Assert.Equal(2L, await chunks.ExecuteScalarAsync());
    }

    private static async Task PausedAsync(NpgsqlDataSource source, string since)
    {
        await using var command = source.CreateCommand($"UPDATE rag.index_run SET state = 'paused', updated_at = now() - interval '{since}' WHERE id = (SELECT max(id) FROM rag.index_run)");
        await command.ExecuteNonQueryAsync();
    }

    private static async Task<List<string>> SymbolsAsync(NpgsqlDataSource source)
    {
        await using var command = source.CreateCommand("SELECT name FROM rag.symbol ORDER BY name");
        await using var reader = await command.ExecuteReaderAsync();
        var names = new List<string>();
        while (await reader.ReadAsync())
        {
            names.Add(reader.GetString(0));
        }

        return names;
    }
}
