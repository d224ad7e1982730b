using Microsoft.Extensions.Options;
using Nura.Contracts;
using Nura.Rag;
using Nura.Rag.Git;
using Nura.Rag.History;
using Nura.Rag.Ranking;
using Nura.Rag.Text;
using Nura.Tests.Databases;

namespace Nura.Tests.Rag;

public sealed class HistoryTests(DatabaseFixture database) : IClassFixture<DatabaseFixture>
{
    [Fact(Timeout = 120_000)]
    public async Task Read_Commits_KeepsWordsFilesAndMoves()
    {
        var folder = Directory.CreateTempSubdirectory("nura-history-").FullName;
        using var sample = new SampleRepository(folder);
        sample.Commit("old.cs", "class Alpha\n{\n    int first;\n}\n", "other.cs", "class Beta { }\n");
        sample.Git("mv", "old.cs", "new.cs");
        sample.Git("commit", "--quiet", "-m", "Move it");
        sample.Write("new.cs", "class Alpha\n{\n    int replaced;\n}\n");
        sample.Write("mac.txt", ":000000 100644 000 111 A\tfake.cs\r:100644 \t\r\u0001deadbeef\r");
        sample.Git("add", "--all");
        sample.Git("commit", "--quiet", "-m", "Replace the counter\n\nIt overflowed.\n\nReviewed-by: Somebody <s@example.com>");
        sample.Commit([.. Enumerable.Range(0, 21).SelectMany(i => new[] { $"many{i}.cs", "class Many { }\n" })]);

        var documents = await ReadAsync(folder, sample);

        Assert.Equal(["A change", "Replace the counter", "Move it", "A change"], documents.Select(document => document.Subject));
        Assert.Null(documents[0].Terms);
        Assert.Empty(documents[0].Files);
        Assert.Equal(["mac.txt", "new.cs"], documents[1].Files);
        Assert.Equal([("old.cs", "new.cs")], documents[2].Renames);
        Assert.Equal(["new.cs"], documents[2].Files);
        var words = Words(documents[1]);
        Assert.Equal((3, 3, 1, 1), (words["counter"], words["overflow"], words["replac"] - 3, words["alpha"]));
        Assert.DoesNotContain("somebodi", words.Keys);
    }

    [Fact(Timeout = 120_000)]
    public async Task Read_PairOfCharactersAtTheLimit_IsNotParted()
    {
        var folder = Directory.CreateTempSubdirectory("nura-history-").FullName;
        using var sample = new SampleRepository(folder);
        sample.Write("a.cs", "class A { }\n");
        sample.Git("add", "--all");
        sample.Git("commit", "--quiet", "-m", "x" + string.Concat(Enumerable.Repeat("😀", 600)));

        Assert.Equal("x" + string.Concat(Enumerable.Repeat("😀", 499)), Assert.Single(await ReadAsync(folder, sample)).Subject);
    }

    [Fact(Timeout = 120_000)]
    public async Task Read_CommitOfNoTimeThatThereIs_IsReadAsTheOthers()
    {
        var folder = Directory.CreateTempSubdirectory("nura-history-").FullName;
        using var sample = new SampleRepository(folder);
        var parent = sample.Commit("a.cs", "class A { }\n");
        foreach (var (time, content) in new[] { ("99999999999999", "class B { }\n"), ("-5", "class C { }\n"), ("99999999999999999999", "class D { }\n") })
        {
            sample.Write("a.cs", content);
            sample.Git("add", "--all");
            var commit = $"tree {sample.Git("write-tree").Trim()}\nparent {parent}\nauthor A <a@example.com> {time} +0000\ncommitter A <a@example.com> {time} +0000\n\nAt {time}\n";
            parent = SampleRepository.Run(sample.Path, commit, "hash-object", "-t", "commit", "-w", "--literally", "--stdin").Trim();
        }

        sample.Git("update-ref", "refs/heads/main", parent);
        var documents = await ReadAsync(folder, sample);

        Assert.Equal(["A change", "At -5", "At 99999999999999", "At 99999999999999999999"], documents.Select(document => document.Subject).Order(StringComparer.Ordinal));
        Assert.All(documents, document => Assert.Equal(["a.cs"], document.Files));
        Assert.Equal(3, documents.Count(document => document.Time == DateTimeOffset.UnixEpoch));
    }

    [Fact]
    public void Vote_CommitOfAMovedFile_SpeaksForItsPresentPath()
    {
        var corpus = Corpus(
            [
                Commit("c3", 0, "tidy", ["src/new.cs"], [("src/old.cs", "src/new.cs")]),
                Commit("c2", 100, "fix overflow of the counter", ["src/old.cs", "src/gone.cs"]),
                Commit("c1", 100, "fix overflow of the counter", ["src/other.cs", "src/third.cs"]),
            ],
            "src/new.cs", "src/other.cs", "src/third.cs");

        var votes = new HistoryLane().Vote(new SearchQuery("counter overflows"), [corpus]);

        // One of its two files is gone, so it says more about the other.
        Assert.True(votes.Files![0][0] > votes.Files[0][1]);
        Assert.Equal(votes.Files[0][1], votes.Files[0][2]);
        Assert.Equal("c2", Assert.Single(votes.Evidence[(0, 0)]).Sha);
    }

    [Fact]
    public void Vote_OldCommit_CountsLessButNeverNothing()
    {
        var corpus = Corpus(
            [Commit("new", 0, "parser speed", ["a.cs"]), Commit("old", 365 * 20, "parser speed", ["b.cs"])], "a.cs", "b.cs");

        var votes = new HistoryLane().Vote(new SearchQuery("parser speed"), [corpus]).Files![0];

        Assert.InRange(votes[1] / votes[0], 0.39, 0.41);
    }

    [Fact]
    public void Lessons_WordThatToldWhereChangesBelong_CountsMoreThanOneThatDidNot()
    {
        // Every message says "fix"; those that say "hinge" are about the one file that holds the word.
        var vocabulary = new Vocabulary();
        BlobTerms Blob(params string[] words)
        {
            var writer = new BlobTermsWriter(vocabulary);
            writer.Add([.. words.Select(word => vocabulary.Add(word))]);
            return BlobTerms.Decode(writer.ToArray(), vocabulary);
        }

        var files = Enumerable.Range(0, 20).Select(i => ($"f{i}.cs", (long)i, "csharp")).ToList();
        var blobs = Enumerable.Range(0, 20).ToDictionary(i => (long)i, i => Blob(i == 0 ? ["body", "hing"] : i == 1 ? ["body", "fix"] : ["body"]));
        var commits = Enumerable.Range(0, 40).Select(i => Commit($"c{i}", i, i % 2 == 0 ? "fix hinge hinge hinge" : "fix", [$"f{(i % 2 == 0 ? 0 : i % 20)}.cs"])).ToList();
        var terms = commits.ToDictionary(commit => commit.Sha, commit => BlobTerms.Decode(commit.Terms, vocabulary));

        var lessons = CorpusBuilder.Build(
            new CorpusHead(Guid.CreateVersion7(), "a", new string('0', 40), 1), files, blobs, vocabulary, paths => new HistoryIndex(commits, terms, paths)).Lessons;

        Assert.True(lessons.Weight(vocabulary.Find("hing")) > 1.2, $"{lessons.Weight(vocabulary.Find("hing"))}");
        Assert.True(lessons.Weight(vocabulary.Find("fix")) < 0.6, $"{lessons.Weight(vocabulary.Find("fix"))}");
        Assert.Equal(1, lessons.Weight(vocabulary.Find("body")));
    }

    [Fact(Timeout = 180_000)]
    public async Task Search_WordsOnlyInAMessage_FindTheFileWithItsCommit()
    {
        await using var host = new RagHost(await database.GetAsync(), ("Nura:Rag:HistoryCommits", "1000"));
        using var sample = new SampleRepository(host.Root);
        sample.Commit(".nuraignore", "private/\n", "src/Door.cs", "class Door { int angle; }\n", "src/Window.cs", "class Window { int pane; }\n");
        sample.Write("src/Door.cs", "class Door { int angle; int hinge; }\n");
        sample.Write("private/notes.txt", "burglar\n");
        sample.Write("yarn.lock", "leftpad\n");
        sample.Git("add", "--all");
        sample.Git("commit", "--quiet", "-m", "Stop the squeaking");
        var squeak = sample.Git("rev-parse", "HEAD").Trim();
        var view = await host.AddAsync(sample.Path);

        var hit = Assert.Single((await host.SearchAsync("squeaking", view.Id)).Hits);
        Assert.Equal(("src/Door.cs", "history"), (hit.Citation.Path, Assert.Single(hit.Lanes)));
        Assert.Equal((squeak, "Stop the squeaking"), (hit.Commits![0].Commit, hit.Commits[0].Subject));

        // What is kept out of the index has no say through the history either.
        Assert.Empty((await host.SearchAsync("burglar leftpad", view.Id)).Hits);

        // Rewritten history is forgotten with what it said; a new commit adds to the rest.
        sample.Git("reset", "--quiet", "--hard", "HEAD~1");
        sample.Write("src/Window.cs", "class Window { int pane; int frame; }\n");
        sample.Git("commit", "--quiet", "--all", "-m", "Tighten against rattling");
        await host.IndexAsync(view.Id);

        Assert.Empty((await host.SearchAsync("squeaking", view.Id)).Hits);
        Assert.Equal("src/Window.cs", Assert.Single((await host.SearchAsync("rattling", view.Id)).Hits).Citation.Path);
    }

    [Fact(Timeout = 180_000)]
    public async Task Search_FurtherRef_FindsByWordsOfItsMessages()
    {
        await using var host = new RagHost(await database.GetAsync(), ("Nura:Rag:HistoryCommits", "1000"));
        using var sample = new SampleRepository(host.Root);
        sample.Commit("src/Door.cs", "class Door { int angle; }\n", "src/Window.cs", "class Window { int pane; }\n");
        var view = await host.AddAsync(sample.Path);
        sample.Git("checkout", "--quiet", "-b", "side");
        sample.Write("src/Door.cs", "class Door { int angle; int hinge; }\n");
        sample.Git("commit", "--quiet", "--all", "-m", "Stop the squeaking");

        await host.EndAsync((await host.Rag.AddRefAsync(view.Id, new AddRef("side"), CancellationToken.None)).Id);
        var answer = await host.Rag.SearchAsync(new SearchRequest("squeaking", [view.Id], Ref: "side"), CancellationToken.None);

        Assert.Equal(("src/Door.cs", "history"), Assert.Single(answer.Hits) is var hit ? (hit.Citation.Path, Assert.Single(hit.Lanes)) : default);
    }

    [Fact(Timeout = 180_000)]
    public async Task Index_HistoryThatCannotBeRead_StillMakesTheCommitSearchable()
    {
        await using var host = new RagHost(await database.GetAsync(), ("Nura:Rag:HistoryCommits", "0"));
        using var sample = new SampleRepository(host.Root);
        sample.Commit("a.cs", "class Alone { }\n");

        var view = await host.AddAsync(sample.Path);

        Assert.Equal(RepositoryState.Ready, view.State);
        Assert.Equal(["lexical"], Assert.Single((await host.SearchAsync("alone", view.Id)).Hits).Lanes);
    }

    private static async Task<List<CommitDoc>> ReadAsync(string folder, SampleRepository sample)
    {
        var git = new GitCommand(Options.Create(new RagOptions { MirrorDirectory = Path.Combine(folder, "mirrors") }));
        var mirror = new GitMirror(git, Guid.CreateVersion7());
        await mirror.FetchAsync(new FetchSource(sample.Path, [], new Dictionary<string, string>()), static _ => { }, CancellationToken.None);
        var reader = new CommitReader(git, mirror, static _ => true);
        var documents = new List<CommitDoc>();
        await foreach (var document in reader.ReadAsync(await reader.ListAsync("refs/heads/main", 100, CancellationToken.None), CancellationToken.None))
        {
            documents.Add(document);
        }

        return documents;
    }

    private static Dictionary<string, int> Words(CommitDoc document)
    {
        var vocabulary = new Vocabulary();
        var terms = BlobTerms.Decode(document.Terms, vocabulary);
        return terms.Terms(0).ToArray().Zip(terms.Counts(0).ToArray()).ToDictionary(pair => vocabulary[pair.First], pair => (int)pair.Second);
    }

    private static CommitDoc Commit(string sha, int ageDays, string message, string[] files, params (string, string)[] renames)
    {
        var vocabulary = new Vocabulary();
        var writer = new BlobTermsWriter(vocabulary);
        writer.Add([.. new SearchQuery(message).Terms.SelectMany(term => Enumerable.Repeat(vocabulary.Add(term.Term), CommitReader.MessageWeight))]);
        return new CommitDoc(sha, new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero).AddDays(-ageDays), message, files, renames, writer.ToArray());
    }

    private static Corpus Corpus(CommitDoc[] commits, params string[] paths)
    {
        var vocabulary = new Vocabulary();
        var blob = new BlobTermsWriter(vocabulary);
        blob.Add([vocabulary.Add("body")]);
        var blobs = new Dictionary<long, BlobTerms> { [1] = BlobTerms.Decode(blob.ToArray(), vocabulary) };
        var terms = commits.ToDictionary(commit => commit.Sha, commit => BlobTerms.Decode(commit.Terms, vocabulary));
        return CorpusBuilder.Build(
            new CorpusHead(Guid.CreateVersion7(), "a", new string('0', 40), 1), [.. paths.Select(path => (path, 1L, "csharp"))], blobs, vocabulary,
            files => new HistoryIndex(commits, terms, files));
    }
}
