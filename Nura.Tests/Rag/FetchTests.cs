using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;
using Nura.Contracts;
using Nura.Rag;
using Nura.Rag.Git;
using Nura.Tests.Databases;

namespace Nura.Tests.Rag;

/// <summary>Fetching from sources that are hostile, odd, or change.</summary>
public sealed class FetchTests(DatabaseFixture database) : IClassFixture<DatabaseFixture>
{
    [Fact(Timeout = 120_000)]
    public async Task Fetch_SourceWithCommandsInItsSettings_RunsNone()
    {
        await using var host = new RagHost(await database.GetAsync());
        using var sample = new SampleRepository(host.Root);
        sample.Commit("a.cs", "class A { }\n", ".gitmodules", "[submodule \"x\"]\n\tpath = x\n\turl = --upload-pack=touch\n", ".gitattributes", "* filter=evil diff=evil\n");
        var marker = Path.Combine(host.Root, "marker");
        var script = Path.Combine(sample.Path, ".git", "evil.sh");
        await File.WriteAllTextAsync(script, $"#!/bin/sh\ntouch '{marker}'\ncat\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(script, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        foreach (var key in new[] { "core.fsmonitor", "core.sshCommand", "uploadpack.packObjectsHook", "filter.evil.smudge", "filter.evil.process", "diff.evil.textconv", "core.alternateRefsCommand", "credential.helper", "core.pager", "core.gitProxy" })
        {
            sample.Git("config", key, script);
        }

        foreach (var hook in new[] { "post-checkout", "reference-transaction", "post-update", "pre-auto-gc", "fsmonitor-watchman" })
        {
            File.Copy(script, Path.Combine(Directory.CreateDirectory(Path.Combine(sample.Path, ".git", "hooks")).FullName, hook), overwrite: true);
        }

        var view = await host.AddAsync(sample.Path);
        await host.IndexAsync(view.Id);
        await host.Rag.FileAsync(new Citation(view.Name, view.Commit!, "a.cs", 1, 1), CancellationToken.None);

        Assert.Equal(RepositoryState.Ready, view.State);
        Assert.False(File.Exists(marker));
        Assert.False(Directory.Exists(Path.Combine(Directory.GetDirectories(host.Mirrors).Single(), "hooks")));
    }

    [Fact(Timeout = 120_000)]
    public async Task Fetch_HistoryRewrittenShallowOrDetached_IsIndexedAsItIs()
    {
        await using var host = new RagHost(await database.GetAsync());
        using var sample = new SampleRepository(host.Root);
        sample.Commit("a.cs", "class First { }\n");
        sample.Commit("a.cs", "class Second { }\n");
        var view = await host.AddAsync(sample.Path);

        sample.Git("reset", "--quiet", "--hard", "HEAD~1");
        var forced = sample.Commit("a.cs", "class Third { }\n");
        view = await host.IndexAsync(view.Id);
        Assert.Equal(forced, view.Commit);
        Assert.Empty((await host.SearchAsync("Second", view.Id)).Hits);
        Assert.Single((await host.SearchAsync("Third", view.Id)).Hits);

        sample.Git("checkout", "--quiet", "--detach");
        var detached = sample.Commit("a.cs", "class Fourth { }\n");
        Assert.Equal(detached, (await host.IndexAsync(view.Id)).Commit);

        var shallow = Path.Combine(host.Root, "shallow");
        SampleRepository.Run(host.Root, null, "clone", "--quiet", "--depth", "1", "--branch", "main", $"file://{sample.Path}", shallow);
        Assert.Equal((RepositoryState.Ready, forced), await StateAsync(host, shallow));
    }

    [Fact(Timeout = 120_000)]
    public async Task Fetch_CloneOnABranchWithoutCommits_DoesNotTakeItsOriginForIt()
    {
        await using var host = new RagHost(await database.GetAsync());
        using var origin = new SampleRepository();
        origin.Commit("a.cs", "class Origin { }\n");
        var clone = Path.Combine(host.Root, "clone");
        SampleRepository.Run(host.Root, null, "clone", "--quiet", origin.Path, clone);
        SampleRepository.Run(clone, null, "checkout", "--quiet", "--orphan", "empty");

        var view = await host.AddAsync(clone);

        Assert.Equal((RepositoryState.Failed, null), (view.State, view.Commit));
        Assert.Contains("HEAD names a branch that has no commits", view.Error, StringComparison.Ordinal);
    }

    [Fact(Timeout = 120_000)]
    public async Task Fetch_SourceLacksAnObject_SaysWhatItIsAndWhatHelps()
    {
        await using var host = new RagHost(await database.GetAsync());
        using var sample = new SampleRepository(host.Root);
        sample.Commit("a.cs", "class Missing { }\n", "b.cs", "class There { }\n");
        var missing = sample.Git("rev-parse", "HEAD:a.cs").Trim();
        File.Delete(Path.Combine(sample.Path, ".git", "objects", missing[..2], missing[2..]));

        var view = await host.AddAsync(sample.Path);

        Assert.Equal(RepositoryState.Failed, view.State);
        Assert.Contains("it is a partial clone, or damaged. Give the URL that it was cloned from", view.Error, StringComparison.Ordinal);
    }

    [Fact(Timeout = 120_000)]
    public async Task Fetch_GitWasKilledBefore_ClearsWhatItLeft()
    {
        await using var host = new RagHost(await database.GetAsync());
        using var sample = new SampleRepository(host.Root);
        sample.Commit("a.cs", "class A { }\n");
        var view = await host.AddAsync(sample.Path);
        var mirror = Directory.GetDirectories(host.Mirrors).Single();
        string[] left = [.. new[] { "packed-refs.lock", "shallow.lock", "refs/heads/main.lock", "refs/nura/head.lock", "objects/pack/tmp_pack_x1Y2z3", "objects/pack/.tmp-7-pack-x1Y2z3.pack" }.Select(path => Path.Combine(mirror, path))];
        foreach (var file in left)
        {
            await File.WriteAllTextAsync(file, "");
        }

        var commit = sample.Commit("a.cs", "class B { }\n");
        view = await host.IndexAsync(view.Id);

        Assert.Equal((RepositoryState.Ready, commit, null), (view.State, view.Commit, view.Error));
        Assert.DoesNotContain(left, File.Exists);
    }

    [Theory(Timeout = 120_000), InlineData("HEAD"), InlineData("refs/heads/main")]
    public async Task Fetch_MirrorDamaged_IsMadeAnew(string emptied)
    {
        await using var host = new RagHost(await database.GetAsync());
        using var sample = new SampleRepository(host.Root);
        sample.Commit("a.cs", "class Damaged { }\n");
        var view = await host.AddAsync(sample.Path);
        await File.WriteAllTextAsync(Path.Combine(Directory.GetDirectories(host.Mirrors).Single(), emptied), "");

        var commit = sample.Commit("a.cs", "class Mended { }\n");
        view = await host.IndexAsync(view.Id);

        Assert.Equal((RepositoryState.Ready, commit), (view.State, view.Commit));
        Assert.Single((await host.SearchAsync("Mended", view.Id)).Hits);
        Assert.Contains(host.Logs.Entries, entry => entry.Id.Id == 2023);
    }

    [Fact(Timeout = 120_000)]
    public async Task Fetch_FolderOfMirrorsEmptiedMeanwhile_MakesItAnewWithItsSettings()
    {
        await using var host = new RagHost(await database.GetAsync());
        using var sample = new SampleRepository(host.Root);
        sample.Commit("a.cs", "class A { }\n");
        var view = await host.AddAsync(sample.Path);
        Directory.Delete(host.Mirrors, recursive: true);

        var commit = sample.Commit("b.cs", "class B { }\n");
        view = await host.IndexAsync(view.Id);

        Assert.Equal((RepositoryState.Ready, commit, null), (view.State, view.Commit, view.Error));
        Assert.Contains("followRedirects = false", await File.ReadAllTextAsync(Path.Combine(host.Mirrors, "git.config")), StringComparison.Ordinal);
    }

    [Fact(Timeout = 120_000)]
    public async Task Fetch_ManyPacksFromThoseBefore_AreOneWithAllThatWasCited()
    {
        await using var host = new RagHost(await database.GetAsync());
        using var sample = new SampleRepository(host.Root);
        sample.Commit("a.cs", "class First { }\n");
        var forgotten = sample.Commit("a.cs", "class Forgotten { }\n");
        var view = await host.AddAsync(sample.Path);
        var mirror = Directory.GetDirectories(host.Mirrors).Single();
        var packs = Path.Combine(mirror, "objects", "pack");
        foreach (var oid in Enumerable.Range(0, 51).Select(i => SampleRepository.Run(mirror, $"{i}", "hash-object", "-w", "--stdin")))
        {
            SampleRepository.Run(mirror, oid, "pack-objects", "--quiet", Path.Combine(packs, "pack"));
        }

        sample.Git("reset", "--quiet", "--hard", "HEAD~1");
        var commit = sample.Commit("a.cs", "class Present { }\n");
        Assert.Equal((RepositoryState.Ready, commit), (await host.IndexAsync(view.Id)) is var ended ? (ended.State, ended.Commit) : default);

        Assert.Single(Directory.GetFiles(packs, "*.pack"));
        Assert.Equal("class Forgotten { }", (await host.Rag.FileAsync(new Citation(view.Name, forgotten, "a.cs", 1, 1), CancellationToken.None)).Text);
        Assert.Equal("50", SampleRepository.Run(mirror, null, "cat-file", "-p", SampleRepository.Run(mirror, "50", "hash-object", "--stdin").Trim()));
    }

    [Fact(Timeout = 120_000)]
    public async Task Fetch_SourceVanishes_SaysSoAndStaysSearchable()
    {
        await using var host = new RagHost(await database.GetAsync());
        using var sample = new SampleRepository(host.Root);
        sample.Commit("a.cs", "class Lasting { }\n");
        var view = await host.AddAsync(sample.Path);

        Directory.Move(sample.Path, sample.Path + ".away");
        var failed = await host.IndexAsync(view.Id);
        Directory.Move(sample.Path + ".away", sample.Path);

        Assert.Equal((RepositoryState.Failed, view.Commit), (failed.State, failed.Commit));
        Assert.Contains("does not exist", failed.Error);
        Assert.Single((await host.SearchAsync("Lasting", view.Id)).Hits);
        Assert.Equal(RepositoryState.Ready, (await host.IndexAsync(view.Id)).State);
    }

    /// <summary>git over HTTP from a real server; a redirect, say to a metadata address, is not followed.</summary>
    [Fact(Timeout = 120_000)]
    public async Task Fetch_OverHttp_WorksAndFollowsNoRedirect()
    {
        using var sample = new SampleRepository();
        var commit = sample.Commit("a.cs", "class OverHttp { }\n");
        sample.Git("update-server-info");
        var asked = 0;
        await using var server = await ServeAsync(async http =>
        {
            var path = http.Request.Path.Value!;
            if (path.StartsWith("/good/", StringComparison.Ordinal) && Path.Combine(sample.Path, ".git", path["/good/".Length..]) is var file && File.Exists(file))
            {
                await http.Response.SendFileAsync(file);
            }
            else if (path.StartsWith("/moved/", StringComparison.Ordinal))
            {
                http.Response.Redirect($"/inside{path["/moved".Length..]}{http.Request.QueryString}");
            }
            else
            {
                asked += path.StartsWith("/inside/", StringComparison.Ordinal) ? 1 : 0;
                http.Response.StatusCode = path.StartsWith("/locked/", StringComparison.Ordinal) ? 401 : 404;
                http.Response.Headers.WWWAuthenticate = "Basic realm=\"git\"";
            }
        });
        var address = server.Urls.Single();
        await using var host = new RagHost(await database.GetAsync(), ("Nura:Rag:TrustedHosts:0", "127.0.0.1"));

        Assert.Equal((RepositoryState.Ready, commit), await StateAsync(host, $"{address}/good/"));
        var moved = await host.AddAsync($"{address}/moved/repo");
        var locked = await host.AddAsync($"{address}/locked/repo");
        var missing = await host.AddAsync($"{address}/missing/repo");

        Assert.Contains("not followed", moved.Error);
        Assert.Equal(0, asked);
        Assert.Contains("Nura:Rag:Tokens", locked.Error);
        Assert.Contains("Check the URL", missing.Error);
    }

    [Fact(Timeout = 120_000)]
    public async Task Delete_DuringAFetchThatHangs_EndsGit()
    {
        var asked = new TaskCompletionSource();
        var left = new TaskCompletionSource();
        await using var server = await ServeAsync(async http =>
        {
            asked.TrySetResult();
            await using var registration = http.RequestAborted.Register(() => left.TrySetResult());
            await left.Task;
        });
        await using var host = new RagHost(await database.GetAsync(), ("Nura:Rag:TrustedHosts:0", "127.0.0.1"));
        var view = await host.Rag.AddAsync(new AddRepository($"{server.Urls.Single()}/slow/repo"), CancellationToken.None);
        await asked.Task;
        await using var progress = host.Rag.ProgressStreamAsync(view.Id, CancellationToken.None).GetAsyncEnumerator();
        Assert.True(await progress.MoveNextAsync());

        await host.Rag.DeleteAsync(view.Id, CancellationToken.None);

        await left.Task;
        while (await progress.MoveNextAsync())
        {
            // It ends, and does not break off.
        }
    }

    [Fact]
    public async Task Errors_CutInsideACharacter_AreText()
    {
        var folder = Directory.CreateTempSubdirectory("nura-errors-").FullName;
        var git = new GitCommand(Options.Create(new RagOptions { MirrorDirectory = folder }));

        // Of two that differ by one, one is cut between the halves of a pair.
        foreach (var start in new[] { "", "x" })
        {
            var path = start + string.Concat(Enumerable.Repeat("😀", 1_000));
            var failure = await Assert.ThrowsAsync<GitException>(() => git.RunAsync(["--git-dir", path, "rev-parse"], CancellationToken.None));

            Assert.Contains("not a git repository", failure.Errors, StringComparison.Ordinal);
            Assert.Equal(failure.Errors, Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(failure.Errors)));
        }

        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public void Start_RefusedByTheSystem_SaysWhyAndNotThatGitIsMissing()
    {
        var folder = Directory.CreateTempSubdirectory("nura-start-").FullName;
        var git = new GitCommand(Options.Create(new RagOptions { MirrorDirectory = folder }));

        var refusal = Assert.Throws<ProblemException>(() => git.Start([new string('x', 3_000_000)]));

        Assert.Equal((503, "git could not be started."), (refusal.Status, refusal.Title));
        Directory.Delete(folder, recursive: true);
    }

    [Fact(Timeout = 120_000)]
    public async Task Delete_WhileAFurtherRefIsFetched_LeavesNoMirror()
    {
        using var sample = new SampleRepository();
        sample.Commit("a.cs", "class A { }\n");
        sample.Git("update-server-info");
        var hangs = false;
        var asked = new TaskCompletionSource();
        await using var server = await ServeAsync(async http =>
        {
            if (hangs)
            {
                asked.TrySetResult();
                var left = new TaskCompletionSource();
                await using var registration = http.RequestAborted.Register(left.SetResult);
                await left.Task;
            }
            else if (Path.Combine(sample.Path, ".git", http.Request.Path.Value!["/repo/".Length..]) is var file && File.Exists(file))
            {
                await http.Response.SendFileAsync(file);
            }
            else
            {
                http.Response.StatusCode = 404;
            }
        });
        await using var host = new RagHost(await database.GetAsync(), ("Nura:Rag:TrustedHosts:0", "127.0.0.1"));
        var view = await host.AddAsync($"{server.Urls.Single()}/repo/");
        hangs = true;
        await host.Rag.AddRefAsync(view.Id, new AddRef("main"), CancellationToken.None);
        await asked.Task;

        // As if the fetch had made the folder again after the removal: its rows are gone, and it is still there.
        await using var delete = host.Get<NpgsqlDataSource>().CreateCommand("DELETE FROM rag.repository WHERE id = $1");
        delete.Parameters.AddWithValue(view.Id);
        await delete.ExecuteNonQueryAsync();

        while (Directory.EnumerateDirectories(host.Mirrors).Any())
        {
            await Task.Delay(20);
        }
    }

    [Theory]
    [InlineData("Receiving objects:  12% (1234/10000), 3.20 MiB | 1.10 MiB/s", 12.0)]
    [InlineData("Receiving objects: 100% (3/3), done.", 100.0)]
    [InlineData("Resolving deltas:  50% (1/2)", null)]
    [InlineData("remote: Counting objects: 7", null)]
    public void Progress_LineOfGit_GivesPercent(string line, double? percent) => Assert.Equal(percent, FetchProgress.Percent(line));

    [Theory]
    [InlineData("", 10, "1 to 8192 characters")]
    [InlineData("   ", 10, "1 to 8192 characters")]
    [InlineData("x", 0, "1 to 200")]
    [InlineData("x", 201, "1 to 200")]
    public async Task Search_BadRequest_SaysWhatIsAllowed(string query, int limit, string detail)
    {
        await using var host = new RagHost(await database.GetAsync());

        var refusal = await Assert.ThrowsAsync<ProblemException>(() => host.Rag.SearchAsync(new SearchRequest(query, Limit: limit), CancellationToken.None));
        var tooLong = await Assert.ThrowsAsync<ProblemException>(() => host.Rag.SearchAsync(new SearchRequest(new string('x', 100_000)), CancellationToken.None));

        Assert.Equal((400, 400), (refusal.Status, tooLong.Status));
        Assert.Contains(detail, refusal.Detail);
    }

    private static async Task<(RepositoryState, string?)> StateAsync(RagHost host, string source)
    {
        var view = await host.AddAsync(source);
        return (view.State, view.Commit);
    }

    internal static async Task<WebApplication> ServeAsync(RequestDelegate answer)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrel(static options => options.Listen(IPAddress.Loopback, 0));
        var server = builder.Build();
        server.Run(answer);
        await server.StartAsync();
        return server;
    }
}
