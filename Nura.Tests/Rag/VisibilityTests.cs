using System.Text.Json;
using Nura.Contracts;
using Nura.Tests.Databases;

namespace Nura.Tests.Rag;

/// <summary>What a caller may see, and when.</summary>
public sealed class VisibilityTests(DatabaseFixture database) : IClassFixture<DatabaseFixture>
{
    [Fact(Timeout = 120_000)]
    public async Task Search_OtherRepositories_ChangeNothing()
    {
        await using var host = new RagHost(await database.GetAsync());
        using var mine = new SampleRepository(host.Root);
        using var secret = new SampleRepository(host.Root);
        mine.Commit("a.cs", "class Invoice { int total; }\n", "b.cs", "class Customer { int invoice; int total; }\n", "c.cs", "class Other { }\n");
        var view = await host.AddAsync(mine.Path);
        var before = await host.SearchAsync("invoice total", view.Id);

        secret.Commit([.. Enumerable.Range(0, 30).SelectMany(i => new[] { $"s{i}.cs", $"class Invoice{i} {{ int invoice; int total; }}\n" })]);
        var hidden = await host.AddAsync(secret.Path, "hidden");
        var after = await host.SearchAsync("invoice total", view.Id);
        var both = await host.SearchAsync("invoice total", view.Id, hidden.Id);
        var none = await host.Rag.SearchAsync(new SearchRequest("invoice total", []), CancellationToken.None);
        var unknown = await host.SearchAsync("invoice total", Guid.CreateVersion7());

        Assert.Equal(2, before.Hits.Count);
        Assert.Equal(Written(before), Written(after));
        Assert.Equal((2, 0), (both.RepositoriesSearched, both.RepositoriesPending));
        Assert.Contains(both.Hits, hit => hit.RepositoryId == hidden.Id);
        Assert.Equal((0, 0, 0), (none.Hits.Count, none.RepositoriesSearched, none.RepositoriesPending));
        Assert.Equal((0, 0, 0), (unknown.Hits.Count, unknown.RepositoriesSearched, unknown.RepositoriesPending));
    }

    [Fact(Timeout = 120_000)]
    public async Task Citations_OfOtherRepositories_ResolveToNothing()
    {
        await using var host = new RagHost(await database.GetAsync());
        using var mine = new SampleRepository(host.Root);
        using var secret = new SampleRepository(host.Root);
        var commit = mine.Commit("a.cs", "line one\nline two\nline three\n", "odd name (1)#x.cs", "odd\n");
        mine.Git("branch", new string('a', 10));
        var hiddenCommit = secret.Commit("key.txt", "hunter2\n");
        var (name, hiddenName) = ("mine", "secret");
        var view = await host.AddAsync(mine.Path, name);
        await host.AddAsync(secret.Path, hiddenName);

        string[] citations =
        [
            $"{name}@{commit}:a.cs#L2-L9", $"{name}@{commit[..7]}:a.cs#L1", $"{name}@{commit}:odd name (1)#x.cs#L1", $"{name.ToUpperInvariant()}@{commit}:a.cs#L3",
            $"{hiddenName}@{hiddenCommit}:key.txt#L1", $"{name}@{hiddenCommit}:key.txt#L1", $"{name}@{commit}:a.cs#L4", $"{name}@{commit}:../{hiddenName}/key.txt#L1",
            $"{name}@{commit}:missing.cs#L1", $"{name}@{new string('0', 40)}:a.cs#L1", $"{name}@aaaaaaaaaa:a.cs#L1", "no citation", $"{name}@{commit}:.#L1",
        ];
        var lines = await host.Rag.ResolveAsync(new ResolveCitations(citations, [view.Id]), CancellationToken.None);

        Assert.Equal(["line two\nline three", "line one", "odd", "line three"], lines.Take(4).Select(found => found?.Text));
        Assert.Equal(new Citation(name, commit, "a.cs", 2, 3), lines[0]!.Citation);
        Assert.Equal(3, lines[0]!.TotalLines);
        Assert.All(lines.Skip(4), Assert.Null);
        Assert.Equal(400, (await Assert.ThrowsAsync<ProblemException>(() => host.Rag.ResolveAsync(
            new ResolveCitations([.. Enumerable.Repeat("x", ResolveCitations.Max + 1)]), CancellationToken.None))).Status);
        Assert.Equal(404, (await Assert.ThrowsAsync<ProblemException>(() => host.Rag.FileAsync(new Citation(name, commit, "missing.cs", 1, 1), CancellationToken.None))).Status);
    }

    /// <summary>Every commit writes its number into all files; an answer that holds two numbers has seen half a commit.</summary>
    [Fact(Timeout = 180_000)]
    public async Task Search_WhileCommitsArrive_NeverSeesHalfACommit()
    {
        const int files = 12;
        await using var host = new RagHost(await database.GetAsync());
        using var sample = new SampleRepository(host.Root);
        string CommitNumber(int number) => sample.Commit([.. Enumerable.Range(0, files).SelectMany(i => new[] { $"f{i}.cs", $"class Marker {{ string Is => \"v{number:0000}\"; }}\n" })]);
        CommitNumber(0);
        var view = await host.AddAsync(sample.Path);

        using var stop = new CancellationTokenSource();
        var answers = 0;
        var searching = Task.Run(async () =>
        {
            var versions = new HashSet<string>();
            while (!stop.IsCancellationRequested)
            {
                var answer = await host.SearchAsync("marker", view.Id);
                var seen = answer.Hits.Select(hit => (hit.Citation.Commit, hit.Text)).Distinct().ToList();
                Assert.Equal(files, answer.Hits.Count);
                versions.Add(Assert.Single(seen).Text);
                answers++;
            }

            return versions;
        });
        for (var number = 1; number <= 8; number++)
        {
            CommitNumber(number);
            await host.IndexAsync(view.Id);
        }

        await stop.CancelAsync();
        Assert.True((await searching).Count > 1, $"{answers} answers, all of one version.");
    }

    private static string Written(SearchAnswer answer) => JsonSerializer.Serialize(answer with { ElapsedMs = 0 }, ContractsJson.Options);
}
