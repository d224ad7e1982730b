using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Npgsql;
using Nura.Contracts;
using Nura.Rag;
using Nura.Rag.Embeddings;
using Nura.Tests.Databases;
using Nura.Tests.Fakes;

namespace Nura.Tests.Rag;

/// <summary>Vectors of a configured model: how they are made and kept, and what they do in a search.</summary>
public sealed class EmbeddingTests(DatabaseFixture database) : IClassFixture<DatabaseFixture>, IAsyncLifetime
{
    private const string Lane = "embedding";

    private FakeEmbeddings _fake = null!;

    public async Task InitializeAsync() => _fake = await FakeEmbeddings.StartAsync();

    public Task DisposeAsync() => _fake.DisposeAsync().AsTask();

    [Theory(Timeout = 120_000), MemberData(nameof(DatabaseFixture.Engines), MemberType = typeof(DatabaseFixture))]
    public async Task Search_NoWordShared_IsFoundByMeaning(string engine)
    {
        await using var host = new RagHost(await database.GetAsync(engine), _fake.Settings);
        using var sample = new SampleRepository(host.Root);
        sample.Commit("a.cs", "class Invoice { void Payment() { } }\n", "b.cs", "class Parcel { void Weigh() { } }\n", "c.cs", "class Customer { string Address; }\n");
        var view = await host.AddAsync(sample.Path);
        var status = await ReadyAsync(host, view);

        var answer = await host.Rag.SearchAsync(new SearchRequest("bill settlement", [view.Id], Explain: true), CancellationToken.None);

        Assert.Equal((3, 3, 0, true, false), (status.ChunksTotal, status.ChunksDone, status.ChunksFailed, status.Searchable, status.Indexed));
        Assert.Null(answer.LanesLeftOut);
        Assert.Equal("a.cs", answer.Hits[0].Citation.Path);
        Assert.Equal([Lane], answer.Hits[0].Lanes);
        Assert.Equal(0.3, Assert.Single(answer.Hits[0].Explanation!.Lanes).Weight, 5);
        Assert.Contains(_fake.Texts, text => text == "Invoice.Payment\nclass Invoice { void Payment() { } }" || text.EndsWith("class Invoice { void Payment() { } }", StringComparison.Ordinal));
        // Usage is written a moment after the call.
        while (await RowsAsync(engine, "SELECT DISTINCT agent FROM models.usage WHERE model = 'bag-of-meanings' AND input_tokens > 0 ORDER BY 1") is not ["index", "search"])
        {
            await Task.Delay(20);
        }
    }

    [Fact(Timeout = 120_000)]
    public async Task Fill_RenamesAndCopies_CostNoCall()
    {
        await using var host = new RagHost(await database.GetAsync(), _fake.Settings);
        using SampleRepository sample = new(host.Root), copy = new(host.Root);
        string[] files = [.. Enumerable.Range(0, 20).SelectMany(i => new[] { $"src/{i}.cs", $"class Thing{i} {{ }}\n" })];
        // What another test left to be tried again is none of ours.
        int Count() => _fake.Texts.Count(text => text.Contains("Thing", StringComparison.Ordinal));
        sample.Commit(files);
        var view = await host.AddAsync(sample.Path);
        await ReadyAsync(host, view);
        var first = Count();

        sample.Git("mv", "src/3.cs", "moved.cs");
        sample.Git("commit", "--quiet", "-m", "Move");
        await ReadyAsync(host, await host.IndexAsync(view.Id));
        copy.Commit(files);
        var copied = await ReadyAsync(host, await host.AddAsync(copy.Path));
        var unchanged = Count();
        sample.Commit("new.cs", "class ThingNew { }\n");
        await ReadyAsync(host, await host.IndexAsync(view.Id));

        Assert.Equal(20, first);
        Assert.Equal(first, unchanged);
        Assert.Equal(20, copied.ChunksDone);
        Assert.Equal(first + 1, Count());
    }

    [Fact(Timeout = 120_000)]
    public async Task Fill_ProviderIsAway_IndexIsReadyAndVectorsFollow()
    {
        await using var host = new RagHost(await database.GetAsync(), _fake.Settings);
        using var sample = new SampleRepository(host.Root);
        sample.Commit("a.cs", "class Away { }\n");
        _fake.Refuse = _ => 503;

        var view = await host.AddAsync(sample.Path);
        var failed = await UntilAsync(host, view, status => status.State == EmbeddingState.Failed);
        var without = await host.SearchAsync("Away", view.Id);
        _fake.Refuse = _ => null;
        await RetryAsync();
        await ReadyAsync(host, view);
        var with = await host.SearchAsync("Away", view.Id);

        Assert.Equal((RepositoryState.Ready, null), (view.State, view.Error));
        Assert.Contains("503", failed.Error, StringComparison.Ordinal);
        Assert.NotNull(failed.RetryAt);
        Assert.DoesNotContain(Lane, Assert.Single(without.Hits).Lanes);
        Assert.Equal(Lane, Assert.Single(without.LanesLeftOut!).Lane);
        Assert.Contains(Lane, Assert.Single(with.Hits).Lanes);
    }

    [Fact(Timeout = 120_000)]
    public async Task Fill_OnePieceIsRefused_OthersHaveTheirVectors()
    {
        await using var host = new RagHost(await database.GetAsync(), _fake.Settings);
        using var sample = new SampleRepository(host.Root);
        sample.Commit([.. Enumerable.Range(0, 40).SelectMany(i => new[] { $"f{i}.cs", $"class Piece{i}{(i == 17 ? "Poison" : "")} {{ }}\n" })]);
        _fake.Refuse = texts => texts.Any(text => text.Contains("Poison", StringComparison.Ordinal)) ? 400 : null;

        var view = await host.AddAsync(sample.Path);
        var failed = await UntilAsync(host, view, status => status.State == EmbeddingState.Failed);
        var answer = await host.SearchAsync("piece", view.Id);
        _fake.Refuse = _ => null;
        await RetryAsync();
        var ready = await ReadyAsync(host, view);

        Assert.Equal((40, 39, 1, true), (failed.ChunksTotal, failed.ChunksDone, failed.ChunksFailed, failed.Searchable));
        Assert.Contains("not welcome", failed.Error, StringComparison.Ordinal);
        Assert.Null(answer.LanesLeftOut);
        Assert.Equal((40, 0, null), (ready.ChunksDone, ready.ChunksFailed, ready.Error));
    }

    [Fact(Timeout = 120_000)]
    public async Task Search_ModelChangedItsDimensions_GoesOnWithoutAndSaysSo()
    {
        await using var host = new RagHost(await database.GetAsync(), _fake.Settings);
        using var sample = new SampleRepository(host.Root);
        sample.Commit("a.cs", "class Wide { }\n");
        var view = await host.AddAsync(sample.Path);
        await ReadyAsync(host, view);

        _fake.Dimensions = 32;
        var answer = await host.SearchAsync("Wide", view.Id);
        sample.Commit("b.cs", "class Narrow { }\n");
        await host.IndexAsync(view.Id);
        var failed = await UntilAsync(host, view, status => status.State == EmbeddingState.Failed);

        Assert.DoesNotContain(Lane, Assert.Single(answer.Hits).Lanes);
        Assert.Contains("vectors of 32 numbers where it gave 64", Assert.Single(answer.LanesLeftOut!).Reason, StringComparison.Ordinal);
        Assert.Contains("vectors of 32 numbers where it gave 64", failed.Error, StringComparison.Ordinal);
        Assert.Equal(RepositoryState.Ready, (await host.Rag.GetAsync(view.Id, CancellationToken.None)).State);
    }

    [Fact(Timeout = 120_000)]
    public async Task Search_VectorIsLate_GoesOnWithoutAndHasItTheNextTime()
    {
        await using var host = new RagHost(await database.GetAsync(), [.. _fake.Settings, ("Nura:Rag:EmbeddingDeadlineMs", "100")]);
        using var sample = new SampleRepository(host.Root);
        sample.Commit("a.cs", "class Late { }\n");
        var view = await host.AddAsync(sample.Path);
        await ReadyAsync(host, view);
        int Questions() => _fake.Texts.Count(text => text == "Late");
        var gate = new TaskCompletionSource();
        _fake.Wait = _ => gate.Task;

        var late = await host.SearchAsync("Late", view.Id);
        var calls = Questions();
        gate.SetResult();
        // It may take more than the deadline once more on a busy machine, but never another call.
        SearchAnswer next;
        do
        {
            next = await host.SearchAsync("Late", view.Id);
        }
        while (next.LanesLeftOut is not null);

        Assert.DoesNotContain(Lane, Assert.Single(late.Hits).Lanes);
        Assert.Contains("longer than 100 ms", Assert.Single(late.LanesLeftOut!).Reason, StringComparison.Ordinal);
        Assert.Contains(Lane, Assert.Single(next.Hits).Lanes);
        Assert.Equal((0, 1), (calls, Questions()));
    }

    [Fact(Timeout = 120_000)]
    public async Task Search_OtherRepositoriesVectors_ChangeNothing()
    {
        await using var host = new RagHost(await database.GetAsync(), _fake.Settings);
        using SampleRepository mine = new(host.Root), secret = new(host.Root);
        mine.Commit([.. Enumerable.Range(0, 5).SelectMany(i => new[] { $"m{i}.cs", $"class Mine{i} {{ int shipment; int weight{i}; }}\n" })]);
        var view = await host.AddAsync(mine.Path);
        await ReadyAsync(host, view);
        var before = await host.SearchAsync("parcel weight", view.Id);

        // Three hundred that lie nearer than any of mine, one the same text as one of mine.
        secret.Commit([.. Enumerable.Range(0, 300).SelectMany(i => new[] { $"s{i}.cs", $"class Parcel {{ int weight; int parcel; int parcel; }}\n// {i}\n" }), "same.cs", "class Mine0 { int shipment; int weight0; }\n"]);
        var hidden = await host.AddAsync(secret.Path);
        await ReadyAsync(host, hidden);
        var after = await host.SearchAsync("parcel weight", view.Id);
        var both = await host.SearchAsync("parcel weight", view.Id, hidden.Id);

        Assert.Contains(before.Hits, hit => hit.Lanes.Contains(Lane));
        Assert.Equal(Written(before), Written(after));
        Assert.Contains(both.Hits, hit => hit.RepositoryId == hidden.Id && hit.Lanes.Contains(Lane));
        Assert.Empty((await host.SearchAsync("parcel weight", Guid.CreateVersion7())).Hits);
    }

    [Fact(Timeout = 300_000)]
    public async Task Kill_InTheMiddle_GoesOnWhereItWas()
    {
        const int files = 300;
        var connectionString = await database.GetAsync();
        using var sample = new SampleRepository();
        sample.Commit([.. Enumerable.Range(0, files).SelectMany(i => new[] { $"f{i}.cs", $"class Killed{i} {{ }}\n" })]);
        // The first 128 texts are answered; the next ones never, so that the victim is killed between two batches.
        var answered = 0;
        _fake.Wait = texts => !texts[0].Contains("Killed", StringComparison.Ordinal) || Interlocked.Add(ref answered, texts.Count) <= 128 ? Task.CompletedTask : Task.Delay(Timeout.Infinite);
        Guid id;
        using (var victim = CrashTests.Start(connectionString, sample, _fake.Settings))
        {
            try
            {
                using var http = new HttpClient(new SocketsHttpHandler(), disposeHandler: true) { BaseAddress = await CrashTests.AddressAsync(victim) };
                id = (await new RagClient(http).AddAsync(new AddRepository(sample.Path), CancellationToken.None)).Id;
                while (long.Parse((await RowsAsync(DatabaseFixture.Fastest, $"SELECT count(*)::text FROM rag.embedding WHERE repository = '{id}'"))[0], CultureInfo.InvariantCulture) < 128)
                {
                    await Task.Delay(20);
                }
            }
            finally
            {
                victim.Kill();
                await victim.WaitForExitAsync();
            }
        }

        var before = _fake.Texts.Count(text => text.Contains("Killed", StringComparison.Ordinal));
        _fake.Wait = _ => Task.CompletedTask;
        await using var second = new RagHost(connectionString, [.. _fake.Settings, ("Nura:Rag:LeaseSeconds", "1"), ("Nura:Rag:LocalRoots:0", Path.GetDirectoryName(sample.Path)!)]);
        var ready = await ReadyAsync(second, await second.EndAsync(id));

        Assert.Equal(128, before);
        Assert.Equal(files, _fake.Texts.Count(text => text.Contains("Killed", StringComparison.Ordinal)));
        Assert.Equal(files, ready.ChunksDone);
    }

    [Theory(Timeout = 120_000), MemberData(nameof(DatabaseFixture.Engines), MemberType = typeof(DatabaseFixture))]
    public async Task Clean_ChunksLongGone_LoseTheirVectors(string engine)
    {
        await using var host = new RagHost(await database.GetAsync(engine), _fake.Settings);
        using var sample = new SampleRepository(host.Root);
        sample.Commit("a.cs", $"class Stays{engine} {{ }}\n", "b.cs", $"class Goes{engine} {{ }}\n");
        var view = await host.AddAsync(sample.Path);
        await ReadyAsync(host, view);
        sample.Git("rm", "--quiet", "b.cs");
        sample.Git("commit", "--quiet", "-m", "Remove");
        await ReadyAsync(host, await host.IndexAsync(view.Id));
        var count = $"SELECT count(*)::text FROM rag.embedding WHERE repository = '{view.Id}'";

        var tooYoung = await host.Get<EmbeddingStore>().CleanAsync(FakeEmbeddings.Model, CancellationToken.None);
        var young = await RowsAsync(engine, count);
        await RowsAsync(engine, $"UPDATE rag.embedding SET created_at = now() - interval '8 days' WHERE repository = '{view.Id}' RETURNING model");
        var old = await host.Get<EmbeddingStore>().CleanAsync(FakeEmbeddings.Model, CancellationToken.None, pages: 1);

        Assert.Equal((0, 1), (tooYoung, old));
        Assert.Equal(["2"], young);
        Assert.Equal(["1"], await RowsAsync(engine, count));
    }

    [Theory(Timeout = 240_000), MemberData(nameof(DatabaseFixture.Engines), MemberType = typeof(DatabaseFixture))]
    public async Task Search_BigRepository_AsksItsOwnIndexOnNativePostgres(string engine)
    {
        // PGlite never has one, however many there are; a few say so as well.
        var files = engine == DatabaseFixture.Native ? NearIndexes.FewestVectors + 100 : 100;
        await using var host = new RagHost(await database.GetAsync(engine), _fake.Settings);
        using var sample = new SampleRepository(host.Root);
        sample.Commit([.. Enumerable.Range(0, files).SelectMany(i => new[] { $"d{i % 20}/f{i}.cs", $"class {Name(i)} {{ int {Name(i / 7)}; int {Name(i / 3)}; }}\n" })]);
        var view = await host.AddAsync(sample.Path);
        var status = await ReadyAsync(host, view);
        var answer = await host.SearchAsync($"{Name(7)} {Name(11)}", view.Id);

        Assert.Equal((files, engine == DatabaseFixture.Native), (status.ChunksDone, status.Indexed));
        Assert.Null(answer.LanesLeftOut);
        Assert.Contains(answer.Hits, hit => hit.Lanes.Contains(Lane));
        if (engine == DatabaseFixture.Native)
        {
            var vector = FakeEmbeddings.Vector($"{Name(7)} {Name(11)}", _fake.Dimensions);
            Nura.Rag.Dense.Matrix.Normalize(vector);
            var descend = NearestSql.Descend(view.Id, FakeEmbeddings.Model, _fake.Dimensions);
            static string Distances(string sql) => sql.Replace("SELECT n.repository,", "SELECT n.distance::text,", StringComparison.Ordinal);
            await using var source = NpgsqlDataSource.Create(await database.GetAsync(engine));
            await using var connection = await source.OpenConnectionAsync();
            await using var transaction = await connection.BeginTransactionAsync();
            await ReadAsync(new NpgsqlCommand(NearestSql.Prepare, connection));
            var plan = string.Join('\n', await ReadAsync(new NpgsqlCommand("EXPLAIN " + descend, connection), ChunkText.Write(vector), 100));
            var near = await ReadAsync(new NpgsqlCommand(Distances(descend), connection), ChunkText.Write(vector), 20);
            var exact = await ReadAsync(new NpgsqlCommand(Distances(NearestSql.Compare), connection), new[] { view.Id }, FakeEmbeddings.Model, ChunkText.Write(vector), 20);
            await transaction.CommitAsync();

            Assert.Contains(NearIndexes.Name(view.Id, FakeEmbeddings.Model), plan, StringComparison.Ordinal);
            Assert.DoesNotContain("Seq Scan on embedding", plan, StringComparison.Ordinal);
            Assert.Equal(exact.Order().First(), near.Order().First());
            Assert.InRange(near.Intersect(exact).Count(), exact.Distinct().Count() - 2, 20);

            // Most vectors are new: it is made anew instead of being filled one by one.
            var oid = $"SELECT c.oid::text FROM pg_class c WHERE c.relname = '{NearIndexes.Name(view.Id, FakeEmbeddings.Model)}'";
            var before = await RowsAsync(engine, oid);
            await RowsAsync(engine, $"DELETE FROM rag.embedding WHERE content_hash IN (SELECT content_hash FROM rag.embedding ORDER BY content_hash LIMIT {files * 2 / 3}) RETURNING model");
            await RowsAsync(engine, "UPDATE rag.embedding_work SET done = NULL, chunks_done = 0 RETURNING model");
            status = await ReadyAsync(host, view);
            Assert.Equal((files, true), (status.ChunksDone, status.Indexed));
            Assert.NotEqual(before, await RowsAsync(engine, oid));

            // The index goes with its repository.
            await host.Rag.DeleteAsync(view.Id, CancellationToken.None);
            await host.Get<NearIndexes>().CleanAsync(CancellationToken.None);
            Assert.Empty(await RowsAsync(engine, $"SELECT indexname::text FROM pg_indexes WHERE indexname = '{NearIndexes.Name(view.Id, FakeEmbeddings.Model)}'"));
        }
    }

    [Fact]
    public async Task Start_UnknownModel_IsRefusedWithTheKey()
    {
        var builder = WebApplication.CreateBuilder();
        builder.Configuration.AddInMemoryCollection([new("Nura:Rag:EmbeddingModel", "claude-sonnet-4-6")]);
        builder.AddNuraModels();
        builder.AddNuraRag();
        await using var app = builder.Build();

        var refusal = Assert.Throws<OptionsValidationException>(() => app.Services.GetRequiredService<IOptions<RagOptions>>().Value);

        Assert.StartsWith("Nura:Rag:EmbeddingModel names no model that makes embeddings.", refusal.Message, StringComparison.Ordinal);
    }

    // Names of words, so that texts are alike to some degree.
    private static string Name(int number) => string.Concat($"{number}".Select(digit => (string[])["Red", "Oak", "Sea", "Fox", "Sun", "Ice", "Bee", "Gum", "Hat", "Jar"] is var words ? words[digit - '0'] : ""));

    private static string Written(SearchAnswer answer) => JsonSerializer.Serialize(answer with { ElapsedMs = 0 }, ContractsJson.Options);

    private static Task<EmbeddingStatus> ReadyAsync(RagHost host, RepositoryView view) =>
        UntilAsync(host, view, status => status.State == EmbeddingState.Ready);

    // Each try is a round trip; the test's own timeout ends it.
    private static async Task<EmbeddingStatus> UntilAsync(RagHost host, RepositoryView view, Func<EmbeddingStatus, bool> condition)
    {
        Assert.Equal((RepositoryState.Ready, null), (view.State, view.Error));
        while (true)
        {
            var status = await host.Rag.EmbeddingsAsync(view.Id, CancellationToken.None);
            if (condition(status))
            {
                return status;
            }

            await Task.Delay(50);
        }
    }

    // Else the next try comes seconds later.
    private async Task RetryAsync() => await RowsAsync(DatabaseFixture.Fastest, "UPDATE rag.embedding_work SET retry_at = now() WHERE retry_at IS NOT NULL RETURNING model");

    private async Task<List<string>> RowsAsync(string engine, string sql, params object[] parameters)
    {
        await using var source = NpgsqlDataSource.Create(await database.GetAsync(engine));
        return await ReadAsync(source.CreateCommand(sql), parameters);
    }

    private static async Task<List<string>> ReadAsync(NpgsqlCommand created, params object[] parameters)
    {
        await using var command = created;
        foreach (var parameter in parameters)
        {
            command.Parameters.AddWithValue(parameter);
        }

        var rows = new List<string>();
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
        {
            rows.Add(reader.GetString(0));
        }

        return rows;
    }
}
