using System.Globalization;
using Npgsql;
using Nura.Contracts;
using Nura.Tests.Databases;

namespace Nura.Tests.Rag;

/// <summary>Mirrors that lost or hold wrong what was fetched, as after a power cut or on a failing disk.</summary>
public sealed class DamageTests(DatabaseFixture database) : IClassFixture<DatabaseFixture>
{
    [Theory(Timeout = 120_000)]
    [InlineData("src/b.cs", "wrong in its pack"), InlineData("src", "wrong in its pack"), InlineData("src/b.cs", "emptied"), InlineData("src", "emptied"), InlineData("src/b.cs", "gone"), InlineData("src", "gone")]
    public async Task Index_ObjectOfTheMirrorDamaged_FetchesAllAnew(string path, string how)
    {
        await using var host = new RagHost(await database.GetAsync());
        using var sample = new SampleRepository(host.Root);
        sample.Commit("a.cs", "class A { }\n");
        sample.Git("tag", "v1");
        var commit = sample.Commit("src/b.cs", $"// {Guid.NewGuid()}\n" + string.Concat(Enumerable.Range(0, 50).Select(i => $"class Damaged{i} {{ int x{i * i * 7919}; }}\n")));
        // Fetched with it, and not read yet; nor by the case before, of which the index knows what is the same.
        var view = await host.AddAsync(sample.Path, reference: "v1");
        Damage(Directory.GetDirectories(host.Mirrors).Single(), sample.Git("rev-parse", $"{commit}:{path}").Trim(), how);

        var main = await host.EndAsync((await host.Rag.AddRefAsync(view.Id, new AddRef("main"), CancellationToken.None)).Id);

        Assert.Equal((RepositoryState.Ready, commit, 2L, null), (main.State, main.Commit, main.Files, main.Error));
        Assert.Equal((2L, 2L, 0L), (main.Progress!.FilesTotal, main.Progress.FilesDone, main.Progress.FilesFailed));
        Assert.Contains(host.Logs.Entries, entry => entry.Id.Id == 2023);
        Assert.Equal("class Damaged6 { int x285084; }", (await host.Rag.FileAsync(new Citation(view.Name, commit, "src/b.cs", 8, 8), CancellationToken.None)).Text);
    }

    [Fact(Timeout = 120_000)]
    public async Task Read_ObjectWrongInItsPack_HasTheMirrorMadeAnewAsSoonAsTheSourceIsThere()
    {
        await using var host = new RagHost(await database.GetAsync());
        using var sample = new SampleRepository(host.Root);
        var commit = sample.Commit("a.cs", string.Concat(Enumerable.Range(0, 50).Select(i => $"class Read{i} {{ int x{i * i * 7919}; }}\n")), "b.cs", "class Whole { }\n");
        var view = await host.AddAsync(sample.Path);
        Damage(Directory.GetDirectories(host.Mirrors).Single(), sample.Git("rev-parse", "HEAD:a.cs").Trim(), "wrong in its pack");
        async Task<string> ReadAsync(string path) => (await host.Rag.FileAsync(new Citation(view.Name, commit, path, 1, 1), CancellationToken.None)).Text;

        Directory.Move(sample.Path, sample.Path + ".away");
        try
        {
            var resolved = await host.Rag.ResolveAsync(new ResolveCitations([.. new[] { "b.cs", "a.cs", "b.cs" }.Select(path => new Citation(view.Name, commit, path, 1, 1).ToString())]), CancellationToken.None);
            Assert.Equal([true, false, true], resolved.Select(lines => lines is not null));
            Assert.Equal(409, (await Assert.ThrowsAsync<ProblemException>(() => ReadAsync("a.cs"))).Status);
            Assert.Equal(RepositoryState.Failed, (await host.EndAsync(view.Id)).State);
            Assert.Equal("class Whole { }", await ReadAsync("b.cs"));
        }
        finally
        {
            Directory.Move(sample.Path + ".away", sample.Path);
        }

        Assert.Equal(409, (await Assert.ThrowsAsync<ProblemException>(() => ReadAsync("a.cs"))).Status);
        Assert.Equal((RepositoryState.Ready, commit), await host.EndAsync(view.Id) is var mended ? (mended.State, mended.Commit) : default);
        Assert.Equal("class Read0 { int x0; }", await ReadAsync("a.cs"));
    }

    [Fact(Timeout = 120_000)]
    public async Task History_ObjectWrongInItsPack_HasTheMirrorMadeAnewByTheNextIndex()
    {
        await using var host = new RagHost(await database.GetAsync(), ("Nura:Rag:HistoryCommits", "100"));
        using var sample = new SampleRepository(host.Root);
        sample.Commit("a.cs", "class First { }\n");
        sample.Git("tag", "v1");
        sample.Commit([.. Enumerable.Range(0, 30).SelectMany(i => new[] { $"old{i * 7919}.cs", $"class Old{i} {{ }}\n" })]);
        var tree = sample.Git("rev-parse", "HEAD^{tree}").Trim();
        sample.Git("rm", "--quiet", "old*");
        sample.Commit("b.cs", "class Last { }\n");
        var view = await host.AddAsync(sample.Path, reference: "v1");
        Damage(Directory.GetDirectories(host.Mirrors).Single(), tree, "wrong in its pack");

        var main = await host.EndAsync((await host.Rag.AddRefAsync(view.Id, new AddRef("main"), CancellationToken.None)).Id);
        Assert.Contains(host.Logs.Entries, entry => entry.Id.Id == 2030);
        main = await host.IndexAsync(main.Id);

        Assert.Contains(host.Logs.Entries, entry => entry.Id.Id == 2023);
        Assert.Equal(RepositoryState.Ready, main.State);
        await using var commits = host.Get<NpgsqlDataSource>().CreateCommand($"SELECT count(*) FROM rag.commit_doc WHERE repository = '{main.Id}'");
        Assert.Equal(3L, await commits.ExecuteScalarAsync());
    }

    /// <summary>The same complaint about the source: the mirror holds what was cited, and stays.</summary>
    [Fact(Timeout = 120_000)]
    public async Task Index_ObjectOfTheSourceDamaged_KeepsTheMirror()
    {
        await using var host = new RagHost(await database.GetAsync());
        using var sample = new SampleRepository(host.Root);
        var cited = sample.Commit("a.cs", "class Cited { }\n");
        var view = await host.AddAsync(sample.Path);
        sample.Commit("a.cs", "class Damaged { }\n");
        Damage(Path.Combine(sample.Path, ".git"), sample.Git("rev-parse", "HEAD:a.cs").Trim(), "emptied");

        Assert.Equal(RepositoryState.Failed, (await host.IndexAsync(view.Id)).State);

        Assert.DoesNotContain(host.Logs.Entries, entry => entry.Id.Id == 2023);
        Assert.Equal("class Cited { }", (await host.Rag.FileAsync(new Citation(view.Name, cited, "a.cs", 1, 1), CancellationToken.None)).Text);
    }

    private static void Damage(string repository, string oid, string how)
    {
        var file = Path.Combine(repository, "objects", oid[..2], oid[2..]);
        if (how == "wrong in its pack")
        {
            SampleRepository.Run(repository, null, "repack", "-a", "-d", "--quiet");
            file = Directory.GetFiles(Path.Combine(repository, "objects", "pack"), "*.pack").Single();
        }

        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        if (how == "gone")
        {
            File.Delete(file);
        }
        else if (how == "emptied")
        {
            File.WriteAllText(file, "");
        }
        else
        {
            // "<oid> <type> <size> <size in the pack> <offset>": the end of what it holds, with its checksum.
            var fields = SampleRepository.Run(repository, null, "verify-pack", "-v", Path.ChangeExtension(file, ".idx")).Split('\n')
                .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Single(fields => fields.Length >= 5 && fields[0] == oid);
            using var pack = File.OpenWrite(file);
            pack.Position = long.Parse(fields[4], CultureInfo.InvariantCulture) + long.Parse(fields[3], CultureInfo.InvariantCulture) - 4;
            pack.Write([0xFF, 0xFF, 0xFF, 0xFF]);
        }
    }
}
