using Npgsql;
using Nura.Contracts;
using Nura.Tests.Databases;
using Nura.Tests.Fakes;

namespace Nura.Tests.Rag;

/// <summary>Statements on the way of a question read big tables by their indexes. PostgreSQL is told to avoid reading whole tables, and counts when it has to.</summary>
public sealed class QueryPlanTests(DatabaseFixture database) : IClassFixture<DatabaseFixture>
{
    private static readonly string[] s_tables = ["blob", "chunk", "chunk_hash", "embedding", "symbol", "tree"];

    [Theory(Timeout = 180_000), MemberData(nameof(DatabaseFixture.Engines), MemberType = typeof(DatabaseFixture))]
    public async Task Questions_OfEveryKind_ReadNoBigTableWhole(string engine)
    {
        if (engine != DatabaseFixture.Native)
        {
            // PGlite keeps no such counts.
            return;
        }

        await using var fake = await FakeEmbeddings.StartAsync();
        // Named, and so not the fixture's: its services have connections of their own, which end with them.
        var connectionString = await database.GetAsync(engine) + ";Application Name=questions";
        using var sample = new SampleRepository();
        var commit = sample.Commit([.. Enumerable.Range(0, 60).SelectMany(i => new[] { $"src/f{i}.cs", $"class Planned{i}\n{{\n    void Method{i}() {{ }}\n}}\n" })]);
        (string, string)[] settings = [.. fake.Settings, ("Nura:Rag:LocalRoots:0", Path.GetDirectoryName(sample.Path)!), ("Nura:Rag:MirrorDirectory", Path.Combine(sample.Path, ".git", "mirrors"))];
        RepositoryView view;
        await using (var host = new RagHost(connectionString, settings))
        {
            view = await host.AddAsync(sample.Path, "planned");
            while ((await host.Rag.EmbeddingsAsync(view.Id, CancellationToken.None)).State != EmbeddingState.Ready)
            {
                await Task.Delay(50);
            }
        }

        var before = await CountsAsync(connectionString);
        var indexed = new NpgsqlConnectionStringBuilder(connectionString) { Options = "-c enable_seqscan=off" };
        await using (var host = new RagHost(indexed.ConnectionString, settings))
        {
            var answer = await host.SearchAsync("planned method 7", view.Id);
            Assert.Null(answer.LanesLeftOut);
            Assert.NotEmpty(answer.Hits);
            Assert.NotEmpty((await host.Rag.SymbolsAsync(new SymbolRequest("Planned7", Repositories: [view.Id]), CancellationToken.None)).Hits);
            Assert.NotEmpty((await host.Rag.SymbolsAsync(new SymbolRequest("Planned7", Prefix: true, Repositories: [view.Id]), CancellationToken.None)).Hits);
            Assert.NotEmpty((await host.Rag.ReferencesAsync(new ReferenceRequest("Planned7", [view.Id]), CancellationToken.None)).Hits);
            Assert.NotEmpty((await host.Rag.GrepAsync(new GrepRequest("Method7", Repositories: [view.Id]), CancellationToken.None)).Matches);
            Assert.NotNull((await host.Rag.ResolveAsync(new ResolveCitations([$"planned@{commit}:src/f7.cs#L1-L2"], [view.Id]), CancellationToken.None))[0]);
        }

        var after = await CountsAsync(connectionString);

        Assert.Equal(s_tables, after.Keys.Order(StringComparer.Ordinal));
        Assert.All(s_tables, table => Assert.Equal((table, before[table].Whole), (table, after[table].Whole)));
        Assert.All(s_tables, table => Assert.True(after[table].ByIndex > before[table].ByIndex, table));
    }

    // Connections report what they did when they end, so those of the host are waited for.
    private static async Task<Dictionary<string, (long Whole, long ByIndex)>> CountsAsync(string connectionString)
    {
        await using var source = NpgsqlDataSource.Create(connectionString + ";Pooling=false");
        while (true)
        {
            await using var others = source.CreateCommand("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'");
            if ((long)(await others.ExecuteScalarAsync())! == 0)
            {
                break;
            }

            await Task.Delay(20);
        }

        await using var command = source.CreateCommand("SELECT relname::text, seq_scan, coalesce(idx_scan, 0) FROM pg_stat_user_tables WHERE schemaname = 'rag' AND relname = ANY($1)");
        command.Parameters.AddWithValue(s_tables);
        var counts = new Dictionary<string, (long, long)>();
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
        {
            counts.Add(reader.GetString(0), (reader.GetInt64(1), reader.GetInt64(2)));
        }

        return counts;
    }
}
