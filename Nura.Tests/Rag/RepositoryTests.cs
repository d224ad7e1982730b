using Npgsql;
using Nura.Contracts;
using Nura.Tests.Databases;

namespace Nura.Tests.Rag;

/// <summary>Adding, indexing, following and removing repositories, through HTTP.</summary>
public sealed class RepositoryTests(DatabaseFixture database) : IClassFixture<DatabaseFixture>
{
    private const string Parser = "namespace Sample;\n\npublic sealed class Parser\n{\n    public int CountTokens(string text) => text.Split(' ').Length;\n}\n";

    [Theory(Timeout = 120_000), MemberData(nameof(DatabaseFixture.Engines), MemberType = typeof(DatabaseFixture))]
    public async Task Add_LocalRepository_IsSearchableWithExactCitations(string engine)
    {
        await using var host = new RagHost(await database.GetAsync(engine));
        using var sample = new SampleRepository(host.Root);
        var commit = sample.Commit("src/Parser.cs", Parser, "README.md", "# Sample\n\nCounts tokens.\n", "logo.png", "no image");
        sample.Write("src/Parser.cs", "dirty and not indexed");

        var view = await host.AddAsync(sample.Path, "team/sample");
        var answer = await host.SearchAsync("how are tokens counted", view.Id);

        Assert.Equal((RepositoryState.Ready, commit, 2L, null), (view.State, view.Commit, view.Files, view.Error));
        Assert.Equal((3L, 3L, 1L, 0L), (view.Progress!.FilesDone, view.Progress.FilesTotal, view.Progress.FilesSkipped, view.Progress.FilesFailed));
        var hit = answer.Hits[0];
        Assert.Equal(new Citation("team/sample", commit, "src/Parser.cs", 1, 6), hit.Citation);
        Assert.Equal(Parser.TrimEnd('\n'), hit.Text);
        Assert.Equal(("csharp", "Sample"), (hit.Language, hit.Symbol));
        Assert.Equal(["lexical"], hit.Lanes);
        Assert.Superset(new HashSet<string> { "token", "count" }, hit.Terms.ToHashSet());
        Assert.Equal(hit.Text, (await host.Rag.FileAsync(hit.Citation, CancellationToken.None)).Text);
        Assert.Equal([new FileIssue("logo.png", false, "Binary by its extension (.png).")], await host.Rag.IssuesAsync(view.Id, null, 0, 10, CancellationToken.None));
    }

    [Theory(Timeout = 120_000), MemberData(nameof(DatabaseFixture.Engines), MemberType = typeof(DatabaseFixture))]
    public async Task Index_NewCommit_ReadsOnlyChangedBlobs(string engine)
    {
        var connectionString = await database.GetAsync(engine);
        await using var host = new RagHost(connectionString);
        using var sample = new SampleRepository(host.Root);
        sample.Commit("a.cs", "class Alpha { }\n", "b.cs", "class Beta { }\n", "c.cs", "class Gamma { }\n");
        var view = await host.AddAsync(sample.Path);
        await using var source = NpgsqlDataSource.Create(connectionString);
        await using var last = source.CreateCommand("SELECT coalesce(max(id), 0) FROM rag.blob");
        var before = (long)(await last.ExecuteScalarAsync())!;

        // One changes, one moves with its content, one goes.
        File.Move(Path.Combine(sample.Path, "b.cs"), Path.Combine(sample.Path, "moved.cs"));
        File.Delete(Path.Combine(sample.Path, "c.cs"));
        var commit = sample.Commit("a.cs", "class Delta { }\n");
        view = await host.IndexAsync(view.Id);

        await using var added = source.CreateCommand("SELECT count(*) FROM rag.blob WHERE id > $1");
        added.Parameters.AddWithValue(before);
        Assert.Equal(1L, await added.ExecuteScalarAsync());
        Assert.Equal((commit, 2L), (view.Commit, view.Files));
        Assert.Empty((await host.SearchAsync("Gamma Alpha", view.Id)).Hits);
        Assert.Equal("moved.cs", Assert.Single((await host.SearchAsync("Beta", view.Id)).Hits).Citation.Path);
        Assert.Equal("a.cs", Assert.Single((await host.SearchAsync("Delta", view.Id)).Hits).Citation.Path);
    }

    [Theory(Timeout = 120_000), MemberData(nameof(DatabaseFixture.Engines), MemberType = typeof(DatabaseFixture))]
    public async Task Add_TwiceOrUnderATakenName_NamesTheExistingOne(string engine)
    {
        await using var host = new RagHost(await database.GetAsync(engine));
        using var sample = new SampleRepository(host.Root);
        using var other = new SampleRepository(host.Root);
        sample.Commit("a.cs", "class A { }\n");
        other.Commit("a.cs", "class A { }\n");
        var name = $"twice-{engine}";
        var view = await host.AddAsync(sample.Path, name);

        var duplicate = await Assert.ThrowsAsync<ProblemException>(() => host.AddAsync(sample.Path + "/."));
        var taken = await Assert.ThrowsAsync<ProblemException>(() => host.AddAsync(other.Path, name.ToUpperInvariant()));
        var branch = await host.AddAsync(sample.Path, reference: "main");

        Assert.Equal(409, duplicate.Status);
        Assert.Contains(name, duplicate.Detail);
        Assert.Contains(view.Id.ToString(), duplicate.Detail);
        Assert.Equal(409, taken.Status);
        Assert.Equal((RepositoryState.Ready, "main"), (branch.State, branch.Ref));
    }

    [Theory(Timeout = 120_000), MemberData(nameof(DatabaseFixture.Engines), MemberType = typeof(DatabaseFixture))]
    public async Task Add_NoCommitsOrUnknownRef_FailsClearlyAndRecovers(string engine)
    {
        await using var host = new RagHost(await database.GetAsync(engine));
        using var sample = new SampleRepository(host.Root);
        var empty = await host.AddAsync(sample.Path);
        Assert.Equal(RepositoryState.Failed, empty.State);
        Assert.Contains("no commits", empty.Error);

        var commit = sample.Commit("a.cs", "class A { }\n");
        var unknown = await host.AddAsync(sample.Path, reference: "no/such-branch");
        var byCommit = await host.AddAsync(sample.Path, reference: commit[..10]);
        foreach (var reference in new[] { "badc0de", new string('b', 40) })
        {
            Assert.Contains($"no branch, tag or commit \"{reference}\"", (await host.AddAsync(sample.Path, reference: reference)).Error);
        }

        empty = await host.IndexAsync(empty.Id);

        Assert.Contains("no branch, tag or commit \"no/such-branch\"", unknown.Error);
        Assert.Equal(commit, byCommit.Commit);
        Assert.Equal((RepositoryState.Ready, commit, null), (empty.State, empty.Commit, empty.Error));
    }

    [Theory(Timeout = 120_000), MemberData(nameof(DatabaseFixture.Engines), MemberType = typeof(DatabaseFixture))]
    public async Task Add_PoisonedFiles_AreReportedAndTheRestIsIndexed(string engine)
    {
        await using var host = new RagHost(await database.GetAsync(engine));
        using var sample = new SampleRepository(host.Root);
        File.CreateSymbolicLink(Path.Combine(sample.Path, "loop"), "loop");
        File.CreateSymbolicLink(Path.Combine(sample.Path, "passwd"), "/etc/passwd");
        await File.WriteAllBytesAsync(Path.Combine(sample.Path, "latin.txt"), [.. Enumerable.Repeat((byte)0xFC, 100)]);
        await File.WriteAllBytesAsync(Path.Combine(sample.Path, "binary.cs"), [1, 0, 2, 0]);
        sample.Commit(
            "good.cs", "class Good { }\n", "line.cs", new string('x', 5_000_000), "long.cs", $"var x = \"{new string('y', 2000)}\";\n",
            ".gitignore", "*.log\n", "kept.log", "tracked but ignored\n", ".nuraignore", "private/\n", "private/key.txt", "words of a secret\n",
            "package-lock.json", "{}", "node_modules/a/index.js", "x", "a\nb.cs", "class Newline { }\n");

        var view = await host.AddAsync(sample.Path);
        var issues = (await host.Rag.IssuesAsync(view.Id, null, 0, 100, CancellationToken.None)).ToDictionary(issue => issue.Path, issue => issue.Reason);

        Assert.Equal((RepositoryState.Ready, 0L), (view.State, view.Progress!.FilesFailed));
        Assert.Equal("good.cs", Assert.Single((await host.SearchAsync("good", view.Id)).Hits).Citation.Path);
        Assert.StartsWith("Symbolic link", issues["loop"]);
        Assert.StartsWith("Symbolic link", issues["passwd"]);
        Assert.StartsWith("Not UTF-8", issues["latin.txt"]);
        Assert.StartsWith("Binary", issues["binary.cs"]);
        Assert.StartsWith("Too big: 5,000,000 bytes", issues["line.cs"]);
        Assert.StartsWith("Line 1 is", issues["long.cs"]);
        Assert.Equal("Ignored by .gitignore.", issues["kept.log"]);
        Assert.Equal("Ignored by .nuraignore.", issues["private/key.txt"]);
        Assert.StartsWith("Lock file", issues["package-lock.json"]);
        Assert.StartsWith("Third-party", issues["node_modules/a/index.js"]);
        Assert.Equal("Its path holds control characters.", issues["a\nb.cs"]);
        Assert.Empty((await host.SearchAsync("secret ignored", view.Id)).Hits);
    }

    [Fact(Timeout = 120_000)]
    public async Task Add_IgnoreFileWithByteOrderMark_IgnoresByItsFirstRule()
    {
        await using var host = new RagHost(await database.GetAsync());
        using var sample = new SampleRepository(host.Root);
        sample.Commit("good.cs", "class Good { }\n", ".gitignore", "\uFEFFfirst.cs\nsecond.cs\n", "first.cs", "class First { }\n", "second.cs", "class Second { }\n");

        var view = await host.AddAsync(sample.Path);

        Assert.Equal(["first.cs", "second.cs"], (await host.Rag.IssuesAsync(view.Id, false, 0, 10, CancellationToken.None)).Where(issue => issue.Reason == "Ignored by .gitignore.").Select(issue => issue.Path));
    }

    [Theory(Timeout = 120_000), MemberData(nameof(DatabaseFixture.Engines), MemberType = typeof(DatabaseFixture))]
    public async Task Add_PathThatIsNoUtf8AndSubmodule_AreReported(string engine)
    {
        await using var host = new RagHost(await database.GetAsync(engine));
        using var sample = new SampleRepository(host.Root);
        var commit = sample.Commit("good.cs", "class Good { }\n");

        // git quotes bytes of a path in octal: this is "café" in Latin-1.
        SampleRepository.Run(sample.Path, $"""
            commit refs/heads/main
            committer Test <test@example.com> 1700000000 +0000
            data 0
            from {commit}
            M 100644 inline "caf\351.cs"
            data 7
            class A
            M 160000 {commit} library

            """, "fast-import", "--quiet");
        var view = await host.AddAsync(sample.Path);

        var issues = await host.Rag.IssuesAsync(view.Id, false, 0, 10, CancellationToken.None);
        Assert.Equal([@"caf\xE9.cs", "library"], issues.Select(issue => issue.Path).Order(StringComparer.Ordinal));
        Assert.Equal(1, view.Files);
    }

    [Theory(Timeout = 120_000), MemberData(nameof(DatabaseFixture.Engines), MemberType = typeof(DatabaseFixture))]
    public async Task Delete_Repository_LeavesNothingOfItToFind(string engine)
    {
        await using var host = new RagHost(await database.GetAsync(engine));
        using var sample = new SampleRepository(host.Root);
        sample.Commit("a.cs", "class Forgotten { }\n");
        var view = await host.AddAsync(sample.Path);
        var citation = Assert.Single((await host.SearchAsync("Forgotten", view.Id)).Hits).Citation;

        await host.Rag.DeleteAsync(view.Id, CancellationToken.None);

        var answer = await host.SearchAsync("Forgotten", view.Id);
        Assert.Empty(answer.Hits);
        Assert.Equal(0, answer.RepositoriesSearched);
        Assert.Null(Assert.Single(await host.Rag.ResolveAsync(new ResolveCitations([citation.ToString()]), CancellationToken.None)));
        Assert.Equal(404, (await Assert.ThrowsAsync<ProblemException>(() => host.Rag.GetAsync(view.Id, CancellationToken.None))).Status);
        Assert.Empty(Directory.EnumerateDirectories(host.Mirrors, $"{view.Id:N}*"));
    }

    [Fact]
    public async Task Add_DefaultRepositoryIsEmpty_OthersAreAllowed()
    {
        await using var host = new RagHost(await database.GetAsync(), ("Nura:Rag:DefaultRepository", ""));
        using var sample = new SampleRepository(host.Root);
        sample.Commit("a.cs", "class A { }\n");

        var view = await host.AddAsync(sample.Path);

        Assert.Equal(RepositoryState.Ready, view.State);
    }

    [Theory(Timeout = 180_000), MemberData(nameof(DatabaseFixture.Engines), MemberType = typeof(DatabaseFixture))]
    public async Task Start_DefaultRepository_IsAddedOnceAndFollowed(string engine)
    {
        var connectionString = await database.GetAsync(engine);
        using var sample = new SampleRepository();
        sample.Commit("a.cs", "class First { }\n");
        (string, string)[] settings = [("Nura:Rag:DefaultRepository", sample.Path), ("Nura:Rag:PollSeconds", "1")];
        await using (var first = new RagHost(connectionString, settings))
        {
            await FoundAsync(first, "First", sample.Path);
            sample.Commit("b.cs", "class Second { }\n");
            await FoundAsync(first, "Second", sample.Path);
        }

        await using var second = new RagHost(connectionString, settings);
        await FoundAsync(second, "Second", sample.Path);
        Assert.Single(await second.Rag.ListAsync(CancellationToken.None), view => view.Source == sample.Path);
    }

    private static async Task FoundAsync(RagHost host, string word, string source)
    {
        while ((await host.Rag.ListAsync(CancellationToken.None)).FirstOrDefault(view => view.Source == source) is not { Commit: not null } view
            || (await host.SearchAsync(word, view.Id)).Hits.Count == 0)
        {
            await Task.Delay(100);
        }
    }
}
