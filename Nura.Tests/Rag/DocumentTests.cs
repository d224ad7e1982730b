using System.Text;
using Npgsql;
using Nura.Contracts;
using Nura.Rag.Symbols;
using Nura.Rag.Text;
using Nura.Tests.Databases;

namespace Nura.Tests.Rag;

/// <summary>Documents that come from no git repository.</summary>
public sealed class DocumentTests(DatabaseFixture database) : IClassFixture<DatabaseFixture>
{
    private const string OpenApi = "openapi: 3.1.0\npaths:\n  /pets/{id}:\n    get:\n      summary: One pet\n    delete:\n      summary: Removes a pet\ncomponents:\n  schemas:\n    Pet:\n      type: object\n";

    [Fact(Timeout = 180_000)]
    public async Task Upload_Documents_AreCitedAsFilesAre()
    {
        await using var host = new RagHost(await database.GetAsync(), ("Nura:Rag:HistoryCommits", "100"));
        var name = "handbook";
        async Task<RepositoryView> PutAsync(string path, string text) => await host.EndAsync((await host.Rag.UploadAsync(name, path, Encoding.UTF8.GetBytes(text), CancellationToken.None)).Id);

        var view = await PutAsync("guides/first day.md", "# First day\n\nAsk for a badge at the desk.\n");
        Assert.Equal((name, RepositoryState.Ready, 1L, null), (view.Name, view.State, view.Files, view.Error));
        await PutAsync("api.yaml", OpenApi);
        await PutAsync("start.rst", "Start\n=====\n\nOpen the door.\n");
        view = await PutAsync("notes.txt", "The printer is on the second floor.\n");
        var old = (await host.SearchAsync("badge at the desk", view.Id)).Hits[0].Citation;
        Assert.Equal((name, "guides/first day.md", 1, 3), (old.Repository, old.Path, old.StartLine, old.EndLine));
        Assert.Equal("notes.txt", (await host.SearchAsync("where is the printer", view.Id)).Hits[0].Citation.Path);
        Assert.Equal("start.rst", Assert.Single((await host.Rag.SymbolsAsync(new SymbolRequest("Start", Repositories: [view.Id]), CancellationToken.None)).Hits).Citation.Path);
        Assert.Equal(("api.yaml", 4, 5), Assert.Single((await host.Rag.SymbolsAsync(new SymbolRequest("GET /pets/{id}", Repositories: [view.Id]), CancellationToken.None)).Hits).Citation is var get ? (get.Path, get.StartLine, get.EndLine) : default);

        // A new version, and a removal: what was cited before stays readable.
        await PutAsync("guides/first day.md", "# First day\n\nAsk for a key instead.\n");
        await host.EndAsync((await host.Rag.RemoveDocumentAsync(name, "notes.txt", CancellationToken.None)).Id);
        Assert.DoesNotContain((await host.SearchAsync("badge", view.Id)).Hits, hit => hit.Text.Contains("badge", StringComparison.Ordinal));
        Assert.Empty((await host.Rag.GrepAsync(new GrepRequest("printer", Repositories: [view.Id]), CancellationToken.None)).Matches);
        Assert.Contains("badge", (await host.Rag.FileAsync(old, CancellationToken.None)).Text, StringComparison.Ordinal);
        Assert.Equal(404, (await Assert.ThrowsAsync<ProblemException>(() => host.Rag.RemoveDocumentAsync(name, "notes.txt", CancellationToken.None))).Status);

        // The mirror is lost: it is made again, with the same commits.
        var before = await host.Rag.GetAsync(view.Id, CancellationToken.None);
        Directory.Delete(Path.Combine(host.Mirrors, $"{view.Id:N}.git"), recursive: true);
        var after = await host.IndexAsync(view.Id);
        Assert.Equal((RepositoryState.Ready, before.Commit, before.Files), (after.State, after.Commit, after.Files));
        Assert.Contains("badge", (await host.Rag.FileAsync(old, CancellationToken.None)).Text, StringComparison.Ordinal);
    }

    [Theory(Timeout = 180_000), MemberData(nameof(DatabaseFixture.Engines), MemberType = typeof(DatabaseFixture))]
    public async Task Upload_PathThatIsAFolderOfOthers_IsRefusedUntilTheyAreGone(string engine)
    {
        await using var host = new RagHost(await database.GetAsync(engine));
        async Task<RepositoryView> PutAsync(string path) => await host.EndAsync((await host.Rag.UploadAsync("shelf", path, "Some words.\n"u8.ToArray(), CancellationToken.None)).Id);
        async Task<(int, string)> RefusedAsync(string path) => await Assert.ThrowsAsync<ProblemException>(() => PutAsync(path)) is var refusal ? (refusal.Status, refusal.Detail!.Split('"')[1]) : default;
        await PutAsync("guides/start/first.md");
        await PutAsync("guides/start.md");
        await PutAsync("Über.md");

        Assert.Equal((409, "guides/start.md"), await RefusedAsync("guides"));
        Assert.Equal((409, "guides/start/first.md"), await RefusedAsync("guides/start"));
        Assert.Equal((409, "guides/start.md"), await RefusedAsync("guides/start.md/more/here.md"));
        Assert.Equal((409, "Über.md"), await RefusedAsync("Über.md/more.md"));

        await host.EndAsync((await host.Rag.RemoveDocumentAsync("shelf", "guides/start/first.md", CancellationToken.None)).Id);
        var view = await PutAsync("guides/start");
        Assert.Equal((RepositoryState.Ready, 3), (view.State, view.Files));
    }

    [Fact(Timeout = 180_000)]
    public async Task Upload_OneBelowTheOtherAtTheSameTime_RefusesTheSecond()
    {
        await using var host = new RagHost(await database.GetAsync());
        async Task<int> PutAsync(string path)
        {
            try
            {
                await host.Rag.UploadAsync("race", path, "Some words.\n"u8.ToArray(), CancellationToken.None);
                return 202;
            }
            catch (ProblemException refusal)
            {
                return refusal.Status;
            }
        }

        var id = (await host.EndAsync((await host.Rag.UploadAsync("race", "first.md", "Some words.\n"u8.ToArray(), CancellationToken.None)).Id)).Id;
        var source = host.Get<NpgsqlDataSource>();
        await using var holder = await source.OpenConnectionAsync();
        await using var turn = await holder.BeginTransactionAsync();
        await using var hold = new NpgsqlCommand($"SELECT id FROM rag.repository WHERE id = '{id}' FOR UPDATE", holder);
        await hold.ExecuteNonQueryAsync();
        var uploads = Task.WhenAll(PutAsync("a"), PutAsync("a/b.md"));
        await using var waiting = source.CreateCommand("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%rag.repository%FOR UPDATE%'");
        while ((long)(await waiting.ExecuteScalarAsync())! < 2)
        {
            await Task.Delay(5);
        }

        await turn.CommitAsync();
        Assert.Equal([202, 409], (await uploads).Order());
        Assert.Equal((RepositoryState.Ready, 2), await host.EndAsync(id) is var view ? (view.State, view.Files) : default);
    }

    [Fact(Timeout = 180_000)]
    public async Task Upload_WhatCannotBe_IsRefusedWithTheReason()
    {
        await using var host = new RagHost(await database.GetAsync(), ("Nura:Rag:MaxFileBytes", "2000"));
        using var sample = new SampleRepository(host.Root);
        sample.Commit("a.cs", "class A { }\n");
        await host.AddAsync(sample.Path, "code");
        async Task<int> PutAsync(string collection, string path, byte[] content) =>
            (await Assert.ThrowsAsync<ProblemException>(() => host.Rag.UploadAsync(collection, path, content, CancellationToken.None))).Status;
        var text = "Some words.\n"u8.ToArray();

        Assert.Equal(409, await PutAsync("code", "a.md", text));
        Assert.Equal(400, await PutAsync("no name", "a.md", text));
        Assert.Equal(400, await PutAsync("docs", "a\"b.md", text));
        Assert.Equal(400, await PutAsync("docs", ".git/config", text));
        Assert.Equal(413, await PutAsync("docs", "a.md", [.. Enumerable.Repeat((byte)'a', 3000)]));
        Assert.Equal(422, await PutAsync("docs", "a.md", [1, 0, 2]));
        Assert.Equal(422, await PutAsync("docs", "a.md", []));
        Assert.Equal(422, await PutAsync("docs", "a.png", text));
        Assert.DoesNotContain(await host.Rag.ListAsync(CancellationToken.None), repository => repository.Name == "docs");
    }

    [Fact]
    public void Read_OpenApi_GivesPathsOperationsAndSchemas()
    {
        var yaml = SymbolReader.Read(new SourceText(OpenApi), "yaml");
        var json = SymbolReader.Read(new SourceText("{\n  \"openapi\": \"3.1.0\",\n  \"paths\": {\n    \"/pets\": {\n      \"post\": {\n        \"summary\": \"New\"\n      }\n    }\n  }\n}\n"), "json");

        Assert.Equal(
            [("/pets/{id}", "path", 3, 7), ("GET /pets/{id}", "operation", 4, 5), ("DELETE /pets/{id}", "operation", 6, 7), ("Pet", "schema", 10, 11)],
            yaml.Select(symbol => (symbol.Name, symbol.Kind, symbol.StartLine, symbol.EndLine)));
        Assert.Equal([("/pets", 4, 8), ("POST /pets", 5, 7)], json.Select(symbol => (symbol.Name, symbol.StartLine, symbol.EndLine)));
        Assert.Empty(SymbolReader.Read(new SourceText("name: ci\npaths:\n  /tmp:\n    get: 1\n"), "yaml"));
    }
}
