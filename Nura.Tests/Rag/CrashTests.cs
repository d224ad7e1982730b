using System.Diagnostics;
using Npgsql;
using Nura.Contracts;
using Nura.Rag.Indexing;
using Nura.Tests.Databases;
using Nura.Tests.Fakes;

namespace Nura.Tests.Rag;

/// <summary>Indexing that is killed, paused or overtaken.</summary>
public sealed class CrashTests(DatabaseFixture database) : IClassFixture<DatabaseFixture>
{
    private const int Files = 1600;

    // Two writers gather 500 files each before they write: of so many one has, and the other has not.
    private const int Readable = 999;

    [Theory(Timeout = 300_000), MemberData(nameof(DatabaseFixture.Engines), MemberType = typeof(DatabaseFixture))]
    public async Task Kill_InTheMiddleOfIndexing_ResumesWithoutDoingItTwice(string engine)
    {
        var connectionString = await database.GetAsync(engine);
        using var sample = new SampleRepository();
        var commit = sample.Commit([.. Enumerable.Range(0, Files).SelectMany(i => new[] { $"src/f{i}.cs", Source(i) })]);
        await using var source = NpgsqlDataSource.Create(connectionString);
        await using var blobs = source.CreateCommand("SELECT count(*) FROM rag.blob");
        async Task<long> BlobsAsync() => (long)(await blobs.ExecuteScalarAsync())!;

        // The victim is a process of its own, so that it can be killed as kill -9 does.
        Guid id;
        long start, killedAt;
        using (var victim = Start(connectionString, sample, ("PATH", WithholdingGit(sample))))
        {
            try
            {
                using var http = new HttpClient(new SocketsHttpHandler(), disposeHandler: true) { BaseAddress = await AddressAsync(victim) };
                start = await BlobsAsync();
                id = (await new RagClient(http).AddAsync(new AddRepository(sample.Path), CancellationToken.None)).Id;
                while (await BlobsAsync() == start)
                {
                    await Task.Delay(2);
                }
            }
            finally
            {
                victim.Kill();
                await victim.WaitForExitAsync();
            }
        }

        killedAt = await BlobsAsync();
        await using var newest = source.CreateCommand("SELECT max(id) FROM rag.blob");
        var last = (long)(await newest.ExecuteScalarAsync())!;
        await using var second = new RagHost(connectionString, ("Nura:Rag:LeaseSeconds", "1"), ("Nura:Rag:LocalRoots:0", Path.GetDirectoryName(sample.Path)!));
        var view = await second.EndAsync(id);

        Assert.InRange(killedAt - start, 1, Files - 1);
        Assert.Equal((RepositoryState.Ready, commit, (long)Files, null), (view.State, view.Commit, view.Files, view.Error));
        await using var redone = source.CreateCommand("SELECT count(*) FROM rag.blob WHERE id > $1");
        redone.Parameters.AddWithValue(last);
        Assert.Equal(Files - (killedAt - start), await redone.ExecuteScalarAsync());
        Assert.Equal($"src/f{Files - 1}.cs", (await second.SearchAsync($"Unique{Files - 1}x", id)).Hits[0].Citation.Path);
    }

    [Theory(Timeout = 300_000), MemberData(nameof(DatabaseFixture.Engines), MemberType = typeof(DatabaseFixture))]
    public async Task Takeover_AfterTheLease_RefusesTheLateWriter(string engine)
    {
        var connectionString = await database.GetAsync(engine);
        await using var host = new RagHost(connectionString, ("Nura:Rag:Workers", "1"));
        using var sample = new SampleRepository(host.Root);
        var commit = sample.Commit("a.cs", "class Kept { }\n");
        var view = await host.AddAsync(sample.Path);
        await using var source = NpgsqlDataSource.Create(connectionString);

        // A run claimed by a worker that then slept longer than its lease, and was taken over: its fence is older.
        await using var begin = source.CreateCommand("INSERT INTO rag.index_run (repository, state, fence, lease_until) VALUES ($1, 'indexing', 7, now() + interval '1 hour') RETURNING id");
        begin.Parameters.AddWithValue(view.Id);
        var run = (long)(await begin.ExecuteScalarAsync())!;
        var late = new ClaimedRun(run, view.Id, 6);
        var trees = host.Get<TreeStore>();
        var queue = host.Get<RunQueue>();

        await Assert.ThrowsAsync<RunLostException>(() => trees.SwitchAsync(late, new string('f', 40), "rules", [], 0, 0, CancellationToken.None));
        await Assert.ThrowsAsync<RunLostException>(() => queue.HeartbeatAsync(late, new RunProgress(), CancellationToken.None));
        await queue.EndAsync(late, "late", CancellationToken.None);

        Assert.Equal(commit, (await host.Rag.GetAsync(view.Id, CancellationToken.None)).Commit);
        Assert.Equal(RepositoryState.Indexing, (await host.Rag.GetAsync(view.Id, CancellationToken.None)).State);
        Assert.Single((await host.SearchAsync("kept", view.Id)).Hits);
        await queue.EndAsync(late with { Fence = 7 }, null, CancellationToken.None);
        Assert.Equal(RepositoryState.Ready, (await host.Rag.GetAsync(view.Id, CancellationToken.None)).State);
    }

    [Theory(Timeout = 300_000), MemberData(nameof(DatabaseFixture.Engines), MemberType = typeof(DatabaseFixture))]
    public async Task Claim_ManyAtOnce_GivesEachRunToOne(string engine)
    {
        var connectionString = await database.GetAsync(engine);
        await using var host = new RagHost(connectionString);
        using var sample = new SampleRepository(host.Root);
        sample.Commit("a.cs", "class A { }\n");
        var view = await host.AddAsync(sample.Path);
        await using var source = NpgsqlDataSource.Create(connectionString);
        await using var begin = source.CreateCommand("INSERT INTO rag.index_run (repository, state, fence, lease_until) VALUES ($1, 'indexing', 1, now() + interval '1 hour')");
        begin.Parameters.AddWithValue(view.Id);
        await begin.ExecuteNonQueryAsync();
        var queue = host.Get<RunQueue>();

        // While one is under way another may wait, but not two, and it is not begun.
        await queue.EnqueueAsync(view.Id, CancellationToken.None);
        await queue.EnqueueAsync(view.Id, CancellationToken.None);
        var early = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => queue.ClaimAsync(CancellationToken.None)));
        await using var count = source.CreateCommand("SELECT count(*) FROM rag.index_run WHERE repository = $1 AND state = 'queued'");
        count.Parameters.AddWithValue(view.Id);

        Assert.All(early, Assert.Null);
        Assert.Equal(1L, await count.ExecuteScalarAsync());
        await using var end = source.CreateCommand("UPDATE rag.index_run SET lease_until = now() - interval '1 second' WHERE repository = $1 AND state = 'indexing'");
        end.Parameters.AddWithValue(view.Id);
        await end.ExecuteNonQueryAsync();
        Assert.Equal(RepositoryState.Ready, (await host.EndAsync(view.Id)).State);
    }

    /// <summary>A search path whose git hands out the first files and then keeps its reader waiting, so that there is a middle to be killed in, however busy the machine is.</summary>
    private static string WithholdingGit(SampleRepository sample)
    {
        var folder = Directory.CreateDirectory(Path.Combine(sample.Path, ".git", "withholding")).FullName;
        var git = Path.Combine(folder, "git");
        File.WriteAllText(git, $$"""
            #!/bin/sh
            PATH=${PATH#*:}
            case $* in *cat-file*) ;; *) exec git "$@" ;; esac
            { i=0; while [ $i -lt {{Readable}} ] && read -r line; do echo "$line"; i=$((i + 1)); done; exec cat > /dev/null; } | git "$@"

            """);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(git, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        return $"{folder}:{Environment.GetEnvironmentVariable("PATH")}";
    }

    private static string Source(int i) =>
        $"namespace Generated;\n\npublic sealed class Unique{i}x\n{{\n{string.Concat(Enumerable.Range(0, 10).Select(line => $"    public int Field{i}x{line} => {line};\n"))}}}\n";

    /// <summary>Starts the service as a process of its own.</summary>
    internal static Process Start(string connectionString, SampleRepository sample, params (string Key, string Value)[] settings)
    {
        var start = new ProcessStartInfo("dotnet", [typeof(global::Nura.Rag.RagOptions).Assembly.Location, "--urls", "http://127.0.0.1:0"]) { RedirectStandardOutput = true };
        start.Environment["ConnectionStrings__nura"] = connectionString;
        start.Environment["Nura__Rag__MirrorDirectory"] = Path.Combine(sample.Path, ".git", "mirrors");
        start.Environment["Nura__Rag__LocalRoots__0"] = sample.Path;
        start.Environment["Nura__Rag__LeaseSeconds"] = "1";
        foreach (var (key, value) in settings)
        {
            start.Environment[key.Replace(":", "__", StringComparison.Ordinal)] = value;
        }

        return Process.Start(start)!;
    }

    /// <summary>Where it listens, once it does.</summary>
    internal static async Task<Uri> AddressAsync(Process process)
    {
        var address = await ServiceOutput.AddressAsync(process);
        _ = process.StandardOutput.ReadToEndAsync();
        return address;
    }
}
