using System.Text;
using Nura.Contracts;
using Nura.Rag.Files;
using Nura.Rag.Ranking;
using Nura.Rag.Search;
using Nura.Tests.Databases;

namespace Nura.Tests.Rag;

/// <summary>Definitions, references, line search and file reads, through HTTP.</summary>
public sealed class LookupTests(DatabaseFixture database) : IClassFixture<DatabaseFixture>
{
    private const string Cart =
        "namespace Shop;\n\npublic sealed class Cart\n{\n    public int CountItems(string kind) => 1;\n\n    public int Twice() => CountItems(\"a\") + CountItems(\"b\");\n}\n";

    private const string Order = "class Order\n{\n    int CountItemsOfAll() => new Cart().CountItems(\"all\"); // not countitems\n    void cart() { }\n}\n";

    [Fact(Timeout = 180_000)]
    public async Task Symbols_ByName_AreFoundWithTheirLines()
    {
        await using var host = new RagHost(await database.GetAsync());
        using var sample = new SampleRepository(host.Root);
        var commit = sample.Commit("src/Cart.cs", Cart, "test/Order.cs", Order, "README.md", "# Cart\n\nText.\n");
        var (view, name) = (await host.AddAsync(sample.Path, "symbols"), "symbols");
        async Task<SymbolAnswer> FindAsync(SymbolRequest request) => await host.Rag.SymbolsAsync(request with { Repositories = [view.Id] }, CancellationToken.None);

        var exact = await FindAsync(new SymbolRequest("Cart"));
        var hit = Assert.Single((await FindAsync(new SymbolRequest("CountItems"))).Hits);
        Assert.Equal((new Citation(name, commit, "src/Cart.cs", 5, 5), "method", "Cart", "public int CountItems(string kind) => 1;"), (hit.Citation, hit.Kind, hit.Container, hit.Signature));
        Assert.Equal([("README.md", "heading", 1, 3), ("src/Cart.cs", "class", 3, 8)], exact.Hits.Select(found => (found.Citation.Path, found.Kind, found.Citation.StartLine, found.Citation.EndLine)));
        Assert.Equal(["Cart", "Cart", "cart"], (await FindAsync(new SymbolRequest("CART", IgnoreCase: true))).Hits.Select(found => found.Name));
        Assert.Equal(["CountItems", "CountItemsOfAll"], (await FindAsync(new SymbolRequest("Count", Prefix: true))).Hits.Select(found => found.Name));
        Assert.Empty((await FindAsync(new SymbolRequest("count", Prefix: true))).Hits);
        Assert.Empty((await FindAsync(new SymbolRequest("C%", Prefix: true))).Hits);
        Assert.Equal("class", Assert.Single((await FindAsync(new SymbolRequest("Cart", Kind: "class"))).Hits).Kind);
        Assert.Equal("test/Order.cs", Assert.Single((await FindAsync(new SymbolRequest("C", Prefix: true, Path: "test"))).Hits).Citation.Path);
        var page = await FindAsync(new SymbolRequest("C", Prefix: true, Skip: 1, Take: 2));
        Assert.Equal((2, true), (page.Hits.Count, page.More));
        foreach (var bad in new[] { new SymbolRequest(" "), new SymbolRequest("Cart\0"), new SymbolRequest("Cart", Kind: "class\0") })
        {
            Assert.Equal(400, (await Assert.ThrowsAsync<ProblemException>(() => FindAsync(bad))).Status);
        }
    }

    [Theory(Timeout = 180_000), MemberData(nameof(DatabaseFixture.Engines), MemberType = typeof(DatabaseFixture))]
    public async Task Symbols_CapitalsBeyondAscii_AreFoundByExactNameAndBeginning(string engine)
    {
        await using var host = new RagHost(await database.GetAsync(engine));
        using var sample = new SampleRepository(host.Root);
        sample.Commit("a.md", "# Übergabe der Größen\n\nText.\n");
        var view = await host.AddAsync(sample.Path);

        foreach (var request in new[] { new SymbolRequest("Übergabe der Größen"), new SymbolRequest("Übergabe", Prefix: true), new SymbolRequest("Übergabe DER", Prefix: true, IgnoreCase: true) })
        {
            Assert.Single((await host.Rag.SymbolsAsync(request with { Repositories = [view.Id] }, CancellationToken.None)).Hits);
        }
    }

    [Fact(Timeout = 180_000)]
    public async Task References_OfAWord_AreWholeWordsInTheirCase()
    {
        await using var host = new RagHost(await database.GetAsync());
        using var sample = new SampleRepository(host.Root);
        sample.Commit("src/Cart.cs", Cart, "test/Order.cs", Order, "a.py", "x = the\n");
        var view = await host.AddAsync(sample.Path);
        async Task<ReferenceAnswer> FindAsync(ReferenceRequest request) => await host.Rag.ReferencesAsync(request with { Repositories = [view.Id] }, CancellationToken.None);

        var all = await FindAsync(new ReferenceRequest("CountItems"));
        Assert.Equal(
            [("src/Cart.cs", 5, true, "Cart.CountItems"), ("src/Cart.cs", 7, false, "Cart.Twice"), ("test/Order.cs", 3, false, "Order.CountItemsOfAll")],
            all.Hits.Select(hit => (hit.Citation.Path, hit.Citation.StartLine, hit.IsDefinition, hit.Symbol)));
        Assert.Equal([("src/Cart.cs", 3), ("test/Order.cs", 3)], (await FindAsync(new ReferenceRequest("Cart"))).Hits.Select(hit => (hit.Citation.Path, hit.Citation.StartLine)));
        Assert.Equal("a.py", Assert.Single((await FindAsync(new ReferenceRequest("the"))).Hits).Citation.Path);
        var page = await FindAsync(new ReferenceRequest("CountItems", Skip: 1, Take: 1));
        Assert.Equal((7, true), (Assert.Single(page.Hits).Citation.StartLine, page.More));
        Assert.Equal(400, (await Assert.ThrowsAsync<ProblemException>(() => FindAsync(new ReferenceRequest("a.b")))).Status);
    }

    [Fact(Timeout = 180_000)]
    public async Task References_WordThatIsNotIndexed_AreFoundAndOnlyInFilesThatAreThere()
    {
        await using var host = new RagHost(await database.GetAsync());
        using var sample = new SampleRepository(host.Root);
        var longName = string.Concat(Enumerable.Repeat("Long", 25));
        sample.Commit("a.py", "x = the\n", "b.py", $"mask = 0xDEADBEEF\nlogin = \"2fa\"\nserial = 12345678\n{longName} = 1\nx = 1\n", "c.py", "z = 1\n");
        var view = await host.AddAsync(sample.Path);
        async Task<(string, int)[]> FindAsync(string name) =>
            [.. (await host.Rag.ReferencesAsync(new ReferenceRequest(name, Repositories: [view.Id]), CancellationToken.None)).Hits.Select(hit => (hit.Citation.Path, hit.Citation.StartLine))];

        Assert.Equal([("b.py", 1)], await FindAsync("0xDEADBEEF"));
        Assert.Equal([("b.py", 2)], await FindAsync("2fa"));
        Assert.Equal([("b.py", 3)], await FindAsync("12345678"));
        Assert.Equal([("b.py", 4)], await FindAsync(longName));
        Assert.Equal([("a.py", 1), ("b.py", 5)], await FindAsync("x"));

        // What a push takes away is not searched either, though the index still has it.
        File.Delete(Path.Combine(sample.Path, "a.py"));
        sample.Commit();
        Assert.Equal(2, (await host.IndexAsync(view.Id)).Files);
        Assert.Equal([("b.py", 5)], await FindAsync("x"));
        Assert.Empty(await FindAsync("the"));
    }

    [Theory]
    [InlineData(".", "a.cs", true), InlineData("./", "src/a.cs", true), InlineData("./src", "src/a.cs", true), InlineData("./src/a.cs", "src/a.cs", true), InlineData("./src/**/*.cs", "src/x/a.cs", true)]
    [InlineData("./src", "srcs/a.cs", false), InlineData("./*.cs", "a.py", false), InlineData(".git", "src/a.cs", false), InlineData(".github", ".github/ci.yml", true)]
    public void Path_WrittenFromTheRootOn_IsTheSame(string path, string file, bool accepted) =>
        Assert.Equal(accepted, new PathFilter(path, null).Accepts(new CorpusFile(file, 0, "csharp", FileKind.Source, 0, 0)));

    [Fact(Timeout = 180_000)]
    public async Task Grep_Pages_GiveEachMatchOnce()
    {
        await using var host = new RagHost(await database.GetAsync());
        using var sample = new SampleRepository(host.Root);
        var commit = sample.Commit(
            "src/Cart.cs", Cart, "test/Order.cs", Order, "Zeta.txt", "first CountItems here\nnothing\nÄRGER and CountItems\n", "src/long.cs", string.Concat(Enumerable.Repeat("// filler line of some words that fill\n", 60)) + "class Last { int CountItems; }\n");
        var (view, name) = (await host.AddAsync(sample.Path, "grep"), "grep");
        async Task<GrepAnswer> FindAsync(GrepRequest request) => await host.Rag.GrepAsync(request with { Repositories = [view.Id] }, CancellationToken.None);

        var all = await FindAsync(new GrepRequest("CountItems"));
        var paged = new List<GrepMatch>();
        string? after = null;
        do
        {
            var page = await FindAsync(new GrepRequest("CountItems", Take: 2, After: after));
            paged.AddRange(page.Matches);
            after = page.Next;
        }
        while (after is not null);

        Assert.Equal(
            [("Zeta.txt", 1), ("Zeta.txt", 3), ("src/Cart.cs", 5), ("src/Cart.cs", 7), ("src/long.cs", 61), ("test/Order.cs", 3)],
            all.Matches.Select(match => (match.Citation.Path, match.Citation.StartLine)));
        Assert.Equal((new Citation(name, commit, "Zeta.txt", 1, 1), "first CountItems here", 6, 10), (all.Matches[0].Citation, all.Matches[0].Text, all.Matches[0].Start, all.Matches[0].Length));
        Assert.Equal((null, 4, false), (all.Next, all.FilesSearched, all.TimedOut));
        Assert.Equal(all.Matches, paged);
        Assert.Equal(3, Assert.Single((await FindAsync(new GrepRequest("ärger", IgnoreCase: true))).Matches).Citation.StartLine);
        Assert.Equal(["src/Cart.cs", "src/long.cs"], (await FindAsync(new GrepRequest("public int Count|class L", Regex: true, Path: "src/*.cs"))).Matches.Select(match => match.Citation.Path));
        Assert.Equal(7, (await FindAsync(new GrepRequest(@"\bcountitems\b", Regex: true, IgnoreCase: true, Path: "src/Cart.cs"))).Matches[1].Citation.StartLine);
        Assert.Empty((await FindAsync(new GrepRequest("CountItems", Language: "python"))).Matches);
        foreach (var bad in new[] { new GrepRequest("a("), new GrepRequest(@"(a)\1"), new GrepRequest("(?<=a)b"), new GrepRequest(""), new GrepRequest("a", After: "no citation") })
        {
            Assert.Equal(400, (await Assert.ThrowsAsync<ProblemException>(() => FindAsync(bad with { Regex = true }))).Status);
        }
    }

    [Fact(Timeout = 180_000)]
    public async Task Read_FileAtRefs_IsExactOrSaysWhatIsMissing()
    {
        await using var host = new RagHost(await database.GetAsync());
        using var sample = new SampleRepository(host.Root);
        var old = sample.Commit("a.cs", "old\n");
        sample.Git("branch", "release/1");
        var commit = sample.Commit("a.cs", "one\ntwo\nthree\n");
        var name = "read";
        var view = await host.AddAsync(sample.Path, name);
        async Task<FileLines> ReadAsync(ReadFile request) => await host.Rag.ReadAsync(request, CancellationToken.None);

        Assert.Equal((new Citation(name, commit, "a.cs", 2, 3), "two\nthree", 3), Parts(await ReadAsync(new ReadFile(name, "a.cs", StartLine: 2))));
        Assert.Equal((new Citation(name, old, "a.cs", 1, 1), "old", 1), Parts(await ReadAsync(new ReadFile(name, "a.cs", "release/1"))));
        Assert.Equal((new Citation(name, old, "a.cs", 1, 1), "old", 1), Parts(await ReadAsync(new ReadFile(name, "a.cs", old[..10]))));
        foreach (var missing in new[] { new ReadFile(name, "b.cs"), new ReadFile(name, "a.cs", "nowhere"), new ReadFile("nobody", "a.cs"), new ReadFile(name, "a.cs", StartLine: 4), new ReadFile(name, "../a.cs"), new ReadFile(name, "a.cs", Repositories: []) })
        {
            Assert.Equal(404, (await Assert.ThrowsAsync<ProblemException>(() => ReadAsync(missing))).Status);
        }

        Assert.Equal(400, (await Assert.ThrowsAsync<ProblemException>(() => ReadAsync(new ReadFile(name, "a.cs", "main:a.cs")))).Status);
        static (Citation, string, int) Parts(FileLines lines) => (lines.Citation, lines.Text, lines.TotalLines);
        Assert.Equal(view.Commit, commit);
    }

    [Fact(Timeout = 180_000)]
    public async Task Cite_FileInUtf16_GivesTheLinesThatWereIndexed()
    {
        await using var host = new RagHost(await database.GetAsync());
        using var sample = new SampleRepository(host.Root);
        foreach (var encoding in new[] { Encoding.Unicode, Encoding.BigEndianUnicode, Encoding.UTF8 })
        {
            await File.WriteAllTextAsync(Path.Combine(sample.Path, $"{encoding.WebName}.cs"), "class Größe { }\r\nclass Zweite { }\r\n", encoding);
        }

        sample.Commit();
        var view = await host.AddAsync(sample.Path);

        var hits = (await host.SearchAsync("Größe", view.Id)).Hits;
        Assert.Equal(3, hits.Count);
        foreach (var hit in hits)
        {
            Assert.Equal((hit.Text, 2), ((await host.Rag.FileAsync(hit.Citation, CancellationToken.None)) is var lines ? (lines.Text, lines.TotalLines) : default));
            Assert.Equal("class Größe { }\nclass Zweite { }", hit.Text);
        }
    }

    [Fact(Timeout = 180_000)]
    public async Task Lookups_OtherRepositories_AreNeverSeen()
    {
        await using var host = new RagHost(await database.GetAsync());
        using var mine = new SampleRepository(host.Root);
        using var secret = new SampleRepository(host.Root);
        mine.Commit("a.cs", "class Mine { }\n");
        // The very same blob, and one of its own.
        secret.Commit("a.cs", "class Mine { }\n", "b.cs", "class Hidden { Mine mine; }\n");
        var view = await host.AddAsync(mine.Path);
        await host.AddAsync(secret.Path);
        Guid[] visible = [view.Id];

        Assert.Equal(view.Id, Assert.Single((await host.Rag.SymbolsAsync(new SymbolRequest("Mine", Repositories: visible), CancellationToken.None)).Hits).RepositoryId);
        Assert.Empty((await host.Rag.SymbolsAsync(new SymbolRequest("Hidden", Repositories: visible), CancellationToken.None)).Hits);
        Assert.Empty((await host.Rag.SymbolsAsync(new SymbolRequest("Mine", Repositories: []), CancellationToken.None)).Hits);
        Assert.Equal(view.Id, Assert.Single((await host.Rag.ReferencesAsync(new ReferenceRequest("Mine", visible), CancellationToken.None)).Hits).RepositoryId);
        Assert.Empty((await host.Rag.ReferencesAsync(new ReferenceRequest("Hidden", visible), CancellationToken.None)).Hits);
        var grep = await host.Rag.GrepAsync(new GrepRequest("class", Repositories: visible), CancellationToken.None);
        Assert.Equal((view.Id, 1), (Assert.Single(grep.Matches).RepositoryId, grep.FilesSearched));
        Assert.Empty((await host.Rag.GrepAsync(new GrepRequest("class", Repositories: []), CancellationToken.None)).Matches);
    }

    [Fact(Timeout = 180_000)]
    public async Task Search_ByKind_FindsOnlyFilesOfThatKind()
    {
        await using var host = new RagHost(await database.GetAsync());
        using var sample = new SampleRepository(host.Root);
        sample.Commit("src/Cart.cs", Cart, "test/CartTests.cs", Order, "docs/cart.md", "# Cart\n\nCounts items.\n", "cart.json", "{ \"cart\": { \"countItems\": true } }\n");
        var view = await host.AddAsync(sample.Path);
        async Task<IEnumerable<string>> FindAsync(string? kind) =>
            (await host.Rag.SearchAsync(new SearchRequest("cart count items", [view.Id], Explain: true, Kind: kind), CancellationToken.None)).Hits.Select(hit => $"{hit.Explanation!.Kind} {hit.Citation.Path}").Distinct();

        Assert.Equal(["source src/Cart.cs"], await FindAsync("source"));
        Assert.Equal(["test test/CartTests.cs"], await FindAsync("test"));
        Assert.Equal(["document docs/cart.md"], await FindAsync("document"));
        Assert.Equal(["configuration cart.json"], await FindAsync("Configuration"));
        Assert.Equal(4, (await FindAsync(null)).Count());
        var wrong = await Assert.ThrowsAsync<ProblemException>(() => FindAsync("binary"));
        Assert.Equal((400, "Give one of: source, test, document, configuration."), (wrong.Status, wrong.Detail));
    }

    [Fact(Timeout = 180_000)]
    public async Task Explain_OfASearch_AddsUpToTheScore()
    {
        await using var host = new RagHost(await database.GetAsync(), ("Nura:Rag:HistoryCommits", "100"));
        using var sample = new SampleRepository(host.Root);
        sample.Commit("src/Cart.cs", Cart, "test/OrderTests.cs", Order, "src/Other.cs", "class Other { }\n");
        var view = await host.AddAsync(sample.Path);

        var answer = await host.Rag.SearchAsync(new SearchRequest("change of count items", [view.Id], Explain: true), CancellationToken.None);
        var plain = await host.SearchAsync("change of count items", view.Id);

        Assert.All(answer.Hits, hit => Assert.Equal(hit.Score, hit.Explanation!.Lanes.Sum(lane => lane.Chunk + lane.File), 4));
        Assert.All(answer.Hits, hit => Assert.Equal(hit.Lanes, hit.Explanation!.Lanes.Select(lane => lane.Lane)));
        var test = answer.Hits.Single(hit => hit.Citation.Path == "test/OrderTests.cs").Explanation!;
        Assert.Equal(("test", 0.35), (test.Kind, test.Factor));
        Assert.Contains(answer.Hits[0].Explanation!.Terms, term => term is { Term: "count", Chunks: 2 });
        Assert.All(plain.Hits, hit => Assert.Null(hit.Explanation));
    }
}
