using System.Net;
using System.Security.Cryptography;
using System.Text;
using Npgsql;
using Nura.Contracts;
using Nura.Rag.Git;
using Nura.Rag.Indexing;
using Nura.Rag.Repositories;
using Nura.Tests.Databases;
using Nura.Tests.Fakes;

namespace Nura.Tests.Rag;

/// <summary>Pushes, polls and further refs.</summary>
public sealed class PushTests(DatabaseFixture database) : IClassFixture<DatabaseFixture>
{
    [Fact(Timeout = 180_000)]
    public async Task Push_SignedNotice_IndexesJustTheChange()
    {
        var connectionString = await database.GetAsync();
        await using var host = new RagHost(connectionString);
        using var sample = new SampleRepository(host.Root);
        sample.Commit([.. Enumerable.Range(0, 40).SelectMany(i => new[] { $"src/f{i}.cs", $"class Kept{i} {{ }}\n" })]);
        var view = await host.AddAsync(sample.Path);
        var webhook = await host.Rag.WebhookAsync(view.Id, CancellationToken.None);
        sample.Git("mv", "src/f1.cs", "src/moved.cs");
        File.Delete(Path.Combine(sample.Path, "src/f2.cs"));
        var commit = sample.Commit("src/f0.cs", "class Changed { }\n", "src/new.cs", "class Fresh { }\n");

        var answer = await NoticeAsync(host, webhook, "{\"ref\":\"refs/heads/main\",\"repository\":{\"default_branch\":\"main\"}}");
        view = await host.EndAsync(view.Id);

        Assert.Equal((1, null), (answer.Queued, answer.Reason));
        Assert.Equal((commit, 40L, 40L, 3L), (view.Commit, view.Files, view.Chunks, view.Progress!.FilesTotal));
        Assert.Equal("src/new.cs", Assert.Single((await host.SearchAsync("fresh", view.Id)).Hits).Citation.Path);
        Assert.Equal("src/moved.cs", (await host.SearchAsync("Kept1", view.Id)).Hits[0].Citation.Path);
        Assert.DoesNotContain((await host.SearchAsync("Kept0", view.Id)).Hits, hit => hit.Text.Contains("Kept0 ", StringComparison.Ordinal));
        Assert.Empty((await host.Rag.SymbolsAsync(new SymbolRequest("Kept2", Repositories: [view.Id]), CancellationToken.None)).Hits);
        Assert.Equal(commit, Assert.Single((await host.Rag.ReferencesAsync(new ReferenceRequest("Changed", [view.Id]), CancellationToken.None)).Hits).Citation.Commit);

        // Nothing moved: the run looks at nothing, and what is shown stays that of the one before.
        await NoticeAsync(host, webhook, "");
        Assert.Equal(view.Progress, (await host.EndAsync(view.Id)).Progress);
    }

    [Fact(Timeout = 180_000)]
    public async Task Push_NoticeOfAnotherOrForged_ChangesNothing()
    {
        await using var host = new RagHost(await database.GetAsync());
        using var sample = new SampleRepository(host.Root);
        sample.Commit("a.cs", "class A { }\n");
        var view = await host.AddAsync(sample.Path);
        var path = $"/webhooks/{view.Id}";
        var body = Encoding.UTF8.GetBytes("{\"ref\":\"refs/heads/main\",\"project\":{\"default_branch\":\"main\"}}");
        using var http = host.CreateClient();
        async Task<HttpStatusCode> SendAsync(string header, string value, string? to = null)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, to ?? path) { Content = new ByteArrayContent(body) };
            request.Headers.TryAddWithoutValidation(header, value);
            using var response = await http.SendAsync(request);
            return response.StatusCode;
        }

        Assert.Equal(HttpStatusCode.Unauthorized, await SendAsync("X-Gitlab-Token", ""));
        var (first, webhook) = (await host.Rag.WebhookAsync(view.Id, CancellationToken.None), await host.Rag.WebhookAsync(view.Id, CancellationToken.None));
        var signature = "sha256=" + Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(webhook.Secret), body));
        Assert.Equal(HttpStatusCode.Unauthorized, await SendAsync("X-Gitlab-Token", first.Secret));
        Assert.Equal(HttpStatusCode.Unauthorized, await SendAsync("X-Hub-Signature-256", signature[..^1] + (signature[^1] == '0' ? '1' : '0')));
        Assert.Equal(HttpStatusCode.Unauthorized, await SendAsync("X-Hub-Signature-256", "sha256=short"));
        Assert.Equal(HttpStatusCode.Unauthorized, await SendAsync("X-Gitlab-Token", webhook.Secret, $"/webhooks/{Guid.CreateVersion7()}"));
        Assert.Equal(HttpStatusCode.Accepted, await SendAsync("X-Hub-Signature-256", signature));
        Assert.Equal(HttpStatusCode.Accepted, await SendAsync("X-Gitlab-Token", webhook.Secret));
        Assert.Equal(HttpStatusCode.Accepted, await SendAsync("Authorization", $"Bearer {webhook.Secret}"));
        Assert.Equal((0, "Nothing here follows refs/heads/side."), Parts(await NoticeAsync(host, webhook, "{\"ref\":\"refs/heads/side\",\"repository\":{\"default_branch\":\"main\"}}")));
        Assert.Equal(400, (await Assert.ThrowsAsync<ProblemException>(() => NoticeAsync(host, webhook, "no json"))).Status);
        static (int, string?) Parts(PushAnswer answer) => (answer.Queued, answer.Reason);
    }

    [Fact(Timeout = 180_000)]
    public async Task Refs_FurtherOnes_AreSearchedApartAndCostNothingKnown()
    {
        var connectionString = await database.GetAsync();
        await using var host = new RagHost(connectionString);
        using var sample = new SampleRepository(host.Root);
        var old = sample.Commit("a.cs", "class Shared { }\n", "b.cs", "class OnlyOld { }\n");
        sample.Git("tag", "v1");
        sample.Git("checkout", "--quiet", "-b", "release/2");
        var released = sample.Commit("c.cs", "class OnlyRelease { }\n");
        sample.Git("checkout", "--quiet", "main");
        File.Delete(Path.Combine(sample.Path, "b.cs"));
        var commit = sample.Commit("d.cs", "class OnlyMain { }\n");
        var name = "refs";
        var view = await host.AddAsync(sample.Path, name);
        await using var source = NpgsqlDataSource.Create(connectionString);
        await using var blobs = source.CreateCommand("SELECT count(*) FROM rag.blob");
        var known = (long)(await blobs.ExecuteScalarAsync())!;
        async Task<RepositoryView> AddAsync(string reference) => await host.EndAsync((await host.Rag.AddRefAsync(view.Id, new AddRef(reference), CancellationToken.None)).Id);
        async Task<string[]> FoundAsync(string? reference, string word) =>
            [.. (await host.Rag.GrepAsync(new GrepRequest(word, Repositories: [view.Id], Ref: reference), CancellationToken.None)).Matches.Select(match => $"{match.Citation.Repository}@{match.Citation.Commit}:{match.Citation.Path}")];

        var release = await AddAsync("release/2");
        var tag = await AddAsync("v1");
        Assert.Equal((name, "release/2", released, 3L), (release.Name, release.Ref, release.Commit, release.Files));
        Assert.Equal(known + 2, await blobs.ExecuteScalarAsync());
        Assert.Equal([$"{name}@{commit}:d.cs"], await FoundAsync(null, "Only"));
        Assert.Equal([$"{name}@{released}:b.cs", $"{name}@{released}:c.cs"], await FoundAsync("release/2", "Only"));
        Assert.Equal([$"{name}@{old}:b.cs"], await FoundAsync("v1", "Only"));
        Assert.Equal([$"{name}@{old}:b.cs"], await FoundAsync(old[..9], "Only"));
        Assert.Equal([$"{name}@{commit}:d.cs"], await FoundAsync("main", "Only"));
        var hit = Assert.Single((await host.Rag.SearchAsync(new SearchRequest("OnlyRelease", [view.Id], Ref: "release/2"), CancellationToken.None)).Hits, hit => hit.Citation.Path == "c.cs");
        Assert.Equal((name, view.Id), (hit.Citation.Repository, hit.RepositoryId));
        Assert.Equal("c.cs", Assert.Single((await host.Rag.SymbolsAsync(new SymbolRequest("OnlyRelease", Repositories: [view.Id], Ref: "release/2"), CancellationToken.None)).Hits).Citation.Path);
        Assert.Empty((await host.Rag.SymbolsAsync(new SymbolRequest("OnlyRelease", Repositories: [view.Id]), CancellationToken.None)).Hits);
        Assert.Equal(404, (await Assert.ThrowsAsync<ProblemException>(() => FoundAsync("nowhere", "Only"))).Status);
        // What a caller may see are repositories, not their refs.
        Assert.Empty((await host.Rag.GrepAsync(new GrepRequest("Only", Repositories: [release.Id], Ref: "release/2"), CancellationToken.None)).Matches);

        Assert.Equal(["release/2", "v1"], (await host.Rag.RefsAsync(view.Id, CancellationToken.None)).Select(found => found.Ref));
        Assert.DoesNotContain(await host.Rag.ListAsync(CancellationToken.None), listed => listed.Id == release.Id);
        await host.Rag.DeleteAsync(tag.Id, CancellationToken.None);
        Assert.Equal([$"{name}@{commit}:d.cs"], await FoundAsync(null, "Only"));
        Assert.Equal(404, (await Assert.ThrowsAsync<ProblemException>(() => FoundAsync("v1", "Only"))).Status);
        var missing = await AddAsync("nowhere");
        Assert.Equal(RepositoryState.Failed, missing.State);
    }

    [Theory(Timeout = 180_000), MemberData(nameof(DatabaseFixture.Engines), MemberType = typeof(DatabaseFixture))]
    public async Task Refs_ThatDifferInCaseOnly_AreTwo(string engine)
    {
        await using var host = new RagHost(await database.GetAsync(engine));
        using var sample = new SampleRepository(host.Root);
        sample.Commit("a.cs", "class A { }\n");
        var view = await host.AddAsync(sample.Path);

        foreach (var reference in new[] { "Topic", "topic", "Topic" })
        {
            Assert.Equal(reference, (await host.Rag.AddRefAsync(view.Id, new AddRef(reference), CancellationToken.None)).Ref);
        }

        Assert.Equal(2, (await host.Rag.RefsAsync(view.Id, CancellationToken.None)).Count);
    }

    [Fact(Timeout = 180_000)]
    public async Task Refs_FollowedBranchAheadOfTheIndex_IsSearchedAsItIsIndexed()
    {
        await using var host = new RagHost(await database.GetAsync());
        using var sample = new SampleRepository(host.Root);
        var indexed = sample.Commit("a.cs", "class Indexed { }\n");
        var view = await host.AddAsync(sample.Path);
        var pushed = sample.Commit("a.cs", "class Pushed { }\n");
        sample.Git("branch", "aside", "HEAD~1");
        async Task<string> FoundAsync(string reference) => Assert.Single((await host.Rag.GrepAsync(new GrepRequest("class", Repositories: [view.Id], Ref: reference), CancellationToken.None)).Matches).Citation.Commit;

        // What the run of a push does first.
        await new GitMirror(host.Get<GitCommand>(), view.Id).FetchAsync(new FetchSource(sample.Path, [], new Dictionary<string, string>()), static _ => { }, CancellationToken.None);

        Assert.Equal(indexed, await FoundAsync("main"));
        Assert.Equal(indexed, await FoundAsync("aside"));
        Assert.Equal(404, (await Assert.ThrowsAsync<ProblemException>(() => FoundAsync(pushed))).Status);
    }

    [Fact]
    public void Polls_FailingSource_IsAskedEverMoreSeldom()
    {
        var time = new ManualTime();
        var schedule = new PollSchedule(TimeSpan.FromMinutes(5), TimeSpan.FromHours(1), time, () => 0.5);
        TimeSpan Wait()
        {
            var waited = TimeSpan.Zero;
            for (; !schedule.IsDue("a"); waited += TimeSpan.FromMinutes(1))
            {
                time.Advance(TimeSpan.FromMinutes(1));
            }

            return waited;
        }

        var waits = new List<double>();
        foreach (var succeeded in new[] { true, false, false, false, false, false, true, true })
        {
            waits.Add(Wait().TotalMinutes);
            schedule.Looked("a", succeeded);
        }

        Assert.Equal([5, 5, 10, 20, 40, 60, 60, 5], waits);
    }

    [Fact]
    public void Polls_ManySources_AreSpread()
    {
        var time = new ManualTime();
        var random = new Random(3);
        var schedule = new PollSchedule(TimeSpan.FromMinutes(10), TimeSpan.FromHours(1), time, random.NextDouble);
        var sources = Enumerable.Range(0, 100).Select(i => $"source{i}").ToList();
        Assert.DoesNotContain(sources, schedule.IsDue);
        time.Advance(TimeSpan.FromMinutes(8));
        Assert.DoesNotContain(sources, schedule.IsDue);
        time.Advance(TimeSpan.FromMinutes(2));
        Assert.InRange(sources.Count(schedule.IsDue), 25, 75);
        time.Advance(TimeSpan.FromMinutes(2));
        Assert.All(sources, source => Assert.True(schedule.IsDue(source)));
    }

    [Fact(Timeout = 180_000)]
    public async Task Renew_TreeOfOtherRules_IsIndexedAnewAtStart()
    {
        var connectionString = await database.GetAsync();
        using var folder = new SampleRepository();
        folder.Commit("a.cs", "class A { }\n");
        var roots = ("Nura:Rag:LocalRoots:0", folder.Path);
        RepositoryView view;
        await using (var host = new RagHost(connectionString, roots))
        {
            view = await host.AddAsync(folder.Path);
        }

        await using var source = NpgsqlDataSource.Create(connectionString);
        await using var age = source.CreateCommand("UPDATE rag.repository SET rules = 'older' WHERE id = $1");
        age.Parameters.AddWithValue(view.Id);
        await age.ExecuteNonQueryAsync();
        await using var later = new RagHost(connectionString, roots);
        await using var rules = source.CreateCommand("SELECT rules FROM rag.repository WHERE id = $1");
        rules.Parameters.AddWithValue(view.Id);
        while (await rules.ExecuteScalarAsync() is "older")
        {
            await Task.Delay(20);
        }

        Assert.Equal(later.Get<TreePlanner>().Rules, await rules.ExecuteScalarAsync());
    }

    private static Task<PushAnswer> NoticeAsync(RagHost host, Webhook webhook, string body)
    {
        var bytes = Encoding.UTF8.GetBytes(body);
        return host.Rag.PushAsync(
            Guid.Parse(webhook.Path.Split('/')[^1]), bytes,
            [KeyValuePair.Create("X-GitHub-Event", "push"), KeyValuePair.Create("X-Hub-Signature-256", "sha256=" + Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(webhook.Secret), bytes)))],
            CancellationToken.None);
    }
}
