using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;
using Nura.Contracts;
using Nura.Rag;
using Nura.Rag.Indexing;
using Nura.Tests.Databases;
using Nura.Tests.Fakes;

namespace Nura.Tests.Rag;

/// <summary>What index runs, their queue and searches leave in the metrics.</summary>
public sealed class RagMetricsTests(DatabaseFixture database) : IClassFixture<DatabaseFixture>
{
    private const string Length = "nura.rag.index.queue.length {run}";
    private const string Age = "nura.rag.index.queue.age s";

    [Fact(Timeout = 180_000)]
    public async Task Index_EachEnd_IsCountedByItsOutcome()
    {
        await using var host = new RagHost(await database.GetAsync());
        using var metrics = new CollectedMetrics(host.Get<IMeterFactory>());
        using var sample = new SampleRepository(host.Root);
        sample.Commit("a.cs", "class A { }\n");
        var id = (await host.AddAsync(sample.Path)).Id;
        await metrics.WhenSeen("nura.rag.index.runs {run} outcome=ready");
        await host.Get<RunQueue>().EnqueueAsync(id, CancellationToken.None, follow: true);
        await metrics.WhenSeen("nura.rag.index.runs {run} outcome=unchanged");
        Directory.Move(sample.Path, sample.Path + ".gone");
        await host.IndexAsync(id);
        await metrics.WhenSeen("nura.rag.index.runs {run} outcome=failed");
        Directory.Move(sample.Path + ".gone", sample.Path);

        Assert.Equal(
            [("nura.rag.index.runs {run} outcome=failed", 1), ("nura.rag.index.runs {run} outcome=ready", 1), ("nura.rag.index.runs {run} outcome=unchanged", 1)],
            metrics.Read().Where(entry => entry.Key.StartsWith("nura.rag.index.runs", StringComparison.Ordinal)).OrderBy(entry => entry.Key, StringComparer.Ordinal).Select(entry => (entry.Key, entry.Value)));
    }

    [Fact(Timeout = 180_000)]
    public async Task Search_AnsweredOrRefused_IsTimed()
    {
        await using var host = new RagHost(await database.GetAsync());
        using var metrics = new CollectedMetrics(host.Get<IMeterFactory>());
        using var sample = new SampleRepository(host.Root);
        sample.Commit("a.cs", "class Timed { }\n");
        var id = (await host.AddAsync(sample.Path)).Id;

        await host.SearchAsync("timed", id);
        await Assert.ThrowsAsync<ProblemException>(() => host.SearchAsync(" ", id));

        Assert.Equal(
            [("nura.rag.search.duration s", 1), ("nura.rag.search.duration s error.type=400", 1)],
            metrics.Read().Where(entry => entry.Key.StartsWith("nura.rag.search", StringComparison.Ordinal)).OrderBy(entry => entry.Key, StringComparer.Ordinal).Select(entry => (entry.Key, entry.Value)));

        using var http = host.CreateClient();
        var text = await http.GetStringAsync("/metrics");
        Assert.Contains("\nnura_rag_search_duration_seconds_bucket{le=\"2.56\"} ", text, StringComparison.Ordinal);
        Assert.Contains("# TYPE nura_rag_index_runs_total counter\n", text, StringComparison.Ordinal);
        Assert.Contains("# TYPE nura_rag_index_queue_length gauge\n", text, StringComparison.Ordinal);
        Assert.Contains("# TYPE nura_rag_index_queue_age_seconds gauge\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Queue_BetweenLooks_WaitsOn()
    {
        var time = new ManualTime();
        using var services = Services();
        using var metrics = new CollectedMetrics(services.GetRequiredService<IMeterFactory>());
        var instruments = new IndexInstruments(services.GetRequiredService<IMeterFactory>(), time);

        Assert.Empty(metrics.Read());
        instruments.Seen(new Backlog(3, TimeSpan.FromMinutes(14)));
        time.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal((3, 16 * 60), (metrics.Read()[Length], metrics.Read()[Age]));
        instruments.Seen(new Backlog(0, null));
        time.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal((0, 0), (metrics.Read()[Length], metrics.Read()[Age]));
    }

    [Fact(Timeout = 180_000)]
    public async Task Queue_DatabaseAway_KeepsWhatWasSeenAndGoesOnLooking()
    {
        var time = new ManualTime();
        using var services = Services();
        using var metrics = new CollectedMetrics(services.GetRequiredService<IMeterFactory>());
        var instruments = new IndexInstruments(services.GetRequiredService<IMeterFactory>(), time);
        instruments.Seen(new Backlog(1, TimeSpan.FromMinutes(1)));
        // Nobody listens at port 1.
        await using var source = NpgsqlDataSource.Create("Host=127.0.0.1;Port=1;Username=nobody");
        using var queue = new RunQueue(source, Options.Create(new RagOptions()));
        using var logs = new CollectedLogs();
        using var factory = LoggerFactory.Create(logging => logging.AddProvider(logs).SetMinimumLevel(LogLevel.Debug));
        using var watch = new BacklogWatch(queue, instruments, time, factory.CreateLogger<BacklogWatch>());

        await watch.StartAsync(CancellationToken.None);
        await logs.WhenLogged(2027);
        time.Advance(TimeSpan.FromSeconds(30));

        Assert.Equal((1, 90), (metrics.Read()[Length], metrics.Read()[Age]));
        Assert.False(watch.ExecuteTask!.IsCompleted);
        await watch.StopAsync(CancellationToken.None);
    }

    private static ServiceProvider Services() => new ServiceCollection().AddMetrics().BuildServiceProvider();
}
